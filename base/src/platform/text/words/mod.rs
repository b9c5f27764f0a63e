//! The words of a text, as a search compares them.
//!
//! A search should find what people mean, however they type it. So a word loses what people leave
//! out or vary: case, accents, the width of letters, the shape of digits, `ß` for `ss`. Both
//! databases compare the result byte by byte, and no database takes part in making it.
//!
//! - A word ends where there is no letter or digit. An emoji is a word of its own.
//! - Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer are often written without spaces.
//!   There every character, with the marks on it, is indexed together with the next one, and the
//!   last of a run alone. A search for several characters asks for such pairs.
//! - Marks that are letters, as in Hindi, Thai or Japanese, stay.
//!
//! Raise [`VERSION`] with every change of these rules: then what is stored is indexed again.

use std::collections::HashSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{is_invisible, plain_digit};

/// The version of these rules.
pub const VERSION: i32 = 1;

/// How many letters of a long word count.
const MOST_LETTERS: usize = 40;
/// How many characters of a sign with many marks count.
const MOST_MARKS: usize = 8;
/// From how many letters on the last word of a search may be the beginning of a longer word. Fewer
/// letters begin most of what a circle has ever written.
const LETTERS_TO_BEGIN: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A word of letters and digits.
    Word,
    /// A character of a script without spaces. Whether it follows the one before it directly.
    Unit { joined: bool },
    /// An emoji or another sign.
    Sign,
}

/// A word, and its place in the text: in characters.
#[derive(Debug)]
struct Token {
    text: String,
    place: Range<usize>,
    kind: Kind,
}

/// The words of a text in their order.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    // Whether the next letter or mark can belong to the last word.
    let mut open = false;
    for (at, source) in text.chars().enumerate() {
        for c in folded(source) {
            let last = tokens.last_mut().filter(|_| open);
            match (Class::of(c), last) {
                (Class::Skipped, Some(last)) => last.place.end = at + 1,
                (Class::Skipped | Class::Mark, None) => {}
                (Class::Blank, _) => open = false,
                (Class::Mark, Some(last)) => last.extend(c, at),
                (Class::Letter, Some(last)) if last.kind == Kind::Word => last.extend(c, at),
                (Class::Unit, Some(last)) if last.takes_jamo(c) => last.extend(c, at),
                (class, last) => {
                    let joined = last.is_some_and(|last| matches!(last.kind, Kind::Unit { .. }));
                    let kind = match class {
                        Class::Unit => Kind::Unit { joined },
                        Class::Sign => Kind::Sign,
                        _ => Kind::Word,
                    };
                    open = kind != Kind::Sign;
                    tokens.push(Token {
                        text: c.into(),
                        place: at..at + 1,
                        kind,
                    });
                }
            }
        }
    }
    for token in &mut tokens {
        let most = match token.kind {
            Kind::Word => MOST_LETTERS,
            _ => MOST_MARKS,
        };
        token.text = token.text.nfc().take(most).collect();
    }
    tokens
}

impl Token {
    fn extend(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.place.end = at + 1;
    }

    /// Whether this is the beginning of a Korean syllable, and `c` goes on with it.
    fn takes_jamo(&self, c: char) -> bool {
        let goes_on = match self.text.chars().next_back() {
            Some('\u{1100}'..='\u{1112}') => '\u{1161}'..='\u{1175}',
            Some('\u{1161}'..='\u{1175}') => '\u{11a8}'..='\u{11c2}',
            _ => return false,
        };
        matches!(self.kind, Kind::Unit { .. }) && goes_on.contains(&c)
    }
}

/// What a character does to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Nothing: a word with it is the same word.
    Skipped,
    Mark,
    Unit,
    Letter,
    Sign,
    /// Ends a word.
    Blank,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            '\u{640}' | '\u{1f3fb}'..='\u{1f3ff}' => Self::Skipped,
            // Apostrophes that count as letters.
            '\u{2b9}'..='\u{2bf}' => Self::Blank,
            _ if is_invisible(c) || is_accent(c) => Self::Skipped,
            _ if is_combining_mark(c) => Self::Mark,
            _ if c.is_alphanumeric() && is_unspaced(c) => Self::Unit,
            _ if c.is_alphanumeric() => Self::Letter,
            _ if is_sign(c) => Self::Sign,
            _ => Self::Blank,
        }
    }
}

/// A mark that people leave out: accents, and the vowel points of Hebrew, Arabic and Syriac.
fn is_accent(c: char) -> bool {
    is_combining_mark(c)
        && matches!(
            u32::from(c),
            0x0300..=0x036F
                | 0x0483..=0x0489
                | 0x0591..=0x05C7
                | 0x0610..=0x061A
                | 0x064B..=0x065F
                | 0x0670
                | 0x06D6..=0x06ED
                | 0x0711
                | 0x0730..=0x074A
                | 0x08CA..=0x08FF
                | 0x1AB0..=0x1AFF
                | 0x1DC0..=0x1DFF
                | 0x20D0..=0x20FF
                | 0xFE20..=0xFE2F
        )
}

/// A character of a script that is often written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0E00..=0x0EFF          // Thai, Lao
            | 0x1000..=0x109F    // Burmese
            | 0x1100..=0x11FF    // the parts of Korean syllables
            | 0x1780..=0x17FF    // Khmer
            | 0x2E80..=0x312F    // radicals, kana, bopomofo
            | 0x31A0..=0x31FF
            | 0x3400..=0x9FFF    // ideographs
            | 0xA960..=0xA97F
            | 0xAA60..=0xAA7F
            | 0xAC00..=0xD7FF    // Korean
            | 0xF900..=0xFAFF
            | 0x1B000..=0x1B16F
            | 0x20000..=0x3FFFF
    )
}

