//! Cleans texts, and refuses texts that cannot be cleaned.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Url;
use utoipa::openapi::SchemaFormat;

use super::Fault;
use super::characters::{
    has_visible, is_blank, is_dash, is_direction, is_forbidden, is_invisible, is_joiner,
    is_override, is_tag, is_variation, plain_digit,
};
use crate::platform::mail::find_link;
use crate::problem::FieldErrorCode;

/// What kind of text it is. Every text is trimmed and in Unicode's composed form (NFC). It has
/// something visible and no control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A single line. Invisible characters are taken off, unless they shape a script or an
    /// emoji. A direction override is refused, because it forges what people read.
    Line,
    /// A line that emails show to strangers: it must not contain a link.
    Label,
    /// A line of digits and signs that a phone can dial.
    Phone,
    /// The address of a web page, which apps open when people press it. Other schemes are
    /// refused: `javascript:` would run code.
    Link,
    /// Several lines, kept as they were written.
    Prose,
}

impl Kind {
    /// The text as it is stored.
    pub fn clean(self, text: &str) -> String {
        let kept: String = match self {
            Self::Prose => text.nfc().collect(),
            Self::Line | Self::Label => clean_line(text).nfc().collect(),
            Self::Link => with_scheme(clean_line(text).trim()),
            Self::Phone => text.chars().filter_map(of_phone).collect(),
        };
        kept.trim().to_owned()
    }

    /// Checks a cleaned text.
    pub fn check(self, text: &str, min: usize, max: usize) -> Result<(), Fault> {
        let length = text.chars().count();
        if length == 0 && min > 0 {
            return Err((FieldErrorCode::TooShort, "Must not be empty.".into()));
        }
        if length < min {
            return Err((
                FieldErrorCode::TooShort,
                format!("At least {min} characters."),
            ));
        }
        if length > max {
            return Err((
                FieldErrorCode::TooLong,
                format!("At most {max} characters."),
            ));
        }
        let breaks = |c: char| self == Self::Prose && matches!(c, '\n' | '\r' | '\t');
        if self != Self::Prose && text.contains(['\n', '\r']) {
            let detail = "Has more than one line. Send one line.";
            return Err((FieldErrorCode::ForbiddenCharacter, detail.into()));
        }
        if text.chars().any(|c| is_forbidden(c) && !breaks(c)) {
            let detail = "Contains a control character. Send the text without it.";
            return Err((FieldErrorCode::ForbiddenCharacter, detail.into()));
        }
        if self != Self::Prose && text.chars().any(is_override) {
            let detail = "Contains a character that turns text around. Send the text without it.";
            return Err((FieldErrorCode::ForbiddenCharacter, detail.into()));
        }
        if !has_visible(text) {
            let detail = "Must have at least one visible character.";
            return Err((FieldErrorCode::TooShort, detail.into()));
        }
        if self == Self::Label
            && let Some(link) = find_link(text)
        {
            let detail = "Emails show this text. Send it without this link or address: ";
            return Err((FieldErrorCode::ContainsLink, format!("{detail}{link}")));
        }
        if self == Self::Link && !is_link(text) {
            let detail = "Send the address of a web page, like https://meet.example/abc.";
            return Err((FieldErrorCode::NotALink, detail.into()));
        }
        Ok(())
    }

    /// The format in the OpenAPI document.
    pub fn format(self) -> Option<SchemaFormat> {
        (self == Self::Link).then_some(SchemaFormat::Custom("uri".into()))
    }
}

/// Adds the `https://` that people leave out, as browsers do.
fn with_scheme(text: &str) -> String {
    let typed = format!("https://{text}");
    let names_host = Url::parse(&typed).is_ok_and(|link| link.domain().is_some_and(is_public));
    if !text.contains("//") && !text.contains('@') && names_host {
        return typed;
    }
    text.to_owned()
}

fn is_public(domain: &str) -> bool {
    domain.contains('.')
}

/// A user name is refused: in `https://meet.example@evil.example/` it looks like the host.
fn is_link(text: &str) -> bool {
    let is_plain = !text.chars().any(char::is_whitespace);
    is_plain
        && Url::parse(text).is_ok_and(|link| {
            matches!(link.scheme(), "https" | "http")
                && link.host_str().is_some()
                && link.username().is_empty()
                && link.password().is_none()
        })
}

