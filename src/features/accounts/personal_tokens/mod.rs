//! Access tokens that people make for programs of their own: for some circles, good for
//! some things, and for at most a year.

mod create;
mod list;
mod mail;
mod revoke;
mod store;
mod types;

pub use create::*;
pub use list::*;
pub use mail::MailTokenExpiry;
pub use revoke::*;
pub use store::end_tokens_of;
pub use types::*;
