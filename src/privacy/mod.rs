//! What is stored about people: they can export it and have it erased. Both follow the data map.
//!
//! `account_deletion.rs` is the whole deletion of an account, from top to bottom, and
//! `circle_deletion.rs` the whole deletion of a circle. How a member leaves a circle and keeps
//! their account is in `features/circles/members/departure.rs`.

mod account_deletion;
mod account_rows;
mod attachment;
mod calendar;
mod circle_deletion;
#[macro_use]
mod data_map;
mod erase_due;
mod erase_statements;
mod export_account;
mod export_calendar;
mod export_files;
mod export_schema;
mod export_tables;
mod export_texts;
mod mail;
mod record;
pub mod retention;
mod stored_files;

pub use crate::entity::class::*;
pub use account_deletion::*;
pub use attachment::Attachment;
pub use circle_deletion::*;
pub use data_map::{DATA_MAP, FORMER_MEMBER, table};
pub use erase_due::{GRACE, erase_due};
pub use export_account::*;
pub use export_calendar::*;
pub use export_schema::export_schema;
pub use export_tables::ExportedTables;
pub use mail::MailDeletion;
pub use stored_files::{file_columns, sweep_files};
