//! The data map: what is stored about whom, for every table and every column.
//!
//! # What it guarantees
//!
//! When people export their data or delete their account, nothing that is stored about them is
//! left out. Each column has a [class](super::Class), which says what it tells and about whom, and
//! each table says [whose](super::Whose) its rows are. A column without a class fails the test
//! `every_column_is_in_the_data_map_and_every_entry_has_its_column`, on the day that it is added.
//!
//! # How
//!
//! Export and erasure know no table by name. Both go through [`DATA_MAP`]. The export reads the
//! rows of the person, column by column, as the classes allow. The erasure builds its statements
//! from `whose`, the last table first, so that a row is deleted before the row that it refers to.
//! There is a file for each area in `data_map/`. The tables for what a family plans are described
//! beside their entities, and `data_map/care.rs` lists them, for this map and for the export.
//!
//! # An example
//!
//! A message is exported to its author. When the author is erased, the message stays, so that the
//! replies to it keep their place, and its text is blanked:
//!
//! ```ignore
//! Table::new(
//!     "messages",
//!     Own,
//!     &[(Author("created_by_member_id"), Blank)],
//!     &[
//!         (Key, &["circle_id", "id", "thread_id", "reply_to_message_id"]),
//!         (Key, &["created_by_member_id"]),
//!         (Written(Null), &["body"]),
//!         // …
//!     ],
//! )
//! ```
//!
//! # What goes wrong without it
//!
//! Somebody adds the column `messages.subject` and forgets two other places. The export does not
//! have it. And after an account was deleted, these words of its owner stay for good. No other
//! test notices that.

mod accounts;
#[macro_use]
mod care;
mod circles;
mod notifications;
mod search;
mod server;
mod threads;

use crate::entity::class::Table;

pub use crate::entity::class::FORMER_MEMBER;

/// The table with this name.
pub fn table(name: &str) -> Option<&'static Table> {
    DATA_MAP.iter().find(|table| table.name == name)
}

/// The areas, each table before those that refer to it.
const AREAS: [&[Table]; 7] = [
    accounts::TABLES,
    server::TABLES,
    circles::TABLES,
    care::TABLES,
    threads::TABLES,
    search::TABLES,
    notifications::TABLES,
];

/// Every table, each before those that refer to it. The erasure goes backward.
pub const DATA_MAP: &[Table] = &joined::<{ count() }>();

const fn count() -> usize {
    let mut count = 0;
    let mut area = 0;
    while area < AREAS.len() {
        count += AREAS[area].len();
        area += 1;
    }
    count
}

/// The tables of all areas in one list. A `const fn` has no iterators, so it counts by itself.
const fn joined<const COUNT: usize>() -> [Table; COUNT] {
    let mut tables = [AREAS[0][0]; COUNT];
    let (mut next, mut area) = (0, 0);
    while area < AREAS.len() {
        let mut of_area = 0;
        while of_area < AREAS[area].len() {
            tables[next] = AREAS[area][of_area];
            of_area += 1;
            next += 1;
        }
        area += 1;
    }
    tables
}
