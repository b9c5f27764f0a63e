//! From an address to an account, by the code in the app or the link in the mail.
//!
//! No answer tells whether an address is known: a registration is a row of its own, and
//! only the mail says that there is an account already.

mod confirm;
mod register;
mod resend;
mod store;
mod types;
mod verify_by_link;

pub use confirm::*;
pub use register::*;
pub use resend::*;
pub use types::*;
pub use verify_by_link::*;
