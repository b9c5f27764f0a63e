//! Moving an account to another address: proven by a mail to the new one, told to the old
//! one, and taken back from there for three days. Nobody learns whether the new address
//! has an account.

mod confirm;
mod request;
mod store;
mod undo;

pub use confirm::*;
pub use request::*;
pub use undo::*;
