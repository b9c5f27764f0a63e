//! Entity tags. A tag holds everything its answer depends on, so that a 304 never
//! hides a change.
//!
//! There are two kinds. Most tags are made of the answer itself: what it shows of
//! an account, of the time or of a row that a sweep deleted changes the tag
//! because it changes the answer. The lists that apps ask for all the time are
//! made of nothing but rows of their circle, and every write in a circle counts
//! its number up: their tag is known before any of it is read, and a 304 costs no
//! more than the proof. A list that shows anything else (an address, today's date,
//! what an operator did) must not use that kind.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::platform::crypto::keys::sha256;

/// What a tag begins with: the version, if the answer is a resource, and who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagStem {
    text: String,
    is_weak: bool,
}

impl TagStem {
    /// Of one resource. `If-Match` compares the version.
    pub fn of_resource(version: i32, reader: &str) -> Self {
        Self {
            text: format!("{version}-{reader}"),
            is_weak: false,
        }
    }

    /// Of a list or view.
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

    /// The tag of whatever is answered, where the stem tells all it depends on.
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
