//! Mail: what is written, and how it leaves the house. One mail per person,
//! neutral by default, text and HTML.

mod compose;
mod label;
mod mailer;
mod of_settings;
mod refusal;
mod smtp;
mod templates;

pub use compose::{Letter, Message, Sender};
pub use label::{find_link, plain_label};
pub use lettre::message::Mailbox;
pub use mailer::{Mailer, SentMail};
pub use refusal::{Cause, Refusal};
pub use smtp::{NO_ANSWER, SendError};
pub use templates::{
    AccountDeletion, AccountErased, AccountExists, AccountNews, AddressChanged, AddressTaken,
    CircleEnding, CircleKept, ConfirmAddress, Invitation, NotificationLine, Notifications,
    Reminder, ResetPassword, SignInWithCode, TestMail, TokenExpiry, VerifyEmail,
};
