//! The things that members are notified about and reminded of.
//!
//! **What it guarantees.** Notifications and reminders know no feature. Each feature says
//! once, in [`Subject`] and [`Reminded`], what is different about its own. One place decides
//! for all features who gets a notification, what its email says, when a reminder fires and
//! when it is not needed.
//!
//! **How.** A feature implements the traits for its entity (`features/tasks/subject.rs` is
//! the simplest), and the entity has a line in the list in `entity/subjects.rs`. That line
//! makes the variant of [`SubjectId`], the column that names the subject in the tables
//! `notifications` and `reminders`, and the way from a stored row to the feature.
//!
//! Those two tables have one nullable column for each kind, and no pair `(kind, id)`. That
//! is on purpose: only a column of its own can have the foreign key
//! `(circle_id, task_id) → tasks (circle_id, id)`. With it the database refuses a notification
//! in one circle about a task of another circle. And when a task is deleted, the database
//! deletes its notifications and reminders with it.
//!
//! **A new kind**, for example the visit of a nurse, needs `visit_id` in both tables,
//! `subject.rs` in its feature, and
//!
//! ```text
//! Visit(VisitId): visit by visit_id(VisitId);
//! ```
//!
//! in the list. If members are reminded of it, it also needs a value of `ReminderKind`. Nothing
//! in `notify` changes. `docs/adding-a-feature.md` shows all steps. The change log needs none of
//! this: it takes the name of a row from [`CircleOwned::SUBJECT`].
//!
//! **What goes wrong without it.** Every rule here becomes a match over all kinds, and a new kind
//! is forgotten in one of them: members are reminded of it after it was canceled, or they are told
//! that it was claimed when it was not.

mod calendar;
mod kinds;

pub use calendar::{CalendarEntry, CalendarPlace, CalendarWhat};
pub use kinds::SubjectId;
pub(super) use kinds::{
    calendar_place_of, follow_zone, items_ahead, items_of, neighbours, parts_of, reminders_of,
    state_of,
};

use std::future::Future;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition};

use super::details::Details;
use super::reminders::{Item, PartKey, PartStatus};
use crate::access::{CircleOwned, CircleScope, CircleWrite};
use crate::entity::ids::MemberId;
use crate::entity::reminder;
use crate::entity::topic_grant::Topic;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;
use crate::schedule::window::TakesPlace;

/// Something that members are notified about.
pub trait Subject: CircleOwned {
    /// Whether members who see it and have no part in it are told that it is new, has moved, or
    /// is canceled.
    const IS_ANNOUNCED: bool = false;
    /// Whether members attend it, and do not do it: nobody can attend in another's place.
    const IS_VISIT: bool = false;
    /// Whether members who said yes are asked again when it moves.
    const ASKS_ANEW: bool = false;
    /// Whether it is a series: another time of it is told without saying which.
    const REPEATS: bool = false;
    /// The key of the question to a member, among the messages of the languages. Like all texts in
    /// emails it does not name the thing.
    const QUESTION: &'static str;
    /// The key of the sentence that a member who was asked has declined.
    const DECLINED: &'static str = "line-declined-help";
    /// The key of the sentence that something about it has changed.
    const CHANGED: &'static str = "line-changed";
    /// The key of the sentence that it takes place after all.
    const REINSTATED: &'static str = "line-on-again";

    fn subject_id(row: &Self::Model) -> SubjectId;

    /// The topic whose readers see it. Everybody sees what has no topic.
    fn topic(row: &Self::Model) -> Option<Topic>;

    /// What it is, for readers who chose to be told more than that there is something.
    fn details(_: &Self::Model) -> Details {
        Details::default()
    }

    /// When it is, as readers are told.
    fn moment(row: &Self::Model) -> Option<Moment>;

    fn stage(row: &Self::Model) -> Stage;

    /// When it begins. Days begin in the circle's zone. None if it has no time.
    fn starts_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>>;

    /// From this instant on it is over. Nobody is told of changes, which are only entered late.
    fn over_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>>;

    /// The last date of something that takes several days.
    fn last_day(_: &Self::Model) -> Option<NaiveDate> {
        None
    }

    /// From this instant on nobody waits for it any more, and an email is of no use.
    fn too_late_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>> {
        Self::over_at(row, zone)
    }

