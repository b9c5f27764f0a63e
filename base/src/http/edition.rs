//! The end of every entity tag: the generation of the database and the version of the program.
//! After a restore, the same version of a row can have other contents. After an upgrade, the same
//! contents can have another answer. With the end, old tags no longer match.

use std::sync::Arc;

use crate::app::{App, SharedState};
use crate::platform::crypto::keys::sha256;
use crate::platform::db::{BeginWrite, Generation};

/// The end of this server's entity tags. The database may be replaced while the server runs.
#[derive(Clone, Debug)]
pub struct Edition {
    generation: Generation,
    program: String,
}

impl Edition {
    /// The edition of a database and this program.
    pub fn new(generation: Generation) -> Self {
        Self {
            generation,
            program: program(env!("CARGO_PKG_VERSION")),
        }
    }

    /// The end at this moment.
    pub fn now(&self) -> TagEnd {
        TagEnd {
            generation: format!("-{}.", self.generation.name()),
            program: self.program.clone(),
        }
    }
}

fn program(version: &str) -> String {
    let digest = sha256(version.as_bytes());
    format!("{:02x}{:02x}", digest[0], digest[1])
}

/// The end of a tag, such as `-5fa3c1d2.0b2e`.
#[derive(Clone, Debug)]
pub struct TagEnd {
    /// The length up to the dot, which it includes.
    generation: String,
    program: String,
}

impl TagEnd {
    /// Adds the end to a tag.
    pub fn seal(&self, tag: &str) -> String {
        let inner = tag.strip_suffix('"').unwrap_or(tag);
        format!("{inner}{}{}\"", self.generation, self.program)
    }

    /// Removes the end from the tags of an `If-None-Match`. A tag of another edition becomes a tag
    /// that matches nothing.
    pub fn unseal_seen(&self, header: &str) -> String {
        let whole = format!("{}{}", self.generation, self.program);
        map_tags(header, |tag| {
            tag.contains(&whole).then(|| tag.replace(&whole, ""))
        })
    }

    /// Removes the end from the tags of an `If-Match`. A tag of the same generation counts even if
    /// another version of the program made it, because the version of the row is the same. A plain
    /// version number has no end.
    pub fn unseal_match(&self, header: &str) -> String {
        map_tags(header, |tag| {
            let inner = tag.trim_start_matches("W/").trim_matches('"');
            if inner.bytes().all(|byte| byte.is_ascii_digit()) {
                return Some(tag.to_owned());
            }
            let (before, after) = tag.split_once(&self.generation)?;
            Some(format!("{before}{}", after.get(self.program.len()..)?))
        })
    }
}

/// Maps every tag of a list. Anything else stays as it is: the code that reads the list refuses it.
fn map_tags(header: &str, work: impl Fn(&str) -> Option<String>) -> String {
    let map = |tag: &str| {
        let tag = tag.trim();
        if !tag.ends_with('"') {
            return tag.to_owned();
        }
        work(tag).unwrap_or_else(|| "\"other\"".to_owned())
    };
    header.split(',').map(map).collect::<Vec<_>>().join(", ")
}

impl SharedState for Edition {
    fn begin(app: &App) -> Self {
        Self::new(app.db().generation().clone())
    }
}

impl App {
    /// The end of this server's entity tags.
    pub fn edition(&self) -> Arc<Edition> {
        self.shared()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(generation: &str, version: &str) -> TagEnd {
        TagEnd {
            generation: format!("-{generation}."),
            program: program(version),
        }
    }

    #[test]
    fn a_tag_is_good_for_its_generation_and_a_cached_answer_for_its_program_too() {
        let now = end("5fa3c1d2", "1.0.0");
        let (newer, restored) = (end("5fa3c1d2", "1.1.0"), end("00000000", "1.0.0"));
        for tag in ["\"3-1.2221.9f3ac1-17.4\"", "W/\"ab_-c\""] {
            let sealed = now.seal(tag);
            assert_ne!(sealed, tag);
            assert_eq!(now.unseal_seen(&sealed), tag);
            assert_eq!(now.unseal_match(&sealed), tag);
            assert_eq!(newer.unseal_match(&sealed), tag);
            assert_eq!(newer.unseal_seen(&sealed), "\"other\"");
            assert_eq!(restored.unseal_match(&sealed), "\"other\"");
            assert_eq!(restored.unseal_seen(&sealed), "\"other\"");
        }
    }

    #[test]
    fn bare_versions_and_what_is_no_tag_stay() {
        let now = end("5fa3c1d2", "1.0.0");
        for header in ["*", "3", "\"3\", W/\"4\""] {
            assert_eq!(now.unseal_match(header), header);
        }
        assert_eq!(now.unseal_match("\"3-1\", \"4\""), "\"other\", \"4\"");
        assert_eq!(now.unseal_match("\"3-1"), "\"3-1");
    }
}
