//! The languages of emails and pages. Each is one file of messages in `messages`, compiled into
//! the server. The code asks for a message by its key and never puts sentences together: word order,
//! plurals and the forms of dates are decided in the file.
//!
//! The format is Fluent (<https://projectfluent.org>). `docs/languages.md` says how to add one.

mod accepted;
mod chosen;
mod message;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use chosen::{LanguageTag, known_or_none};
pub use message::{Message, Value};

/// The tag and the messages of each language, in the order of the tags.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

struct Book {
    tag: &'static str,
    messages: FluentBundle<FluentResource>,
}

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| {
    let files = FILES.iter();
    files.map(|&(tag, text)| Book::read(tag, text)).collect()
});

impl Book {
    fn read(tag: &'static str, text: &str) -> Self {
        let id: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut messages = FluentBundle::new_concurrent(vec![id]);
        // Only what needs it is isolated: see `Value`.
        messages.set_use_isolating(false);
        // Tests read every file, so none has an error or a key twice.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
        let _ = messages.add_resource(resource);
        Self { tag, messages }
    }

    fn write(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let message = self.messages.get_message(key)?;
        let pattern = message.value()?;
        let mut errors = Vec::new();
        let text = self
            .messages
            .format_pattern(pattern, Some(args), &mut errors);
        Some(text.into_owned())
    }
}

/// A language in which emails and pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(&'static str);

impl Language {
    /// Counts where nobody chose another, and for messages that a file lacks.
    pub const ENGLISH: Self = Self("en");

    /// All languages, in the order of their tags.
    pub fn all() -> impl Iterator<Item = Self> {
        FILES.iter().map(|&(tag, _)| Self(tag))
    }

    /// Its tag: `es`.
    pub fn tag(self) -> &'static str {
        self.0
    }

    /// What it calls itself: `Español`.
    pub fn name(self) -> String {
        self.say("language-name").to_string()
    }

    /// Which way it is written, as HTML says it: `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        if self.is_right_to_left() {
            "rtl"
        } else {
            "ltr"
        }
    }

    fn is_right_to_left(self) -> bool {
        self.say("language-direction").to_string() == "rtl"
    }

    /// The language of a tag, if there is one: `es`, and also `es-MX` and `ES_mx`.
    pub fn named(tag: &str) -> Option<Self> {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        let exact = Self::all().find(|language| language.0.eq_ignore_ascii_case(&tag));
        let (main, _) = tag.split_once('-').unwrap_or((tag.as_str(), ""));
        exact.or_else(|| Self::all().find(|language| language.0 == main))
    }

    /// The first of these choices that names a language, or English. Who reads chooses first, then
    /// their circle.
    pub fn first_of<'a>(choices: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut choices = choices.into_iter().flatten();
        choices.find_map(Self::named).unwrap_or(Self::ENGLISH)
    }

    /// A link to a page in this language. Pages are English if nothing asks for another language.
    pub fn in_link(self, link: String) -> String {
        if self == Self::ENGLISH {
            return link;
        }
        format!("{link}&lang={}", self.0)
    }

    /// A message in this language.
    pub fn say(self, key: &str) -> Message {
        Message::new(self, key)
    }

    fn write(self, key: &str, args: &FluentArgs<'_>) -> String {
        let book = |tag: &str| BOOKS.iter().find(|book| book.tag == tag);
        let books = [book(self.0), book(Self::ENGLISH.0)];
        let text = books
            .iter()
            .flatten()
            .find_map(|book| book.write(key, args));
        text.unwrap_or_else(|| key.to_owned())
    }

    /// Several things in a row: `you, Rosa and Lea`.
    pub fn list(self, mut items: Vec<String>) -> String {
        let Some(last) = items.pop() else {
            return String::new();
        };
        if items.is_empty() {
            return last;
        }
        let comma = self.say("list-comma").to_string();
        let several = self.say("list").with("first", &items.join(comma.as_str()));
        several.with("last", &last).to_string()
    }
}

#[cfg(test)]
mod tests;
