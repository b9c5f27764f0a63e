//! Absences: on which days a member is away. Days are those of the circle's time zone.
//!
//! What a member holds then is released, handed over to anybody who can do it, or kept. What is
//! kept counts as uncovered, and so does what they claim for that time afterward: others can claim
//! it, and take it over from them. A member who is away gets no emails but those about their
//! account. An absence is `active` until its last day is over or it is ended: then it is `ended`,
//! or `canceled` if it had not begun.
//!
//! Each operation has a file, such as `create.rs` for `create_absence`. `affected.rs` is what becomes
//! of what the member holds, and `end_over.rs` the loop that ends absences whose last day is over.
//! `leave.rs` ends those of a member who goes.

mod affected;
mod create;
mod end;
mod end_over;
mod get;
mod leave;
mod list;
mod locked;
mod rules;
mod store;
mod types;
mod update;

pub use affected::follow;
pub use create::*;
pub use end::*;
pub use end_over::end_over_absences;
pub use get::*;
pub use leave::end_absences_of;
pub use list::*;
pub use types::*;
pub use update::*;
