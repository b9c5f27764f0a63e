//! News: what people are told by mail because it changed, and what each wants
//! to be told at all. Reminders ask the same preferences.
//!
//! A feature makes [`News`] of what it did and hands them to [`tell()`]; the table in
//! `who.rs` says who is told, `line.rs` what they read.

mod line;
mod mail;
mod news;
mod preferences;
mod subject;
mod tell;
mod unsubscribe;
mod who;

pub use mail::{MailNotices, account_of};
pub use news::{About, News, WITHOUT_AN_END};
pub use preferences::*;
pub use tell::tell;
pub use unsubscribe::{
    Unsubscription, describe_unsubscription, make_unsubscribe_tokens, resubscribe, unsubscribe,
    unsubscribe_link,
};
