//! Personal access tokens, which people create for programs of their own. Each is limited to
//! some circles, to some scopes, and to a year.

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
