//! The part of a text that shows a hit.

use std::ops::Range;

use super::types::TextMatch;
use crate::platform::text::words::{Wanted, places_of};

/// How many characters an excerpt has.
const LENGTH: usize = 160;
/// How many characters are shown before the first match.
const BEFORE: usize = 40;

/// Where a text has the words.
pub(super) fn matches_in(text: &str, wanted: &[Wanted]) -> Vec<TextMatch> {
    places_of(text, wanted)
        .into_iter()
        .map(TextMatch::at)
        .collect()
}

impl TextMatch {
    fn at(place: Range<usize>) -> Self {
        Self {
            start: place.start,
            length: place.len(),
        }
    }
}

/// The part of the first text that has one of the words, and where it has them.
pub(super) fn excerpt_of<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    wanted: &[Wanted],
) -> Option<(String, Vec<TextMatch>)> {
    texts.into_iter().find_map(|text| {
        let places = places_of(text, wanted);
        let first = places.first()?;
        Some(cut(text, first.start, &places))
    })
}

/// The part of a text around a place, in one line.
fn cut(text: &str, first: usize, places: &[Range<usize>]) -> (String, Vec<TextMatch>) {
    let letters: Vec<char> = text.chars().collect();
    let earliest = first.saturating_sub(BEFORE);
    // It begins with a whole word, if there is a space before the match.
    let start = match earliest {
        0 => 0,
        _ => (earliest..first)
            .find(|at| letters.get(at - 1).is_some_and(|c| c.is_whitespace()))
            .unwrap_or(earliest),
    };
    let end = letters.len().min(start + LENGTH);
    let shown = letters.get(start..end).unwrap_or_default();
    let mut excerpt = String::new();
    if start > 0 {
        excerpt.push('…');
    }
    let line = |c: &char| if c.is_whitespace() { ' ' } else { *c };
    excerpt.extend(shown.iter().map(line));
    if end < letters.len() {
        excerpt.push('…');
    }
    let offset = usize::from(start > 0);
    let inside = places
        .iter()
        .filter(|place| place.start >= start && place.start < end);
    let moved = inside.map(|place| {
        let place = place.start - start + offset..place.end.min(end) - start + offset;
        TextMatch::at(place)
    });
    (excerpt, moved.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::text::words::wanted;

    fn shown(text: &str, query: &str) -> (String, Vec<String>) {
        let wanted = wanted(query, 20);
        let (excerpt, matches) = excerpt_of([text], &wanted).unwrap();
        let letters: Vec<char> = excerpt.chars().collect();
        let of = |place: &TextMatch| {
            letters[place.start..place.start + place.length]
                .iter()
                .collect()
        };
        let words = matches.iter().map(of).collect();
        (excerpt, words)
    }

    #[test]
    fn a_short_text_is_shown_as_a_whole_in_one_line() {
        let (excerpt, words) = shown("Bring\nthe Étui, the étui!", "etui");
        assert_eq!(excerpt, "Bring the Étui, the étui!");
        assert_eq!(words, ["Étui", "étui"]);
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_match() {
        let text = format!("{} the nurse {}", "before ".repeat(50), "after ".repeat(50));
        let (excerpt, words) = shown(&text, "nurse");
        assert!(excerpt.starts_with("…before before "), "{excerpt}");
        assert!(excerpt.ends_with('…'), "{excerpt}");
        assert_eq!(excerpt.chars().count(), LENGTH + 2);
        assert_eq!(words, ["nurse"]);
    }

    #[test]
    fn a_text_without_spaces_is_cut_too() {
        let text = format!("{}糖尿病{}", "水".repeat(300), "水".repeat(300));
        let (excerpt, words) = shown(&text, "糖尿病");
        assert_eq!(excerpt.chars().count(), LENGTH + 2);
        assert_eq!(words, ["糖尿病"]);
    }

    #[test]
    fn the_first_text_with_a_word_is_shown() {
        let wanted = wanted("ward", 20);
        let texts = ["Hill Street", "Ask for the ward."];
        assert_eq!(excerpt_of(texts, &wanted).unwrap().0, "Ask for the ward.");
        assert_eq!(excerpt_of(["nothing"], &wanted), None);
    }
}
