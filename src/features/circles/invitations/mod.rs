//! Invitations by e-mail: bound to the address, single use, seven days. Accepting one proves
//! the address, so that one mail is enough.
//!
//! Each operation is in the file of its verb; `register_with_invitation` is in `register.rs`.
//! The pages that mails link to use the same functions. `send` makes the link, `mail` writes
//! the letter, `used_links` answers when a link is opened again.

mod accept;
mod describe;
mod invite;
mod list;
mod locked;
mod mail;
mod register;
mod resend;
mod rules;
mod send;
mod store;
mod types;
mod used_links;
mod withdraw;

pub use accept::*;
pub use describe::*;
pub use invite::*;
pub use list::*;
pub use mail::MailInvitation;
pub use register::*;
pub use resend::*;
pub use types::*;
pub use used_links::has_joined_by_link;
pub use withdraw::*;
