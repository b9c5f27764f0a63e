//! Cursors: the end of a page as a signed text that only this server can make. A cursor works only
//! for the list that it was made for.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::platform::crypto::keys::{Keys, equal};

const TAG: usize = 12;

/// Where a page ends: the sort key and the id of its last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Position {
    /// The position in a list of numbered rows.
    pub(super) fn numbered(number: i64) -> Option<Self> {
        Some(Self {
            at: DateTime::from_timestamp_micros(number)?,
            id: Uuid::nil(),
        })
    }

    /// The number of the row in a list of numbered rows.
    pub(super) fn number(&self) -> i64 {
        self.at.timestamp_micros()
    }
}

/// Writes a position as a cursor, signed for this list.
pub(super) fn encode(keys: &Keys, list: &str, position: Position) -> String {
    let mut bytes = position.at.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend(position.id.as_bytes());
    let tag = tag(keys, list, &bytes);
    bytes.extend(tag);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor, if it was signed for this list.
pub(super) fn decode(keys: &Keys, list: &str, cursor: &str) -> Option<Position> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (position, presented) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
    if !equal(&tag(keys, list, position), presented) {
        return None;
    }
    let (at, id) = position.split_at_checked(8)?;
    Some(Position {
        at: DateTime::from_timestamp_micros(i64::from_be_bytes(at.try_into().ok()?))?,
        id: Uuid::from_slice(id).ok()?,
    })
}

fn tag(keys: &Keys, list: &str, position: &[u8]) -> [u8; TAG] {
    keys.cursor_tag(&[position, list.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_list_only() {
        let keys =
            Keys::derive(&"a secret key of at least 32 characters".to_owned().into()).unwrap();
        let position = Position {
            at: DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap(),
            id: Uuid::from_u128(7),
        };
        let cursor = encode(&keys, "tasks of a", position);
        assert_eq!(decode(&keys, "tasks of a", &cursor), Some(position));
        assert_eq!(decode(&keys, "tasks of b", &cursor), None);
        for index in 0..cursor.len() {
            let mut bent = cursor.clone().into_bytes();
            bent[index] = if bent[index] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            assert_eq!(decode(&keys, "tasks of a", &bent), None, "{index}");
        }
        assert_eq!(decode(&keys, "tasks of a", ""), None);
    }
}
