//! What people are notified about and reminded of, whatever it is.
//!
//! **What it guarantees.** Notifications and reminders know no feature. Each feature says
//! once, in [`Subject`] and [`Reminded`], what is different about its own; whom a
//! notification goes to, what its mail says, when a reminder fires and what makes it
//! needless is decided for all of them in one place.
//!
//! **How.** A feature implements the traits for its entity (`features/tasks/subject.rs` is
//! the simplest), and the entity has a line in the list in `entity/subjects.rs`. From
//! that line follow the variant of [`SubjectId`], the column that names the subject in the
//! tables `notifications` and `reminders`, and the way from a stored row to the feature.
//!
//! Those two tables have one nullable column for each kind, and no pair `(kind, id)`. That
//! is on purpose: only a column of its own can have the foreign key
//! `(circle_id, task_id) → tasks (circle_id, id)`, with which the database itself refuses a
//! notification in one circle about a task of another, and deletes what is to be told of a
//! task together with the task.
//!
//! **A new kind**, a visit of a nurse: `visit_id` in both tables, `subject.rs` in its
//! feature, and
//!
//! ```text
//! Visit(VisitId): visit by visit_id(VisitId);
//! ```
//!
//! in the list. If people are reminded of it, `ReminderKind` says so. Nothing in `notify`
//! changes; `docs/adding-a-feature.md` goes through all of it. The change log needs none of
//! this: it takes the name of a row from [`CircleOwned::SUBJECT`].
//!
//! **What goes wrong without it.** Every rule here becomes a match over all kinds, and a
//! new kind is forgotten in one of them: it is reminded of after it was called off, or its
//! notifications say that it was taken when it was not.

mod kinds;

pub use kinds::SubjectId;
pub(super) use kinds::{follow_zone, item_of, items_ahead, neighbours, parts_of, state_of};

use std::future::Future;

use chrono::{DateTime, NaiveDate, Utc};

use super::reminders::{Item, Part, Standing};
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::ids::MemberId;
use crate::entity::topic_grant::Topic;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;
use crate::schedule::window::TakesPlace;

/// Something that people are notified about.
pub trait Subject: CircleOwned {
    /// Whether those who see it and are no part of it hear that it is new, has moved, or is
    /// called off.
    const IS_ANNOUNCED: bool = false;
    /// Whether people come to it, and do not do it: nobody comes in somebody's place.
    const IS_VISIT: bool = false;
    /// Whether another time asks those anew who said yes.
    const ASKS_ANEW: bool = false;
    /// What somebody is asked to do. Like all that a mail says, it does not say what it is
    /// about.
    const QUESTION: &'static str;
    /// What somebody who was asked does not do.
    const DECLINED: &'static str = "Somebody who was asked to help has declined.";
    /// What is on again.
    const REINSTATED: &'static str = "Something that was called off is on again.";

    fn subject_id(row: &Self::Model) -> SubjectId;

    /// Those who see this topic see it; without a topic, everybody does.
    fn topic(row: &Self::Model) -> Option<Topic>;

    /// When it is, as a reader is told it.
    fn moment(row: &Self::Model) -> Option<Moment>;

    fn stage(row: &Self::Model) -> Stage;

    /// When it begins; days begin in the circle's zone. What has no time is never close.
    fn starts_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>>;

    /// From when on nobody is told what happens to it: it is entered for the past.
    fn over_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>>;

    /// From when on nobody waits for it any more, so that a mail that comes only then is
    /// of no use.
    fn too_late_at(row: &Self::Model, zone: &str) -> Option<DateTime<Utc>> {
        Self::over_at(row, zone)
    }

    /// From when on it is late, and still to be done.
    fn late_at(_: &Self::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    /// Whether it has room for more people.
    fn has_room(_: &Self::Model) -> bool {
        true
    }

    /// How a member stands to it, and those who were asked.
    fn involvement(
        write: &CircleWrite,
        row: &Self::Model,
        member: MemberId,
    ) -> impl Future<Output = Result<Involvement, Problem>> + Send;
}

/// Something that people are reminded of.
pub trait Reminded: Subject + TakesPlace {
    /// By what its rows are sorted; of a date, where that begins or ends in the circle's
    /// zone.
    const SORT_AT: Self::Column;

    /// Where a date is sorted in a zone.
    fn sorts_at(day: NaiveDate, zone: &str) -> DateTime<Utc>;

    /// What its reminders depend on, as it is now, seen by the caller or not.
    fn item(
        write: &CircleWrite,
        row: &Self::Model,
    ) -> impl Future<Output = Result<Item, Problem>> + Send;

    /// Who has a part in these, and is reminded of it. There are never more ids than one
    /// query has places for.
    fn parts(
        write: &CircleWrite,
        ids: Vec<Self::Id>,
    ) -> impl Future<Output = Result<Vec<(Part, Standing)>, Problem>> + Send;

    /// All that is still to come, or was a moment ago; `dated`: only what has a date and no
    /// time of day.
    fn ahead(
        write: &CircleWrite,
        dated: bool,
    ) -> impl Future<Output = Result<Vec<Item>, Problem>> + Send;

    /// What people do on the same errand, with this itself: who is reminded of the first of
    /// these on a day needs no reminder of the rest.
    fn neighbours(
        _write: &CircleWrite,
        _id: Self::Id,
    ) -> impl Future<Output = Result<Vec<Item>, Problem>> + Send {
        std::future::ready(Ok(Vec::new()))
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
    /// On, or off.
    pub fn on_if(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }

    pub(super) fn is_to_come(self) -> bool {
        matches!(self, Self::Proposed | Self::On)
    }
}

/// How a member stands to a subject, and those who were asked.
#[derive(Clone, Copy, Debug)]
pub struct Involvement {
    pub member: MemberPart,
    /// Whether it needs more people.
    pub needs_people: bool,
    /// Whether somebody perhaps comes.
    pub is_unsure: bool,
}

/// How a member stands to a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPart {
    None,
    /// They were asked and have not answered.
    Asked,
    /// They were asked, and others have all its places since: they cannot say yes.
    Closed,
    /// They hold it, or are part of it.
    Held,
    /// They held it, and their part is done.
    Done,
}

impl MemberPart {
    /// The part of somebody who was asked, if there are places.
    pub fn asked_if(has_room: bool) -> Self {
        if has_room { Self::Asked } else { Self::Closed }
    }
}
