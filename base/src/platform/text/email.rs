//! Reads email addresses as people type and paste them.

use std::borrow::Cow;

use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use url::Host;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::characters::{fold_width, take_off_hidden};
use super::{Fault, garde_error};
use crate::problem::FieldErrorCode;

const SHORTEST: usize = 3;
const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;
/// More bytes than an address has together with a name, a subject and brackets around it.
const LONGEST_TYPED: usize = 4096;
const APOSTROPHES: [char; 5] = ['\u{2018}', '\u{2019}', '\u{2bc}', '\u{2032}', '\u{b4}'];

/// An email address in the spelling in which it is stored: lower case, its domain in punycode.
/// An account has one address, and no two accounts have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address in the spelling in which it is stored. It is not checked yet.
    pub fn read(typed: &str) -> Self {
        if typed.len() > LONGEST_TYPED {
            // Costs no work: the start alone is already too long, and the check refuses it.
            return Self(typed.chars().take(LONGEST + 1).collect());
        }
        // Word processors curl apostrophes and add a full stop. Turkish keyboards have a capital
        // I with a dot, whose small letter would be two characters.
        let typed = take_off_hidden(typed).replace(APOSTROPHES, "'");
        let typed = fold_width(&typed);
        let address = unwrap(typed.trim())
            .trim_end_matches(['.', ',', ';', ' ', '\u{3002}'])
            .to_lowercase()
            .replace("i\u{307}", "i");
        let address: String = address.nfc().collect();
        match address.rsplit_once('@') {
            Some((local, domain)) => Self(format!("{local}@{}", to_ascii(domain))),
            None => Self(address),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks an address by which an account is looked up. It refuses only what no account can
    /// have: an account keeps its address, even if a newer rule would refuse it.
    pub fn check_bounds<Context>(&self, _: &Context) -> garde::Result {
        self.check_text().map_err(garde_error)
    }

    fn check(&self) -> Result<(), Fault> {
        self.check_text()?;
        check_parts(&self.0).map_err(|detail| (FieldErrorCode::Email, detail.into()))?;
        match self.0.parse::<lettre::Address>() {
            Ok(_) => Ok(()),
            Err(_) => Err((FieldErrorCode::Email, NO_ADDRESS.into())),
        }
    }

    fn check_text(&self) -> Result<(), Fault> {
        let length = self.0.chars().count();
        if length < SHORTEST {
            return Err((
                FieldErrorCode::TooShort,
                format!("At least {SHORTEST} characters."),
            ));
        }
        if length > LONGEST {
            return Err((
                FieldErrorCode::TooLong,
                format!("At most {LONGEST} characters."),
            ));
        }
        if !self.0.contains('@') {
            return Err((FieldErrorCode::Email, NO_ADDRESS.into()));
        }
        if self.0.chars().any(char::is_control) {
            let detail = "Contains a control character. Send the address without it.";
            return Err((FieldErrorCode::ForbiddenCharacter, detail.into()));
        }
        Ok(())
    }
}

const NO_ADDRESS: &str = "This is not an email address. Send an address like ana@example.org.";

/// Checks whether an email can reach the address. The error is a sentence for the caller.
fn check_parts(address: &str) -> Result<(), &'static str> {
    let (local, domain) = address.rsplit_once('@').ok_or(NO_ADDRESS)?;
    if local.is_empty() || domain.is_empty() {
        return Err(NO_ADDRESS);
    }
    if local.len() > LONGEST_LOCAL_PART {
        return Err("The part before the @ can have at most 64 characters.");
    }
    let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if !local.chars().all(is_local) || local.split('.').any(str::is_empty) {
        return Err(
            "The part before the @ can have letters a to z, digits, single dots and signs like +.",
        );
    }
    let labels: Vec<&str> = domain.split('.').collect();
    if !labels.iter().copied().all(is_label) {
        return Err("The part after the @ must be a domain like example.org.");
    }
    let last = labels.last().copied().unwrap_or_default();
    let reachable = labels.len() > 1
        && last.len() > 1
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && !matches!(last, "invalid" | "localhost" | "onion");
    if !reachable {
        return Err("No email can reach this domain. Send an address like ana@example.org.");
    }
    Ok(())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The address inside of what email programs copy: `mailto:ana@example.org?subject=x`,
/// `Ana Díaz <ana@example.org>`.
fn unwrap(text: &str) -> &str {
    let text = in_brackets(text);
    match text.split_at_checked(7) {
        Some((start, link)) if start.eq_ignore_ascii_case("mailto:") => {
            link.split('?').next().unwrap_or(link).trim()
        }
        _ => text,
    }
}

/// The text inside the angle brackets around an address. Only one pair is taken off.
fn in_brackets(text: &str) -> &str {
    let inside = text
        .trim_end_matches(['.', ',', ';', ' '])
        .strip_suffix('>');
    match inside.and_then(|text| text.split_once('<')) {
        Some((name, address)) if !name.contains('@') => address.trim(),
        _ => text,
    }
}

/// The domain in punycode, as mail servers know it. A text that is no domain stays unchanged.
fn to_ascii(domain: &str) -> String {
    if domain.contains('%') || domain.len() > 4 * LONGEST {
        return domain.to_owned();
    }
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}

impl Validate for EmailAddress {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        if let Err(fault) = self.check() {
            report.append(parent(), garde_error(fault));
        }
    }
}

