//! Reads codes as people type them: in groups, with digits of other scripts, with letters that
//! look like digits. A text that cannot be a code is refused and does not count as an attempt.

use std::borrow::Cow;

use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::characters::{fold_width, is_blank, is_dash, is_invisible, plain_digit};
use super::garde_error;
use crate::problem::FieldErrorCode;

/// How long a code may be, with everything that people type between its signs.
const LONGEST: usize = 40;
const DIGITS: usize = 6;
/// The number of a recovery code and its ten symbols.
const RECOVERY: usize = 11;

/// The signs of a code, without what people type between them, in capital letters. No code has
/// the letters O, I or L: they are read as the digits that they look like.
fn signs(typed: &str) -> String {
    let between = |c: &char| {
        is_blank(*c) || is_dash(*c) || is_invisible(*c) || matches!(c, '.' | ',' | '_' | '\u{b7}')
    };
    let typed = fold_width(typed);
    // People copy the whole line of the email, "Code: 123 456".
    let code = typed.rsplit(':').next().unwrap_or(&typed);
    code.chars()
        .filter(|c| !between(c))
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            _ => plain_digit(c).unwrap_or(c),
        })
        .collect()
}

fn is_six_digits(signs: &str) -> bool {
    signs.len() == DIGITS && signs.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_recovery(signs: &str) -> bool {
    signs.len() == RECOVERY
        && signs.starts_with(|c: char| c.is_ascii_digit())
        && signs.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The signs of a typed text, and how long the text was.
#[derive(Clone, Debug)]
struct Typed {
    signs: SecretString,
    length: usize,
}

impl Typed {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Self {
            signs: signs(&text).into(),
            length: text.chars().count(),
        })
    }

    fn judge(
        &self,
        is_code: impl Fn(&str) -> bool,
        wanted: &str,
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let fault = match self.length {
            0 => (FieldErrorCode::TooShort, "Must not be empty.".into()),
            length if length > LONGEST => (
                FieldErrorCode::TooLong,
                format!("At most {LONGEST} characters."),
            ),
            _ if !is_code(self.signs.expose_secret()) => (FieldErrorCode::Incorrect, wanted.into()),
            _ => return,
        };
        report.append(parent(), garde_error(fault));
    }
}

fn schema(description: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .min_length(Some(1))
        .max_length(Some(LONGEST))
        .examples([example])
        .into()
}

/// The six digits of an email.
#[derive(Clone, Debug)]
pub struct MailedCode(Typed);

impl MailedCode {
    /// The six digits.
    pub fn expose(&self) -> &str {
        self.0.signs.expose_secret()
    }
}

impl<'de> Deserialize<'de> for MailedCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Typed::read(deserializer).map(Self)
    }
}

impl Validate for MailedCode {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let wanted = "Send the six digits of the email. This did not count as an attempt.";
        self.0.judge(is_six_digits, wanted, parent, report);
    }
}

impl utoipa::PartialSchema for MailedCode {
    fn schema() -> RefOr<Schema> {
        let description = "The six digits of the email. Spaces, hyphens and the script of the \
             digits do not matter. A text that cannot be a code answers 422 and does not count as \
             an attempt.";
        schema(description, "042137")
    }
}

impl utoipa::ToSchema for MailedCode {
    fn name() -> Cow<'static, str> {
        "MailedCode".into()
    }
}

/// The second factor that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedFactor<'a> {
    /// Six digits of an authenticator app.
    Totp(&'a str),
    /// The number of a recovery code and its ten symbols.
    Recovery(&'a str),
}

/// The six digits of an authenticator app, or a recovery code.
#[derive(Clone, Debug)]
pub struct FactorCode(Typed);

impl FactorCode {
    /// The code, and which of the two it is.
    pub fn expose(&self) -> TypedFactor<'_> {
        let signs = self.0.signs.expose_secret();
        if is_six_digits(signs) {
            TypedFactor::Totp(signs)
        } else {
            TypedFactor::Recovery(signs)
        }
    }
}

impl<'de> Deserialize<'de> for FactorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Typed::read(deserializer).map(Self)
    }
}

impl Validate for FactorCode {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let wanted = "Send the six digits that the app shows, or a recovery code. This did not \
             count as an attempt.";
        let is_code = |signs: &str| is_six_digits(signs) || is_recovery(signs);
        self.0.judge(is_code, wanted, parent, report);
    }
}

impl utoipa::PartialSchema for FactorCode {
    fn schema() -> RefOr<Schema> {
        let description = "The six digits of the authenticator app, or a recovery code. Case, \
             spaces, hyphens and the script of the digits do not matter. A text that cannot be a \
             code answers 422 and does not count as an attempt.";
        schema(description, "042137")
    }
}

impl utoipa::ToSchema for FactorCode {
    fn name() -> Cow<'static, str> {
        "FactorCode".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in [
            "042137",
            " 042 137\n",
            "042-137",
            "042\u{2013}137",
            "042\u{a0}137",
            "0 4 2 1 3 7",
            "٠٤٢١٣٧",
            "۰۴۲۱۳۷",
            "०४२१३७",
            "０４２１３７",
            "\u{200e}042137\u{200f}",
            "042.137",
            "O42I37",
            "o42l37",
            "Code: 042 137",
            "Code：042137",
        ] {
            assert_eq!(signs(typed), "042137", "{typed}");
        }
        for typed in [
            "0-7H3KQ-M2V9X",
            "07h3kqm2v9x",
            "O 7H3KQ m2v9x",
            "０－７h3kq－m2v9x",
        ] {
            assert_eq!(signs(typed), "07H3KQM2V9X", "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_no_code() {
        let faults = |text: &str| {
            let mailed: MailedCode = serde_json::from_value(text.into()).unwrap();
            let factor: FactorCode = serde_json::from_value(text.into()).unwrap();
            (mailed.validate().is_err(), factor.validate().is_err())
        };
        for wrong in ["", "04213", "0421377", "abcdef", "04213é", "A7H3KQM2V9X"] {
            assert_eq!(faults(wrong), (true, true), "{wrong}");
        }
        assert_eq!(faults("0-7H3KQ-M2V9X"), (true, false));
        assert_eq!(faults("042 137"), (false, false));
        assert_eq!(faults(&format!("042137{}", " ".repeat(40))), (true, true));
    }
}
