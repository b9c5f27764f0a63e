//! Shortens long texts in lists: a page of 200 things is read on a phone, and the whole text is
//! one request away.

/// How many characters of a text a list shows.
pub const EXCERPT: usize = 500;

/// Whether a thing is read alone, or in a list of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Whole,
    Excerpt,
}

/// The texts of one thing, and which of them are cut.
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

    /// As much of a text as is shown.
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

    /// The names of those that are cut.
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
