//! Pages of a list: a limit, and an opaque cursor bound to the list and its
//! filters, so that one cannot be bent to read another.

use std::cmp::Ordering;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::platform::crypto::keys::{Keys, equal};
use crate::problem::Problem;

/// How many rows a page has when nobody says otherwise.
pub const DEFAULT_LIMIT: u32 = 50;
/// How many it has at most.
pub const MAX_LIMIT: u32 = 200;
/// How many bytes of text a page of messages has before it ends early.
pub const MAX_TEXT: usize = 256 * 1024;
const TAG: usize = 12;

/// Where a page ends: the row's sort key and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Position {
    /// Of a row in a list whose rows are numbered.
    pub fn numbered(number: impl Into<i64>) -> Self {
        Self {
            at: DateTime::from_timestamp_micros(number.into()).unwrap_or_default(),
            id: Uuid::nil(),
        }
    }

    fn number(&self) -> i64 {
        self.at.timestamp_micros()
    }
}

/// Which page is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    keys: Keys,
    /// The list and its filters.
    list: String,
    limit: usize,
    after: Option<Position>,
}

impl PageRequest {
    /// Reads limit and cursor. `list` names the list with its filters.
    pub fn read(
        keys: &Keys,
        list: String,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        if limit == 0 {
            return Err(Problem::query(
                "limit",
                "out_of_range",
                "Send a whole number, at least 1.",
            ));
        }
        let after = cursor
            .map(|cursor| {
                decode(keys, &list, cursor).ok_or_else(|| {
                    let detail = "This is no cursor of this list. Send the `next_cursor` of the \
                         page before, with the same filters, or none.";
                    Problem::query("cursor", "invalid_value", detail)
                })
            })
            .transpose()?;
        Ok(Self {
            keys: keys.clone(),
            list,
            limit: limit as usize,
            after,
        })
    }

    /// How many rows to read: one more than the page, to know whether there is another.
    pub fn rows_to_read(&self) -> u64 {
        self.limit as u64 + 1
    }

    /// The rows behind the cursor.
    pub fn condition(
        &self,
        at: impl ColumnTrait,
        id: impl ColumnTrait,
        order: Ordering,
    ) -> Condition {
        let Some(after) = self.after else {
            return Condition::all();
        };
        let (beyond, id_beyond) = if order == Ordering::Less {
            (at.gt(after.at), id.gt(after.id))
        } else {
            (at.lt(after.at), id.lt(after.id))
        };
        Condition::any()
            .add(beyond)
            .add(Condition::all().add(at.eq(after.at)).add(id_beyond))
    }

    /// The rows behind the cursor in a list whose rows are numbered, last first.
    pub fn condition_below(&self, number: impl ColumnTrait) -> Condition {
        Condition::all().add_option(self.after.map(|after| number.lt(after.number())))
    }

    /// Cuts the page off and answers the cursor of the next one.
    pub fn cut<Row>(
        &self,
        rows: Vec<Row>,
        position: impl Fn(&Row) -> Position,
    ) -> (Vec<Row>, Option<String>) {
        self.cut_by_size(rows, |_| 0, position)
    }

    /// The same of rows that are nothing but text and are shown whole: a page ends
    /// early once it holds [`MAX_TEXT`] bytes, but has one row at least.
    pub fn cut_by_size<Row>(
        &self,
        mut rows: Vec<Row>,
        size: impl Fn(&Row) -> usize,
        position: impl Fn(&Row) -> Position,
    ) -> (Vec<Row>, Option<String>) {
        let mut bytes = 0;
        let fits = rows.iter().take(self.limit).take_while(|row| {
            bytes += size(row);
            bytes <= MAX_TEXT
        });
        let fits = fits.count().max(1);
        if rows.len() <= fits {
            return (rows, None);
        }
        rows.truncate(fits);
        let next = rows
            .last()
            .map(|row| encode(&self.keys, &self.list, position(row)));
        (rows, next)
    }
}

fn encode(keys: &Keys, list: &str, position: Position) -> String {
    let mut bytes = position.at.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend(position.id.as_bytes());
    let tag = tag(keys, list, &bytes);
    bytes.extend(tag);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(keys: &Keys, list: &str, cursor: &str) -> Option<Position> {
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

/// Declares the page of a list: generic pages would be inlined into the document.
macro_rules! page_of {
    ($name:ident, $item:ident) => {
        #[doc = concat!("A page of a list: `", stringify!($item), "`.")]
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            pub data: Vec<$item>,
            /// Send as `cursor` for the next page; null on the last one.
            pub next_cursor: Option<String>,
        }
    };
}

pub(crate) use page_of;

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
