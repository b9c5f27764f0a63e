//! A message of a language, with its values.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafeOutput};
use fluent_bundle::{FluentArgs, FluentValue};

use super::Language;
use crate::platform::time::civil::ReaderTime;

const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// A message whose values are being filled in. It prints as text; [`Self::html`] makes HTML of it.
#[derive(Debug)]
pub struct Message {
    language: Language,
    key: String,
    text: FluentArgs<'static>,
    html: FluentArgs<'static>,
}

impl Message {
    pub(super) fn new(language: Language, key: &str) -> Self {
        Self {
            language,
            key: key.to_owned(),
            text: FluentArgs::new(),
            html: FluentArgs::new(),
        }
    }

    /// With a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &(impl Value + ?Sized)) -> Self {
        self.text.set(name, value.text(self.language));
        self.html.set(name, value.html(self.language));
        self
    }

    /// With a value that HTML shows in bold.
    #[must_use]
    pub fn strong(mut self, name: &'static str, value: &(impl Value + ?Sized)) -> Self {
        self.text.set(name, value.text(self.language));
        let bold = match value.html(self.language) {
            FluentValue::String(html) => FluentValue::from(format!("<strong>{html}</strong>")),
            number => number,
        };
        self.html.set(name, bold);
        self
    }

    /// With a time on a page, whose style is in a style sheet alone: in HTML the zone is small.
    #[must_use]
    pub fn with_time(mut self, name: &'static str, time: &ReaderTime) -> Self {
        self.text.set(name, time.text(self.language));
        self.html.set(name, time_in_html(time, "<small>"));
        self
    }

    /// With a word that the message chooses its form by. It is not shown.
    #[must_use]
    pub fn choosing(mut self, name: &'static str, which: &str) -> Self {
        self.text.set(name, which.to_owned());
        self.html.set(name, which.to_owned());
        self
    }

    /// The message for a place in HTML. Values are escaped. The line breaks of the text version are
    /// spaces.
    pub fn html(&self) -> HtmlSafeOutput<String> {
        let html = self.language.write(&self.key, &self.html);
        HtmlSafeOutput(html.replace('\n', " "))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language.write(&self.key, &self.text))
    }
}

/// What can be put into a message. A text may be a name in another direction of writing: then it is
/// isolated, so that the words around it stay in their order.
pub trait Value {
    /// As it stands in text.
    fn text(&self, language: Language) -> FluentValue<'static>;

    /// As it stands in HTML.
    fn html(&self, language: Language) -> FluentValue<'static>;
}

impl Value for str {
    fn text(&self, language: Language) -> FluentValue<'static> {
        isolated(self, language).into()
    }

    fn html(&self, language: Language) -> FluentValue<'static> {
        escaped(&isolated(self, language)).into()
    }
}

impl Value for String {
    fn text(&self, language: Language) -> FluentValue<'static> {
        self.as_str().text(language)
    }

    fn html(&self, language: Language) -> FluentValue<'static> {
        self.as_str().html(language)
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn text(&self, language: Language) -> FluentValue<'static> {
        (**self).text(language)
    }

    fn html(&self, language: Language) -> FluentValue<'static> {
        (**self).html(language)
    }
}

/// A message of the same language, as a part of another.
impl Value for Message {
    fn text(&self, _: Language) -> FluentValue<'static> {
        self.to_string().into()
    }

    fn html(&self, _: Language) -> FluentValue<'static> {
        self.html().0.into()
    }
}

/// A number chooses the form of the plural.
impl Value for i64 {
    fn text(&self, _: Language) -> FluentValue<'static> {
        (*self).into()
    }

    fn html(&self, language: Language) -> FluentValue<'static> {
        self.text(language)
    }
}

/// HTML shows the zone small.
impl Value for ReaderTime {
    fn text(&self, _: Language) -> FluentValue<'static> {
        self.to_string().into()
    }

    fn html(&self, _: Language) -> FluentValue<'static> {
        time_in_html(self, "<small style=\"font-weight:400\">").into()
    }
}

/// A time whose zone is in this element.
fn time_in_html(time: &ReaderTime, small: &str) -> String {
    let clock = escaped(&time.clock);
    match &time.zone {
        Some(zone) => format!("{clock} {small}({})</small>", escaped(zone)),
        None => clock,
    }
}

impl Value for usize {
    fn text(&self, _: Language) -> FluentValue<'static> {
        (*self).into()
    }

    fn html(&self, language: Language) -> FluentValue<'static> {
        self.text(language)
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::new();
    // Writing into a string does not fail.
    let _ = Html.write_escaped_str(&mut html, text);
    html
}

/// The text between the marks that keep its direction of writing to itself, if it needs them.
fn isolated(text: &str, language: Language) -> String {
    if language.is_right_to_left() || text.chars().any(is_right_to_left) {
        format!("{ISOLATE}{text}{END_OF_ISOLATE}")
    } else {
        text.to_owned()
    }
}

/// Whether it is in one of the blocks of Hebrew, Arabic and the other scripts that are written from
/// right to left.
fn is_right_to_left(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}
