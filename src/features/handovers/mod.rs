//! Handovers: a member who has claimed a task or a need, or carries a role, asks another member, or
//! anybody in the circle, to take it over.
//!
//! A handover is `open` until a member accepts it, the member who was asked declines it, a coordinator
//! gives it to a member, its time is over, or it is withdrawn: by the member, or because what it is
//! about ends. Until another member has it, the first member still has it, but it counts as uncovered.
//! Why somebody hands something over is seen only by the two members, or the contact of one without an
//! account.
//!
//! A handover says no day on which a role comes back. The assignment of the member who takes it over gets
//! a last day (`ends_on`), after which the role counts as uncovered and those who relied on it are told.
//! It does not return by itself: by that day the first member may be away, or gone.
//!
//! Each operation has a file, such as `accept.rs` for `accept_handover`. `item.rs` is what is handed
//! over, whatever its kind; what happens to its assignments is in
//! [`participation`](crate::features::participation) and [`roles`](crate::features::roles).
//! `expire.rs` is the loop that ends handovers whose time is over, and `release.rs` ends those to a
//! member who can no longer accept them.

mod accept;
mod by_link;
mod create;
mod decline;
mod expire;
mod get;
mod item;
mod list;
mod locked;
mod place;
mod release;
mod rules;
mod store;
mod types;
mod waiting;
mod withdraw;

pub use accept::*;
pub(in crate::features) use by_link::{answer_handover, handed_over_to_member};
pub use create::*;
pub use decline::*;
pub use expire::expire_handovers;
pub use get::*;
pub use item::ItemId;
pub use list::*;
pub use place::*;
pub use release::{release_handovers, release_handovers_of_task};
pub use types::*;
pub use waiting::{
    handed_over_to_me, handover_id, is_asked_by_name, needs_to_take_over, roles_to_take_over,
    tasks_to_take_over,
};
pub use withdraw::*;
