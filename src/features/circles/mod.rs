//! The circle and its patient, its members and what each of them sees, and how people
//! join.
//!
//! Each operation on the circle has a file here, such as `update.rs` for `update_circle`;
//! `members` and `invitations` are tags of their own. `rules.rs` says who may do what to
//! a circle in which state. The deletion of a circle is in `privacy`, above the features,
//! and uses the same rules.

mod create;
mod get;
mod invitations;
mod locked;
mod members;
mod rules;
mod store;
mod types;
mod update;

pub use create::*;
pub(crate) use create::{NEUTRAL_ALIAS, default_alias};
pub use get::*;
pub use invitations::*;
pub(crate) use locked::LockedCircle;
pub use members::*;
pub(crate) use members::{has_another_coordinator, has_others, release_everything};
pub(crate) use rules::{CircleState, CircleVerb};
pub use store::describe_circles;
pub use types::*;
pub use update::*;
