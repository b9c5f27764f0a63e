//! The help that an appointment needs: a ride, company, a person who looks after the
//! children. A need is visible to everybody who sees everyday things. They can claim it
//! without seeing the appointment.
//!
//! A need is `open`, `on_hold` while its appointment is canceled, and ends as
//! `canceled` or `past`. Its time and its state follow its appointment. Each member has
//! at most one assignment to it: offered, accepted, declined or released.
//! `rules.rs` says who may do what in which state.
//!
//! Each operation has a file, such as `claim.rs` for `claim_need`. What needs share with
//! tasks is in [`participation`](crate::features::participation).

mod accept;
mod body;
mod by_link;
mod cancel;
mod claim;
mod create;
mod decline;
mod get;
mod list;
mod locked;
mod offer;
mod release;
mod rules;
mod store;
mod subject;
mod types;
mod uncovered;
mod update;

pub use accept::*;
pub(in crate::features) use body::need_body;
pub(in crate::features) use by_link::{answer_need, need_of_email, needs_of_member};
pub use cancel::*;
pub use claim::*;
pub use create::*;
pub use decline::*;
pub use get::*;
pub use list::*;
pub use offer::*;
pub use release::*;
pub(super) use rules::NeedVerb;
pub(super) use store::{assemble, follow_state, move_needs, with_assignments};
pub(in crate::features) use subject::{item_of, items_of_all};
pub use types::*;
pub use uncovered::{open_need_offers, uncovered_needs};
pub use update::*;