    /// From this instant on it is late, but still to be done.
    fn late_at(_: &Self::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    /// Whether it has room for more people.
    fn has_room(_: &Self::Model) -> bool {
        true
    }

    /// Whether it needs more people: it has room, or somebody who has claimed it may not do it.
    fn needs_people(row: &Self::Model) -> bool {
        Self::has_room(row)
    }

    /// The part of a member in it, and the state of the others who were asked.
    fn involvement(
        write: &CircleWrite,
        row: &Self::Model,
        member: MemberId,
    ) -> impl Future<Output = Result<Involvement, Problem>> + Send;

    /// The events that stand for it in the calendar of a member.
    fn calendar_place(
        _write: &CircleWrite,
        _id: Self::Id,
        _member: MemberId,
    ) -> impl Future<Output = Result<CalendarPlace, Problem>> + Send {
        std::future::ready(Ok(CalendarPlace::None))
    }
}

/// Something that members are reminded of.
pub trait Reminded: Subject + TakesPlace {
    /// The column by which its rows are sorted. For a date it holds the beginning or the end of
    /// the day in the circle's zone.
    const SORT_AT: Self::Column;

    /// The instant by which a date is sorted in a zone.
    fn sorts_at(day: NaiveDate, zone: &str) -> DateTime<Utc>;

    /// What the reminders of these subjects depend on now. It does not matter whether the caller
    /// sees them. The number of statements does not grow with the number of rows.
    fn items(
        write: &CircleWrite,
        rows: &[Self::Model],
    ) -> impl Future<Output = Result<Vec<Item>, Problem>> + Send;

    /// Like [`Self::items`], for a single subject.
    fn item(
        write: &CircleWrite,
        row: &Self::Model,
    ) -> impl Future<Output = Result<Item, Problem>> + Send {
        async move {
            let mut items = Self::items(write, std::slice::from_ref(row)).await?;
            items.pop().ok_or(Problem::NotFound)
        }
    }

    /// The members who have a part in these subjects and are reminded of it. Members who are away
    /// then are not. The caller never gives
    /// more ids than one query can bind.
    fn parts(
        write: &CircleWrite,
        ids: Vec<Self::Id>,
    ) -> impl Future<Output = Result<Vec<(PartKey, PartStatus)>, Problem>> + Send;

    /// Everything that is still to come or began a moment ago. With `dated`, only what has a date
    /// and no time of day.
    fn ahead(
        write: &CircleWrite,
        dated: bool,
    ) -> impl Future<Output = Result<Vec<Item>, Problem>> + Send;

    /// For each of these subjects the items that belong together, with its own: an appointment and
    /// its needs. A member who is reminded of the first of them on a day needs no reminder of the
    /// others. The caller never gives more ids than one query can bind.
    fn neighbours(
        _write: &CircleWrite,
        _ids: Vec<Self::Id>,
    ) -> impl Future<Output = Result<Vec<(SubjectId, Vec<Item>)>, Problem>> + Send {
        std::future::ready(Ok(Vec::new()))
    }
}

impl SubjectId {
    /// Whether nobody is reminded or told of it now, because the circle is paused. A task is done at
    /// home; an appointment goes on, and so does the ride to it.
    pub(super) fn is_held(self, scope: &CircleScope) -> bool {
        scope.is_paused() && matches!(self, Self::Task(_) | Self::TaskSeries(_))
    }

    /// The reminders of what [`Self::is_held`] holds.
    pub(super) fn held_reminders() -> Condition {
        Condition::all().add(reminder::Column::TaskId.is_not_null())
    }
}

/// Whether something is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for approval.
    Proposed,
    On,
    Done,
    Off,
}

impl Stage {
    /// [`Self::On`] or [`Self::Off`].
    pub fn on_if(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }

    pub(super) fn is_to_come(self) -> bool {
        matches!(self, Self::Proposed | Self::On)
    }
}

/// A member's part in a subject, and the state of the others who were asked.
#[derive(Clone, Copy, Debug)]
pub struct Involvement {
    pub member: MemberPart,
    /// Whether it needs more people.
    pub needs_people: bool,
    /// Whether a member who was asked is not sure.
    pub is_unsure: bool,
    /// Whether another member has asked this member to take it over.
    pub asked_to_take_over: bool,
}

/// A member's part in a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPart {
    None,
    /// The member was asked and has not answered.
    Asked,
    /// The member was asked, but enough others have claimed it: they cannot say yes.
    Closed,
    /// The member holds it or takes part.
    Held,
    /// The member held it, and their part is done.
    Done,
}

impl MemberPart {
    /// The part of a member who was asked, depending on whether more people are needed.
    pub fn asked_if(needs_people: bool) -> Self {
        if needs_people {
            Self::Asked
        } else {
            Self::Closed
        }
    }
}
