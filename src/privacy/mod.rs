//! What people may do with what is stored of them: take it along, and have it
//! erased. Both follow the data map.
//!
//! The deletion of an account and of a circle are each read from top to bottom in one file:
//! `account_deletion.rs`, `circle_deletion.rs`. How a member goes who keeps their account is
//! in `features/circles/members/departure.rs`.

mod account_deletion;
mod calendar;
mod circle_deletion;
#[macro_use]
mod data_map;
mod erase_due;
mod erase_statements;
mod export;
mod export_tables;
mod mail;
mod record;
pub mod retention;

pub use crate::entity::class::*;
pub use account_deletion::*;
pub use circle_deletion::*;
pub use data_map::{DATA_MAP, FORMER_MEMBER, table};
pub use erase_due::{GRACE, erase_due};
pub use export::*;
pub use export_tables::ExportedTables;
pub use mail::MailDeletion;
