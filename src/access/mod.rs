//! Who may do what, and the proof of it.
//!
//! Nothing of a circle can be reached without a [`CircleScope`], and only
//! [`CircleAccess`] and [`CircleWrite`] make one.

mod bulk;
pub mod change_log;
mod circle;
mod forget;
mod glance;
pub mod limits;
mod locked;
mod mine;
mod owned;
mod people;
mod permission;
mod scope;
mod sight;
mod topic;
mod verbs;
mod write;

pub use circle::{CircleAccess, CirclePath};
pub use forget::forget_bodies;
pub use glance::CircleGlance;
pub use locked::{Lockable, Locked};
pub use mine::Mine;
pub use owned::{CircleOwned, OwnId};
pub(crate) use owned::{circle_owned, own_id};
pub use people::{Person, names_of, people_of};
pub use permission::*;
pub use scope::CircleScope;
pub use sight::{
    Sight, grants_of, may_take_part, sights_of_all, takes_part_in, topics_seen_by,
    who_may_take_part, who_sees,
};
pub use topic::{TopicLevels, default_levels};
pub(crate) use verbs::verbs;
pub use verbs::{Facts, NoPart, Rule, Verb};
pub use write::CircleWrite;
