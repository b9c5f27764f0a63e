//! Calendars: everything that a reader sees between two moments, as items that look the same,
//! whether they are tasks, appointments or needs.
//!
//! `list.rs` lists those of one circle, `list_mine.rs` those of all circles of a person. Both send
//! the same two statements (`items.rs`). `kinds.rs` says what a calendar and an agenda show of each
//! kind.

mod items;
mod kinds;
mod list;
mod list_mine;
mod projected;
mod query;
mod types;

pub use kinds::{OnCalendar, Planned};
pub use list::*;
pub use list_mine::*;
pub use query::CalendarQuery;
pub use types::*;
