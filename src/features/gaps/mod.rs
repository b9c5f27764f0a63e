//! Gaps: what still needs somebody in a circle. Tasks and needs without enough people, roles that
//! nobody carries, and appointments to which everybody who was asked said no. Members who hand
//! something over or are away do not count.
//!
//! `list.rs` lists them, `rows.rs` says what a gap is for each kind.

mod list;
mod rows;
mod types;

pub use list::*;
pub use types::*;
