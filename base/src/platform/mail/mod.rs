//! Emails: letters, the messages made of them, and their transport. Each email goes to a single
//! person, has a text and an HTML part, and says nothing about anybody's health.

mod breaker;
mod calendar_files;
mod compose;
mod dkim;
mod label;
mod mailer;
mod of_settings;
mod pace;
mod refusal;
mod reported;
mod smtp;
mod templates;

pub use calendar_files::{CalendarFile, WithCalendarFiles};
pub use compose::{Letter, MailMessage, Sender};
pub use label::{find_link, plain_label};
pub use lettre::message::Mailbox;
pub use mailer::{Mailer, SentMail};
pub use refusal::{Cause, SmtpRefusal};
pub use smtp::{NO_ANSWER, SendError};
pub use templates::{
    AccountDeletion, AccountErased, AccountExists, AccountNews, AddressChanged, AddressTaken,
    CircleEnding, CircleInMemory, CircleKept, CirclePaused, CircleResumed, ConfirmAddress,
    Invitation, NewCoordinator, NotificationLine, Notifications, ProxyActive, Reminder,
    ResetPassword, SignInWithCode, SuccessionEnded, SuccessionRequested, TestMail, TokenExpiry,
    VerifyEmail,
};
