//! The addresses of pictures, which a page can put into an `<img>`.
//!
//! A browser that loads an `<img>` sends no token. So the address itself proves who may look: it
//! names the reader, and holds a tag that nobody can make who does not know the id of the file. The
//! id never leaves the server.
//!
//! - **It is bound to the right to see.** The server looks for the picture among those
//!   that the reader sees now. A member who was removed has
//!   addresses that lead nowhere.
//! - **It changes with the picture**, because another picture has another id. So clients keep what
//!   an address has led to for as long as they like, and never ask again.
//! - **It stays the same otherwise**: each reader has one address of a picture, and a cache
//!   has it once.
//!
//! What it cannot do: a person who passes on an address shows the picture, as if they had passed on
//! the picture, until it is replaced or they lose the right to see it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::entity::ids::{CircleId, FileId, MemberId, UserId};
use crate::platform::crypto::keys::{equal, tag_with};

/// Who looks at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileReader {
    /// The owner of an account.
    Account(UserId),
    /// A member of a circle.
    Member(CircleId, MemberId),
}

impl FileReader {
    fn ids(self) -> [u8; 32] {
        let (first, second) = match self {
            Self::Account(user) => (Uuid::nil(), Uuid::from(user)),
            Self::Member(circle, member) => (Uuid::from(circle), Uuid::from(member)),
        };
        let mut ids = [0; 32];
        ids[..16].copy_from_slice(first.as_bytes());
        ids[16..].copy_from_slice(second.as_bytes());
        ids
    }
}

/// How many bytes of a tag are in an address.
const TAG: usize = 16;

/// An address, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAddress {
    pub reader: FileReader,
    tag: [u8; TAG],
}

impl FileAddress {
    /// The address of a picture for a reader, on this server.
    pub fn of(server: &str, reader: FileReader, file: FileId) -> String {
        let token = [&reader.ids()[..], &tag(reader, file)].concat();
        let token = BASE64_URL_SAFE_NO_PAD.encode(token);
        format!("{server}/v1/pictures/{token}")
    }

    /// Reads the last part of an address.
    pub fn read(token: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (ids, tag) = bytes.split_at_checked(32)?;
        let first = Uuid::from_slice(&ids[..16]).ok()?;
        let second = Uuid::from_slice(&ids[16..]).ok()?;
        let reader = if first.is_nil() {
            FileReader::Account(second.into())
        } else {
            FileReader::Member(first.into(), second.into())
        };
        let tag = tag.try_into().ok()?;
        Some(Self { reader, tag })
    }

    /// Whether it is the address of this picture.
    pub fn leads_to(&self, file: FileId) -> bool {
        equal(&tag(self.reader, file), &self.tag)
    }
}

fn tag(reader: FileReader, file: FileId) -> [u8; TAG] {
    tag_with(
        file.0.as_bytes(),
        &[b"picture ", &reader.ids()[..]].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<Id: From<Uuid>>(number: u128) -> Id {
        Uuid::from_u128(number).into()
    }

    #[test]
    fn an_address_leads_to_one_picture_for_one_reader() {
        let readers = [
            FileReader::Account(id(1)),
            FileReader::Member(id(2), id(1)),
            FileReader::Member(id(2), id(3)),
        ];
        for reader in readers {
            let address = FileAddress::of("https://kith.example", reader, id(7));
            let token = address.strip_prefix("https://kith.example/v1/pictures/");
            let read = FileAddress::read(token.unwrap()).unwrap();
            assert_eq!(read.reader, reader);
            assert!(read.leads_to(id(7)) && !read.leads_to(id(8)));
            let others = readers.into_iter().filter(|other| *other != reader);
            for other in others {
                let forged = FileAddress {
                    reader: other,
                    ..read.clone()
                };
                assert!(!forged.leads_to(id(7)));
            }
        }
    }

    #[test]
    fn what_is_no_address_leads_nowhere() {
        for token in [
            "",
            "none",
            "AAAA",
            &"A".repeat(63),
            &"A".repeat(65),
            "../../secret",
        ] {
            assert_eq!(FileAddress::read(token), None, "{token}");
        }
    }
}
