//! Texts and numbers with bounds. Each bound is written here once: bodies are checked against it,
//! and the OpenAPI document shows it.
//!
//! This is also the only place that cleans what people and their devices send: `characters` says
//! which characters are invisible, `clean` takes them off, `email` and `code` read addresses and
//! codes as people type them.

mod characters;
mod clean;
mod code;
mod email;
pub mod excerpt;
mod numbers;
mod secrets;
mod table;
pub mod words;

pub use self::characters::{fold_width, take_off_hidden};
pub use self::code::{FactorCode, MailedCode, TypedFactor};
pub use self::email::EmailAddress;
pub use self::numbers::*;
pub use self::secrets::{NewPassword, PresentedSecret};
pub use self::table::*;
use crate::problem::FieldErrorCode;

/// Why a text is refused: a stable code and a sentence for people.
pub type Fault = (FieldErrorCode, String);

fn garde_error((code, detail): Fault) -> garde::Error {
    garde::Error::new(format_args!("{}: {detail}", code.as_str()))
}

/// The text with a capital letter at its beginning.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Splits the message of a validation report into the code and the sentence.
pub fn split_fault(message: &str) -> (FieldErrorCode, &str) {
    let split = message.split_once(": ");
    let fault = split.and_then(|(code, detail)| Some((FieldErrorCode::of(code)?, detail)));
    fault.unwrap_or((FieldErrorCode::InvalidValue, message))
}
