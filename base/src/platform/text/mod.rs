//! Bounded texts and numbers. Each bound stands here once: the body is judged
//! by it and the document shows it.
//!
//! This is also the one place where what people and their devices send is put
//! right: `characters` says what cannot be seen, `clean` what is taken off,
//! `email` and `code` read addresses and codes as people type them.

mod characters;
mod clean;
mod code;
mod email;
pub mod excerpt;
mod numbers;
mod secrets;
mod table;

pub use self::characters::{fold_width, take_off_hidden};
pub use self::code::{FactorCode, MailedCode, TypedFactor};
pub use self::email::EmailAddress;
pub use self::numbers::*;
pub use self::secrets::{NewPassword, PresentedSecret};
pub use self::table::*;

/// Why a text is not acceptable: a stable code and a sentence for a person.
pub type Fault = (&'static str, String);

fn garde_error((code, detail): Fault) -> garde::Error {
    garde::Error::new(format_args!("{code}: {detail}"))
}

/// Splits the message of a report into code and sentence.
pub fn split_fault(message: &str) -> (&str, &str) {
    message.split_once(": ").unwrap_or(("invalid", message))
}
