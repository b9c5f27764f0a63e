//! Invitations by email. An invitation is bound to an email address, works once and
//! expires after seven days. Accepting proves the address, so no second email is needed.
//!
//! A member who cannot invite proposes a person: `propose`, `approve` and `reject`.
//!
//! Each operation is in the file of its verb; `register_with_invitation` is in
//! `register.rs`. The pages behind the links use the same functions. `send` creates the
//! link, `mail` writes the email, `used_links` answers when a link is opened again.

mod accept;
mod approve;
mod create;
mod decline;
mod list;
mod locked;
mod mail;
mod preview;
mod propose;
mod register;
mod reject;
mod resend;
mod rules;
mod send;
mod store;
mod subject;
mod types;
mod used_links;
mod withdraw;

pub use accept::*;
pub use approve::*;
pub use create::*;
pub use decline::*;
pub use list::*;
pub use mail::MailInvitation;
pub use preview::*;
pub use propose::*;
pub use register::*;
pub use reject::*;
pub use resend::*;
pub use types::*;
pub use used_links::{Answer, answer_by_link};
pub use withdraw::*;
