//! Changing the email address of an account. An email to the new address confirms the change.
//! An email to the old one holds a link that undoes it for three days. No answer tells whether
//! the new address has an account.

mod confirm;
mod request;
mod store;
mod undo;

pub use confirm::*;
pub use request::*;
pub use undo::*;
