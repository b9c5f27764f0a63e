//! Something that happened to a thing, with the people who rely on it. The
//! features say what happened; [`super::who`] says who is told.

use chrono::{DateTime, TimeDelta, Utc};

use crate::entity::ids::{AppointmentId, MemberId, NeedId, RoleId, TaskId};
use crate::entity::notice::NoticeKind;
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, need, role, task};
use crate::features::tasks;
use crate::platform::time::civil::{Moment, end_of_day};
use crate::schedule::{moment_of_appointment, moment_of_need};

/// How long something without an end goes on.
pub const WITHOUT_AN_END: TimeDelta = TimeDelta::hours(1);

/// What news are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Task(TaskId),
    Appointment(AppointmentId),
    Need(NeedId),
    Role(RoleId),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct News {
    pub kind: NoticeKind,
    pub about: About,
    /// The time it had before, where it had another.
    pub was: Option<Moment>,
    /// Who sees it; what has none is seen by everybody.
    pub(super) topic: Option<Topic>,
    /// When it begins. What has no time is never close.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// From when on it is over.
    pub(super) over_at: Option<DateTime<Utc>>,
    /// From when on it would have been over at the time it had before.
    pub(super) was_over_at: Option<DateTime<Utc>>,
    /// Whether it needs more people.
    pub(super) is_open: bool,
    /// Whom it concerns themselves: they were asked, take part, or did.
    pub(super) concerned: Vec<MemberId>,
    /// Who asked those whom it concerned.
    pub(super) asked_by: Vec<MemberId>,
    /// Who let go of it, or had to: told of that alone.
    pub(super) let_go_by: Option<MemberId>,
}

impl News {
    /// About a task as it is now; days begin in the circle's zone. A task is never
    /// over: what is late is still to be done.
    pub fn of_task(kind: NoticeKind, task: &task::Model, zone: &str) -> Self {
        Self {
            topic: Some(task.topic),
            starts_at: tasks::begins_at(task, zone),
            is_open: task.helpers_accepted < task.helpers_needed,
            ..Self::of(kind, About::Task(task.id))
        }
    }

    /// About an appointment as it is now.
    pub fn of_appointment(kind: NoticeKind, row: &appointment::Model, zone: &str) -> Self {
        Self {
            topic: Some(row.topic),
            starts_at: Some(row.sort_at),
            over_at: end_of(moment_of_appointment(row), row.ends_at, zone),
            is_open: true,
            ..Self::of(kind, About::Appointment(row.id))
        }
    }

    /// About a need as it is now.
    pub fn of_need(kind: NoticeKind, need: &need::Model, zone: &str) -> Self {
        Self {
            topic: Some(Topic::Daily),
            starts_at: Some(need.sort_at),
            over_at: end_of(moment_of_need(need), need.ends_at, zone),
            is_open: need.people_accepted < need.people_needed,
            ..Self::of(kind, About::Need(need.id))
        }
    }

    /// About a role; `starts_at` is when the part in it begins or began.
    pub fn of_role(kind: NoticeKind, role: &role::Model, starts_at: DateTime<Utc>) -> Self {
        Self {
            starts_at: Some(starts_at),
            is_open: true,
            ..Self::of(kind, About::Role(role.id))
        }
    }

    fn of(kind: NoticeKind, about: About) -> Self {
        Self {
            kind,
            about,
            was: None,
            topic: None,
            starts_at: None,
            over_at: None,
            was_over_at: None,
            is_open: false,
            concerned: Vec::new(),
            asked_by: Vec::new(),
            let_go_by: None,
        }
    }

    /// The time it had before.
    #[must_use]
    pub fn was(mut self, was: Option<Moment>) -> Self {
        self.was = was;
        self
    }

    /// What it was before, if that was at another time.
    #[must_use]
    pub fn instead_of(mut self, before: &Self) -> Self {
        self.was_over_at = before.over_at;
        self
    }

    /// Whether nobody waits for it any more, at this time or at the one before.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        let ended = |over_at: DateTime<Utc>| over_at <= now;
        self.over_at.is_some_and(ended) && self.was_over_at.is_none_or(ended)
    }

    /// Whom it concerns.
    #[must_use]
    pub fn to(mut self, members: impl IntoIterator<Item = MemberId>) -> Self {
        self.concerned.extend(members);
        self
    }

    /// Who asked the member who lets go of it, or has to.
    #[must_use]
    pub fn let_go_by(mut self, member: MemberId, asked_by: Option<MemberId>) -> Self {
        self.let_go_by = Some(member);
        self.asked_by.extend(asked_by);
        self
    }
}

/// From when on something is over that has this time.
pub(super) fn end_of(
    moment: Option<Moment>,
    ends_at: Option<DateTime<Utc>>,
    zone: &str,
) -> Option<DateTime<Utc>> {
    ends_at.or(moment.map(|moment| match moment {
        Moment::At(at) => at + WITHOUT_AN_END,
        Moment::On(day) => end_of_day(day, zone),
    }))
}
