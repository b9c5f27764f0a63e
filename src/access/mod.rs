//! What a caller may see and do in a circle, and the proof of it.
//!
//! # What it guarantees
//!
//! Nothing of a circle is read or written without a [`CircleScope`]: the proof of which
//! circle it is, which member asks, and which topics they read. Only the doors make a scope.
//! Through it, a member reads only rows of that circle that they see. Any other row does not exist
//! for them (404). Before a change, the caller is proven a second time while the circle is locked,
//! so that a member who was removed a moment ago changes nothing.
//!
//! # How
//!
//! - Two pages of rules: [`permission`] says who may do what, [`visibility`] says who sees which
//!   rows. The rest of the code asks them. A rule that says no says why: [`Refusal`].
//! - Three doors: [`CircleAccess`] is the extractor for a handler in a single circle, and names the
//!   permission that it asks for. [`CallerCircles`] is the extractor for all circles of a person, and
//!   [`MyCircles`] begins its statements that join several tables.
//!   [`SystemCircleView`] reads a circle for a link in an email, without a transaction.
//! - A transaction: [`CircleWrite`] locks the circle, proves the caller again, stamps and versions
//!   rows, appends to the [`change_log`], keeps the answer for a repeated request, and
//!   commits. Jobs of Kith itself begin it too.
//! - [`CircleOwned`] is what a table of a circle declares, so that all of them have the
//!   same doors. Its ids are types: a `UserId` in place of a `TaskId` does not compile.
//! - [`Locked`] is a row that is being changed, and its table of `verbs!` says what may
//!   happen to it. [`limits`] says how much of everything there may be.
//! - Clippy refuses the ORM's own doors (`clippy.toml`), except in the few places that say why.
//!
//! # An operation
//!
//! ```ignore
//! async fn get_task(
//!     circle: CircleAccess<ViewCircle>, // 401, 404, 403
//!     Path(path): Path<TaskPath>,
//! ) -> Result<Resource<Task>, Problem> {
//!     let row = circle.require::<task::Entity>(path.task_id).await?; // 404
//!     let task = store::describe(circle.db(), circle.scope(), row).await?;
//!     circle.found(task)
//! }
//! ```
//!
//! An operation that writes begins with `app.begin_write(&circle)`, and does everything through the
//! [`CircleWrite`] that it gets.
//!
//! # What goes wrong without it
//!
//! A single list of fifty forgets the circle in its filter, and a family reads the appointments of
//! another family. A handler decides by what it read before the lock, and a member who was just
//! removed still claims a task.

mod absences;
mod bulk;
mod caller_circles;
pub mod change_log;
mod circle;
mod default_levels;
mod joined;
mod kept_answers;
pub mod limits;
mod locked;
mod measured;
mod member_in_path;
mod member_levels;
mod my_circles;
mod owned;
mod people;
pub mod permission;
mod refusal;
mod row_rights;
mod scope;
mod search_terms;
mod system_view;
mod verbs;
mod versioned;
pub mod visibility;
mod write;

pub use crate::entity::topic_levels::TopicLevels;
pub use absences::{Absences, is_away_on};
pub use caller_circles::CallerCircles;
pub use circle::{CircleAccess, CirclePath};
pub use default_levels::default_levels;
pub use joined::{in_circle_of, of_seen_appointment, seen_of, with_appointment};
pub use kept_answers::{
    drop_answers_that_show_circle, drop_answers_that_show_member, drop_answers_that_show_message,
};
pub use locked::{Lockable, Locked};
#[doc(hidden)]
pub use measured::decode_proof;
pub use member_in_path::MemberIdOrMe;
pub use member_levels::{
    MemberLevels, grants_of, join_grants, levels_now, levels_of, members_with_grants,
    topics_to_take_part_in, topics_to_take_part_in_with, who_may_take_part, who_sees,
};
pub use my_circles::{Mine, MyCircles, table};
pub(crate) use owned::subject_of;
pub use owned::{CircleOwned, OwnId};
pub use people::{
    Person, active_members, names_of, patient_id_of, patient_of, people_of, unknown_member,
    with_person,
};
pub use permission::*;
pub use refusal::Refusal;
pub use row_rights::*;
pub use scope::CircleScope;
pub(crate) use search_terms::searched;
pub use search_terms::{Searchable, Searched};
pub use system_view::SystemCircleView;
pub(crate) use verbs::verbs;
pub use verbs::{Facts, NoPart, Rule, Verb};
pub(crate) use versioned::versioned;
pub use visibility::{about_any, visible_changes, written_for};
pub use write::{Added, CircleStep, CircleWrite, ON_BEHALF_OF, count_done, in_circles};
