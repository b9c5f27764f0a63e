//! The family circle: the circle itself and its patient, its members, who sees
//! what, and how people come in.
//!
//! Each operation on the circle has a file here, like `update.rs` for `update_circle`;
//! `members` and `invitations` are tags of their own. `rules.rs` is the table of who may do
//! what to a circle in which state. Its deletion is in `privacy`, above the features, and
//! goes through the same table.

mod create;
mod invitations;
mod locked;
mod members;
mod read;
mod rules;
mod store;
mod types;
mod update;

pub use create::*;
pub(crate) use create::{NEUTRAL_ALIAS, default_alias};
pub use invitations::*;
pub(crate) use locked::LockedCircle;
pub use members::*;
pub(crate) use members::{has_another_coordinator, has_others, release_everything};
pub use read::*;
pub(crate) use rules::CircleVerb;
pub use store::describe_circles;
pub use types::*;
pub use update::*;
