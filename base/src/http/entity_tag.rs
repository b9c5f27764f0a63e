//! Entity tags. A tag depends on everything that its answer depends on, so that a 304 never hides
//! a change.
//!
//! There are two kinds. Most tags are a hash of the answer itself, so that everything that changes
//! the answer changes the tag as well.
//!
//! The lists that apps read all the time show only rows of one circle, and every write in a circle
//! counts up its change number. The tag of such a list is made from this number before any row is
//! read, so a 304 costs only the check of the caller. A list that shows anything else (an email
//! address, today's date, what the operator did) must not use this kind: its tag would miss the
//! change.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::platform::crypto::keys::sha256;

/// The beginning of a tag: the version, if the answer is a resource, and the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagStem {
    text: String,
    is_weak: bool,
}

impl TagStem {
    /// The beginning for a resource. `If-Match` compares its version.
    pub fn of_resource(version: i32, reader: &str) -> Self {
        Self {
            text: format!("{version}-{reader}"),
            is_weak: false,
        }
    }

    /// The beginning for a list or a view.
    pub fn of_list(reader: &str) -> Self {
        Self {
            text: reader.to_owned(),
            is_weak: true,
        }
    }

    /// The tag of this answer.
    pub fn of_answer(&self, answer: &str) -> String {
        let digest = sha256(answer.as_bytes());
        let digest = BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]);
        self.quoted(&format!("{}-{digest}", self.text))
    }

    /// The tag of an answer that depends only on the stem.
    pub fn alone(&self) -> String {
        self.quoted(&self.text)
    }

    fn quoted(&self, text: &str) -> String {
        let weak = if self.is_weak { "W/" } else { "" };
        format!("{weak}\"{text}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_answer_or_another_reader_has_another_tag() {
        let stem = TagStem::of_resource(3, "ana");
        let tag = stem.of_answer("{}");
        assert!(tag.starts_with("\"3-ana-"), "{tag}");
        assert_ne!(tag, stem.of_answer("[]"));
        assert_ne!(tag, TagStem::of_resource(3, "ben").of_answer("{}"));
        assert!(TagStem::of_list("ana").alone().starts_with("W/\"ana"));
    }
}
