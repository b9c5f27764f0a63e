//! What an appointment needs of others: a ride, company, somebody with the children.
//! Everybody who sees everyday things sees a need, and takes it without ever seeing what it
//! is for.
//!
//! A need is `open`, `on_hold` while its appointment is cancelled, and ends as `cancelled`
//! or `over`; its time and its state follow its appointment. Each member has at most one
//! commitment to it: offered, accepted, declined, withdrawn or released. `rules.rs` is the
//! table of who may do what in which state.
//!
//! Each operation has a file, like `take.rs` for `take_need`. What needs share with tasks is
//! in [`participation`](crate::features::participation).

mod add;
mod cancel;
mod decline;
mod list;
mod locked;
mod offer;
mod read;
mod rules;
mod store;
mod subject;
mod take;
mod types;
mod uncovered;
mod update;
mod withdraw;

pub use add::*;
pub use cancel::*;
pub use decline::*;
pub use list::*;
pub use offer::*;
pub use read::*;
pub(super) use store::{
    assemble, follow_state, move_needs, needs_in, plan_for_holders, plan_needs,
};
pub use store::{holders_of, needs_of};
pub(in crate::features) use subject::items_of;
pub use take::*;
pub use types::*;
pub use uncovered::open_need_offers;
pub use update::*;
pub use withdraw::*;
