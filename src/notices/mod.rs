//! News: what people are told by mail because it changed, and what each wants
//! to be told at all. Reminders ask the same preferences.

mod line;
mod mail;
mod owned;
mod preferences;
mod tell;
mod unsubscribe;

pub use mail::{account_of, give_up_notices, mail_notices};
pub use preferences::*;
pub use tell::{About, News, Recipient, tell, under};
pub use unsubscribe::{
    Unsubscription, describe_unsubscription, make_unsubscribe_token, resubscribe, unsubscribe,
    unsubscribe_link,
};
