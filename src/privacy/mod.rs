//! What people may do with what is stored of them: take it along, and have it
//! erased. Both follow the data map.

mod calendar;
mod class;
mod data_map;
mod erasing;
mod export;
mod kept_answers;
mod leaving;
mod mail;
mod record;
pub mod retention;
mod statements;

pub use crate::features::circles::GRACE;
pub use class::*;
pub use data_map::{DATA_MAP, FORMER_MEMBER, table};
pub use erasing::erase_what_is_due;
pub use export::*;
pub use leaving::*;
pub use mail::MailDeletion;
