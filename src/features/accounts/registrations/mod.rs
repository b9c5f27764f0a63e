//! From an email address to an account, by the code or the link in an email.
//!
//! No answer tells whether an address has an account: a registration is a row of its own, and
//! only the email says that there is an account already.

mod confirm;
mod register;
mod resend_code;
mod store;
mod types;
mod verify_by_link;

pub use confirm::*;
pub use register::*;
pub use resend_code::*;
pub use types::*;
pub use verify_by_link::*;
