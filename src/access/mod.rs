//! Who may do what, and the proof of it.
//!
//! Nothing of a circle can be reached without a [`CircleScope`], and only
//! [`CircleAccess`] and [`CircleWrite`] make one.

mod bulk;
mod caller;
mod circle;
mod credential;
mod first_use;
mod forget;
mod glance;
mod left;
mod mine;
mod owned;
mod people;
mod permission;
mod personal_token;
mod rotation;
mod scope;
mod seen;
mod sight;
mod token;
mod token_scope;
mod topic;
mod write;

pub use caller::{
    AccountWrite, AnyCaller, AnyRecentCaller, Caller, CallerOrToken, RECENT, RecentCaller,
};
pub use circle::{CircleAccess, CirclePath};
pub use first_use::FirstUses;
pub use forget::forget_bodies;
pub use glance::CircleGlance;
pub use left::replay_to_who_left;
pub use mine::Mine;
pub use owned::{CircleOwned, OwnId};
pub(crate) use owned::{circle_owned, own_id};
pub use people::{Person, names_of, people_of};
pub use permission::*;
pub use personal_token::make_personal_token;
pub use rotation::{Renewal, judge_renewal};
pub use scope::CircleScope;
pub use seen::CredentialsSeen;
pub use sight::{
    Sight, grants_of, may_take_part, sights_of_all, takes_part_in, topics_seen_by,
    who_may_take_part, who_sees,
};
pub use token::{AccessToken, issue_token, key_of_token, self_test, verify_token};
pub use token_scope::{NeededScopes, TokenInHand, TokenScopes, scopes_of_operation};
pub use topic::{TopicLevels, default_levels};
pub use write::CircleWrite;