/// Takes off invisible characters, unless they change how their neighbors look.
fn clean_line(text: &str) -> String {
    let text = unwrap_override(text.trim());
    let mut kept = String::with_capacity(text.len());
    let mut base = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let keeps = if is_joiner(c) {
            let next = rest.peek().filter(|next| !is_invisible(**next));
            base.is_some_and(is_shaped) && next.is_some_and(|next| is_shaped(*next))
        } else if is_variation(c) {
            base.is_some_and(has_variations)
        } else if is_tag(c) {
            base == Some('\u{1f3f4}')
        } else {
            is_override(c) || !is_invisible(c)
        };
        if !keeps {
            continue;
        }
        if !is_invisible(c) && !is_combining_mark(c) {
            base = Some(c);
        }
        kept.push(if c == '\u{2800}' { ' ' } else { c });
    }
    kept
}

/// Contact apps wrap what they copy in a left-to-right override and its end.
fn unwrap_override(text: &str) -> &str {
    let inside = text
        .strip_prefix('\u{202d}')
        .and_then(|text| text.strip_suffix('\u{202c}'));
    inside.unwrap_or(text)
}

/// Whether it is a letter of a script whose letters join, or an emoji. Chinese, Japanese and
/// Korean are left out: there a joiner does nothing, and would make two names of the same name.
fn is_shaped(c: char) -> bool {
    let code = u32::from(c);
    code >= 0x0590
        && !is_blank(c)
        && !matches!(code, 0x1E00..=0x206F | 0x2E80..=0xA4CF | 0xAC00..=0xD7FF | 0xFF00..=0xFFEF)
}

/// Ideographs, Mongolian letters, signs and emoji have variants that a selector chooses. Latin
/// letters have none.
fn has_variations(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*') || u32::from(c) >= 0xA9 && !is_latin(c)
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && matches!(u32::from(c), 0xAA..=0x052F | 0x1E00..=0x1FFF)
}

/// A character of a phone number: digits of any script become the digits 0 to 9, and every kind
/// of space, dash and plus becomes the plain one.
fn of_phone(c: char) -> Option<char> {
    match c {
        _ if is_direction(c) || is_invisible(c) => None,
        '\u{ff0b}' | '\u{fe62}' => Some('+'),
        '\u{ff08}' => Some('('),
        '\u{ff09}' => Some(')'),
        _ if is_dash(c) => Some('-'),
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' => Some(c),
        _ if is_blank(c) => Some(' '),
        _ => Some(plain_digit(c).unwrap_or(c)),
    }
}

#[cfg(test)]
mod tests {
    use garde::Validate;

    use super::*;
    use crate::platform::text::{CircleAlias, MessageBody, PersonName, Phone, Title, VideoLink};

    fn fault<T: serde::de::DeserializeOwned + Validate<Context = ()>>(
        text: &str,
    ) -> Option<String> {
        let text: T = serde_json::from_value(text.into()).unwrap();
        let report = text.validate().err()?;
        Some(report.iter().next().unwrap().1.message().to_owned())
    }

    fn line(text: &str) -> String {
        Kind::Line.clean(text)
    }

    #[test]
    fn a_line_is_trimmed_and_composed() {
        assert_eq!(line("  Ame\u{301}lie "), "Amélie");
    }

    #[test]
    fn a_line_is_counted_in_characters_not_bytes() {
        assert_eq!(fault::<Title>(&"é".repeat(120)), None);
        assert_eq!(
            fault::<Title>(&"é".repeat(121)).as_deref(),
            Some("too_long: At most 120 characters.")
        );
        assert_eq!(
            fault::<Title>("   ").as_deref(),
            Some("too_short: Must not be empty.")
        );
    }

    #[test]
    fn a_line_hides_nothing() {
        for hidden in [
            "a\nb",
            "a\u{0}b",
            "a\u{202e}b",
            "\u{202e}ab",
            "a\u{202d}b",
            "a\u{fffe}b",
            "a\u{85}b",
        ] {
            assert!(
                fault::<Title>(hidden)
                    .unwrap()
                    .starts_with("forbidden_character"),
                "{hidden:?}"
            );
        }
    }

    #[test]
    fn what_contact_apps_wrap_a_name_in_is_taken_off() {
        for wrapped in [
            "\u{200e}Ana Díaz\u{200f}",
            "\u{2068}Ana Díaz\u{2069}",
            "\u{2066}Ana\u{2069} Díaz",
            "\u{202a}Ana Díaz\u{202c}",
            "\u{202d}Ana Díaz\u{202c}",
            "\u{feff}Ana Díaz",
            "Ana\u{200b} D\u{ad}íaz\u{2060}",
            "An\u{200d}a Díaz\u{fe0f}",
            "\u{61c}Ana\u{2800}Díaz\u{3164}",
            "A\u{e0041}na Díaz\u{e0100}",
        ] {
            assert_eq!(line(wrapped), "Ana Díaz", "{wrapped:?}");
        }
    }

