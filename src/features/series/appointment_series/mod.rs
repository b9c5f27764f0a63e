//! Series of appointments: who is asked to come, and the help that each of them needs.

mod around;
mod attendees;
mod create;
mod end;
mod get;
mod leave;
mod list;
mod locked;
mod needs;
mod pause;
mod respond;
mod resume;
mod rules;
mod store;
mod subject;
mod templates;
mod types;
mod update;

pub use create::*;
pub use end::*;
pub use get::*;
pub(super) use leave::release_attendees;
pub use list::*;
pub use pause::*;
pub use respond::*;
pub use resume::*;
pub use types::*;
pub use update::*;