fn is_sign(c: char) -> bool {
    matches!(u32::from(c), 0x2300..=0x23FF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF)
}

/// A character without what does not matter: decomposed, small, with plain digits.
fn folded(source: char) -> impl Iterator<Item = char> {
    std::iter::once(source)
        .nfkd()
        .map(|c| plain_digit(c).unwrap_or(c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            let (first, second) = plain_letter(c);
            std::iter::once(first).chain(second)
        })
}

/// Letters that Unicode does not decompose, as people type them on another keyboard.
fn plain_letter(c: char) -> (char, Option<char>) {
    let plain = match c {
        'ß' => return ('s', Some('s')),
        'æ' => return ('a', Some('e')),
        'œ' => return ('o', Some('e')),
        'þ' => return ('t', Some('h')),
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ħ' => 'h',
        'ŧ' => 't',
        'ı' => 'i',
        'ς' => 'σ',
        'ى' | 'ی' => 'ي',
        'ة' | 'ہ' => 'ه',
        'ک' => 'ك',
        'ٱ' => 'ا',
        c => c,
    };
    (plain, None)
}

/// What is indexed of a word, and its place.
struct Term {
    text: String,
    /// The place of the whole.
    place: Range<usize>,
    /// The place of its first character, in a script without spaces.
    first: Option<Range<usize>>,
}

/// What is indexed of a text, in its order.
fn terms(text: &str) -> impl Iterator<Item = Term> {
    let tokens = tokens(text);
    let term = |(at, token): (usize, &Token)| {
        let mut term = Term {
            text: token.text.clone(),
            place: token.place.clone(),
            first: None,
        };
        if let Kind::Unit { .. } = token.kind {
            term.first = Some(token.place.clone());
            if let Some(next) = tokens.get(at + 1).filter(|next| next.is_joined()) {
                term.text += &next.text;
                term.place.end = next.place.end;
            }
        }
        term
    };
    tokens
        .iter()
        .enumerate()
        .map(term)
        .collect::<Vec<_>>()
        .into_iter()
}

impl Token {
    fn is_joined(&self) -> bool {
        self.kind == Kind::Unit { joined: true }
    }
}

/// The different words of texts in their order, without those in `known`: at most so many.
pub fn words_of<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    known: &[String],
    most: usize,
) -> Vec<String> {
    let mut seen: HashSet<String> = known.iter().cloned().collect();
    let words = texts.into_iter().flat_map(terms).map(|term| term.text);
    words
        .filter(|word| seen.insert(word.clone()))
        .take(most)
        .collect()
}

/// The text as it is compared: its words, with blanks between them.
pub fn normalized(text: &str) -> String {
    let mut normalized = String::new();
    for token in tokens(text) {
        if !normalized.is_empty() && !token.is_joined() {
            normalized.push(' ');
        }
        normalized += &token.text;
    }
    normalized
}

/// A word that is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub text: String,
    /// Whether it may be the beginning of a longer word.
    pub begins: bool,
}

impl Wanted {
    fn fits(&self, word: &str) -> bool {
        if self.begins {
            word.starts_with(&self.text)
        } else {
            word == self.text
        }
    }
}

/// How many characters a text has, as people count them: a letter with its accent is one.
pub fn count_characters(text: &str) -> usize {
    text.trim().nfc().count()
}

/// How many words a text has, as people count them: a run without spaces is one.
pub fn count_words(text: &str) -> usize {
    tokens(text)
        .iter()
        .filter(|token| !token.is_joined())
        .count()
}

/// The words that a search asks for, each once: at most so many. Of a run without spaces these are
/// pairs that cover it.
pub fn wanted(query: &str, most: usize) -> Vec<Wanted> {
    let tokens = tokens(query);
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut add = |text: String, begins: bool| {
        let one = Wanted { text, begins };
        if wanted.len() < most && !wanted.contains(&one) {
            wanted.push(one);
        }
    };
    let mut rest = tokens.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let joined = after.iter().take_while(|token| token.is_joined()).count();
        let (run, others) = rest.split_at(joined + 1);
        rest = others;
        match (first.kind, run.len()) {
            (Kind::Unit { .. }, 1) => add(first.text.clone(), true),
            (Kind::Unit { .. }, length) => {
                for (at, pair) in run.windows(2).enumerate() {
                    if at % 2 == 0 || at == length - 2 {
                        add(
                            pair.iter().map(|token| token.text.as_str()).collect(),
                            false,
                        );
                    }
                }
            }
            _ => {
                let is_long = first.text.chars().count() >= LETTERS_TO_BEGIN;
                let begins = first.kind == Kind::Word && is_long && others.is_empty();
                add(first.text.clone(), begins);
            }
        }
    }
    wanted
}

/// The places in a text where it has wanted words: in characters, in order, none within another.
pub fn places_of(text: &str, wanted: &[Wanted]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for term in terms(text) {
        let Some(by) = wanted.iter().find(|wanted| wanted.fits(&term.text)) else {
            continue;
        };
        let place = match term.first {
            Some(first) if by.begins => first,
            _ => term.place,
        };
        match places.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => places.push(place),
        }
    }
    places
}

#[cfg(test)]
mod tests;