    #[test]
    fn what_shapes_a_script_or_an_emoji_stays() {
        for text in [
            "👩\u{200d}👧 Familie",
            "❤\u{fe0f} Oma",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "👩\u{1f3fd}\u{200d}⚕\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "نسترن\u{200c}سادات",
            "ශ\u{dca}\u{200d}ර\u{dd3}",
            "葛\u{e0100}城",
            "שרה",
        ] {
            assert_eq!(line(text), text, "{text:?}");
        }
    }

    #[test]
    fn a_text_needs_something_visible() {
        for nothing in [
            "\u{200b}",
            "\u{2800}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{301}",
            "\u{301}\u{302}",
            "\u{ad}",
            "\u{a0}",
            "\u{feff}",
            "\u{e0041}\u{e0042}",
            "\u{fe0f}",
            "\u{200d}\u{200d}",
            "\u{200e}\u{200f}",
            "\u{2068}\u{2069}",
            "\u{20e3}",
            "\u{34f}",
            "\u{fffc}",
            "\u{180e}",
            "\u{1d173}",
            "\u{e0100}",
            " \u{2028} ",
        ] {
            assert!(
                fault::<PersonName>(nothing)
                    .unwrap()
                    .starts_with("too_short"),
                "{nothing:?}"
            );
            assert!(
                fault::<Title>(nothing).unwrap().starts_with("too_short"),
                "{nothing:?}"
            );
            assert!(
                fault::<MessageBody>(nothing)
                    .unwrap()
                    .starts_with("too_short"),
                "{nothing:?}"
            );
        }
        assert_eq!(fault::<MessageBody>("👍"), None);
    }

    #[test]
    fn prose_keeps_its_marks() {
        for text in [
            "שלום \u{200f}(Rosa)\u{200e} ok",
            "\u{2067}مرحبا\u{2069}",
            "a\u{202e}b\u{202c}",
            "👨\u{200d}👩\u{200d}👧",
            "zero\u{200b}width",
            "line\n\tand line",
        ] {
            assert_eq!(Kind::Prose.clean(text), text);
            assert_eq!(fault::<MessageBody>(text), None, "{text:?}");
        }
        assert!(fault::<MessageBody>("a\u{0}b").is_some());
    }

    #[test]
    fn a_phone_number_can_be_dialled_however_it_was_copied() {
        for typed in [
            "\u{202a}+49 30 1234-567\u{202c}",
            "\u{202d}+49 30 1234-567\u{202c}",
            "\u{200e}+49\u{a0}30\u{202f}1234\u{2011}567",
            "\u{ff0b}49 30 \u{ff11}234\u{2013}567",
            "+٤٩ ٣٠ ١٢٣٤-٥٦٧",
            "+49\u{200b} 30 12\u{2060}34\u{ad}-567",
        ] {
            assert_eq!(Kind::Phone.clean(typed), "+49 30 1234-567", "{typed:?}");
            assert_eq!(fault::<Phone>(typed), None);
        }
        assert!(fault::<Phone>("+49\n30 1234").is_some());
    }

    #[test]
    fn a_link_leads_to_a_web_page_and_nowhere_else() {
        let kept = |text: &str| Kind::Link.clean(text);
        assert_eq!(kept(" meet.example/abc "), "https://meet.example/abc");
        for link in [
            "https://meet.example/abc?pwd=x#y",
            "http://10.0.0.4:8443/rosa",
        ] {
            assert_eq!(kept(link), link);
            assert_eq!(fault::<VideoLink>(link), None);
        }
        for other in [
            "javascript:alert(1)",
            "javascript://meet.example/%0aalert(1)",
            "data:text/html,x",
            "zoom",
            "https://",
            "call me at 12.30",
            "rosa@example.org",
            "facetime:ana@example.org",
            "https://meet.example@evil.example/",
        ] {
            let refused = fault::<VideoLink>(other).unwrap();
            assert!(refused.starts_with("not_a_link: "), "{other}: {refused}");
        }
    }

    #[test]
    fn a_label_that_names_a_web_page_is_refused() {
        assert_eq!(fault::<CircleAlias>("Oma & Opa 24/7"), None);
        let refused = fault::<CircleAlias>("Win at https://evil.example now").unwrap();
        assert!(refused.starts_with("contains_link: "), "{refused}");
        assert!(refused.ends_with("https://evil.example"), "{refused}");
    }
}
