//! The data map: what is stored of whom, every table and every column.
//!
//! # What it guarantees
//!
//! Nothing is stored of a person that is left out when they export
//! their data or have their account erased. Each column has a [class](super::Class), which
//! says what it tells of whom, and each table says [whose](super::Whose) its rows are. A
//! column without a class fails the test
//! `every_column_is_classed_and_every_class_has_its_column`, on the day that it is added.
//!
//! # How
//!
//! Export and erasure know no table by name. Both walk over [`DATA_MAP`]: the
//! export reads the rows of the person it is for, column by column as the classes allow; the
//! erasure builds its statements from `whose`, the last table first, so that a row goes
//! before the row that it refers to. The tables stand in one file for each area, in
//! `data_map/`. Those of what a family plans stand with their entities, and `data_map/care.rs`
//! lists them, for this map and for the export.
//!
//! # An example
//!
//! A message is exported to its author. When the author is erased it stays,
//! so that the answers to it keep their place, and what they wrote in it is blanked:
//!
//! ```ignore
//! Table::new(
//!     "messages",
//!     Own,
//!     &[(Author("created_by"), Blank)],
//!     &[
//!         (Key, &["circle_id", "id", "thread_id", "reply_to"]),
//!         (Key, &["created_by"]),
//!         (Written(Null), &["body"]),
//!         // …
//!     ],
//! )
//! ```
//!
//! # What goes wrong without it
//!
//! Somebody adds `messages.subject`, and nobody thinks of
//! the two other places: the export does not have it, and the words of a person who was
//! promised that they are erased stay for good. No other test notices that.

mod accounts;
#[macro_use]
mod care;
mod circles;
mod notifications;
mod server;
mod threads;

use crate::entity::class::Table;

/// What others read in place of the name of somebody who was erased.
pub const FORMER_MEMBER: &str = "Former member";

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    DATA_MAP.iter().find(|table| table.name == name)
}

/// The areas, a parent before its children.
const AREAS: [&[Table]; 6] = [
    accounts::TABLES,
    server::TABLES,
    circles::TABLES,
    care::TABLES,
    threads::TABLES,
    notifications::TABLES,
];

/// Every table, a parent before its children: erasing goes backwards.
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

/// The tables of all areas in one list. It is made when Kith is compiled, where there are
/// no iterators yet.
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
