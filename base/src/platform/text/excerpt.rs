//! Shortens long texts in lists. A page of 200 things is read on a phone; the whole text takes one
//! more request.

/// How many characters of a long text a list shows.
pub const EXCERPT: usize = 500;

/// Whether a thing is read alone or in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Whole,
    Excerpt,
}

/// Shows the texts of one thing, and remembers which of them were cut.
#[derive(Debug)]
pub struct Texts {
    detail: Detail,
    truncated: Vec<&'static str>,
}

impl Texts {
    pub fn new(detail: Detail) -> Self {
        Self {
            detail,
            truncated: Vec::new(),
        }
    }

    /// The part of the text that is shown.
    pub fn show(&mut self, name: &'static str, text: Option<String>) -> Option<String> {
        let mut text = text?;
        if self.detail == Detail::Excerpt
            && let Some((end, _)) = text.char_indices().nth(EXCERPT)
        {
            text.truncate(end);
            self.truncated.push(name);
        }
        Some(text)
    }

    /// The names of the texts that were cut.
    pub fn truncated(self) -> Vec<&'static str> {
        self.truncated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_the_beginning_and_says_so() {
        let long = Some("é".repeat(EXCERPT + 1));
        let mut texts = Texts::new(Detail::Excerpt);
        assert_eq!(texts.show("notes", long.clone()), Some("é".repeat(EXCERPT)));
        let short = Some("é".repeat(EXCERPT));
        assert_eq!(texts.show("outcome", short.clone()), short);
        assert_eq!(texts.show("other", None), None);
        assert_eq!(texts.truncated(), ["notes"]);
        let mut texts = Texts::new(Detail::Whole);
        assert_eq!(texts.show("notes", long.clone()), long);
        assert!(texts.truncated().is_empty());
    }
}