impl utoipa::PartialSchema for EmailAddress {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::Custom("email".into())))
            .description(Some(
                "An email address. Case does not matter: it is stored in lower case, with its \
                 domain in punycode.",
            ))
            .min_length(Some(SHORTEST))
            .max_length(Some(LONGEST))
            .examples(["ana@example.org"])
            .into()
    }
}

impl utoipa::ToSchema for EmailAddress {
    fn name() -> Cow<'static, str> {
        "EmailAddress".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_however_it_is_typed() {
        for typed in [
            "ana@example.org",
            " Ana@Example.ORG ",
            "ana@example.org.",
            "ana@example.org,",
            "\u{200e}ana@example.org\u{200f}",
            "\u{202d}ana@example.org\u{202c}",
            "ana\u{200b}@exa\u{ad}mple.org\u{feff}",
            "ana＠example.org",
            "ａｎａ@example．org",
            "ana@example。org",
            "mailto:ana@example.org",
            "MAILTO:ana@example.org?subject=x",
            "Ana Díaz <ana@example.org>",
            "<ana@example.org>",
            "Ana <mailto:ana@example.org?subject=x>",
            "\u{a0}ana@example.org\u{a0}",
        ] {
            let read = EmailAddress::read(typed);
            assert_eq!(read.as_str(), "ana@example.org", "{typed:?}");
            assert_eq!(read.check(), Ok(()));
        }
        for (typed, kept) in [
            ("ana@müller.example", "ana@xn--mller-kva.example"),
            ("Ana@MÜLLER.example", "ana@xn--mller-kva.example"),
            ("ana@mu\u{308}ller.example", "ana@xn--mller-kva.example"),
            ("ana@xn--mller-kva.example", "ana@xn--mller-kva.example"),
            ("ana@пример.рф", "ana@xn--e1afmkfd.xn--p1ai"),
            ("İpek@example.org", "ipek@example.org"),
            ("i\u{307}pek@example.org", "ipek@example.org"),
            ("ipek@İstanbul.example", "ipek@istanbul.example"),
            ("o’brien@example.org", "o'brien@example.org"),
            ("o'brien+kith@example.org", "o'brien+kith@example.org"),
        ] {
            let read = EmailAddress::read(typed);
            assert_eq!(read.as_str(), kept, "{typed:?}");
            assert_eq!(read.check(), Ok(()), "{typed:?}");
        }
    }

    #[test]
    fn an_address_in_thousands_of_brackets_is_refused() {
        let (open, close) = ("<".repeat(30_000), ">".repeat(30_000));
        let typed = format!("{open}ana@example.org{close}");
        let read = EmailAddress::read(&typed);
        assert_eq!(read.as_str().len(), LONGEST + 1);
        assert_eq!(read.check().unwrap_err().0, FieldErrorCode::TooLong);
        assert!(read.check_bounds(&()).is_err());
        // The longest text that is read at all.
        let read = EmailAddress::read(&"<>".repeat(LONGEST_TYPED / 2));
        assert!(read.check().is_err());
        let read = EmailAddress::read("<<ana@example.org>>");
        assert_eq!(read.check().unwrap_err().0, FieldErrorCode::Email);
    }

    #[test]
    fn an_account_is_looked_up_by_an_address_that_no_mail_can_reach() {
        for old in ["ana@localhost", "\"a b\"@x.org", "müller@x.org"] {
            assert!(EmailAddress::read(old).check().is_err(), "{old:?}");
            assert!(EmailAddress::read(old).check_bounds(&()).is_ok(), "{old:?}");
        }
        for bad in [
            "",
            "ana",
            "a\0b@x.org",
            &format!("{}@x.org", "a".repeat(254)),
        ] {
            assert!(
                EmailAddress::read(bad).check_bounds(&()).is_err(),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn an_address_that_no_mail_can_reach_is_refused() {
        for bad in [
            "ana",
            "ana@",
            "@x.org",
            "a b@x.org",
            "\"a b\"@x.org",
            "\"ana\"@x.org",
            "ana@x.org\r\nBcc: b@x.org",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@[IPv6:::1]",
            "a@localhost",
            "a@mail",
            "a@x.localhost",
            "a@x.invalid",
            "a@x.1",
            "a@x.o",
            "a@-x.org",
            "a@x-.org",
            "a@x_y.org",
            "a@x..org",
            "a@.org",
            "a..b@x.org",
            ".a@x.org",
            "a.@x.org",
            "a@b@x.org",
            "müller@x.org",
            "a@x.org b@x.org",
            "a@x.org,b@x.org",
            "b@y.org <a@x.org>",
            "a@%78.org",
            &format!("{}@x.org", "a".repeat(65)),
            &format!("a@{}.org", "x".repeat(64)),
        ] {
            assert!(EmailAddress::read(bad).check().is_err(), "{bad:?}");
        }
    }
}
