//! Series of tasks. Members do every task of it, or take turns.

mod accept;
mod checklist;
mod claim;
mod create;
mod decline;
mod end;
mod get;
mod leave;
mod list;
mod locked;
mod offer;
mod pause;
mod release;
mod resume;
mod rules;
mod set_turns;
mod store;
mod subject;
mod turns;
mod types;
mod update;

pub use accept::*;
pub use claim::*;
pub use create::*;
pub use decline::*;
pub use end::*;
pub use get::*;
pub(super) use leave::release_series;
pub use list::*;
pub use offer::*;
pub use pause::*;
pub use release::*;
pub use resume::*;
pub use set_turns::*;
pub use types::*;
pub use update::*;
