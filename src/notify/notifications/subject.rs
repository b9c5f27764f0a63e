//! What a notice is about, as it is when its mail is written.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::news::end_of;
use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::{AppointmentId, MemberId, NeedId, RoleId, TaskId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notice::{self, NoticeKind};
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::tasks;
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;
use crate::schedule::{moment_of_appointment, moment_of_need};

/// Whether something is still to come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It waits for approval.
    Proposed,
    On,
    Done,
    Off,
}

impl Stage {
    fn on_if(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }

    pub(super) fn is_to_come(self) -> bool {
        matches!(self, Self::Proposed | Self::On)
    }
}

/// How the recipient stands to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
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

/// What a notice is about, as it is now.
#[expect(clippy::struct_excessive_bools, reason = "facts that exclude no other")]
pub(super) struct Subject {
    /// Everybody sees what has none.
    pub(super) topic: Option<Topic>,
    pub(super) stage: Stage,
    /// Whether people come to it, and do not do it: nobody comes in somebody's place.
    pub(super) is_visit: bool,
    pub(super) moment: Option<Moment>,
    /// From when on nobody waits for it any more.
    pub(super) over_at: Option<DateTime<Utc>>,
    /// From when on it is late, and still to be done.
    pub(super) late_at: Option<DateTime<Utc>>,
    /// Whether another time asks those anew who said yes.
    pub(super) asks_anew: bool,
    /// Whether it needs more people.
    pub(super) is_open: bool,
    /// Whether somebody perhaps comes.
    pub(super) is_unsure: bool,
    pub(super) part: Part,
    /// What the recipient is asked to do.
    pub(super) question: &'static str,
    /// What somebody who was asked does not do.
    pub(super) declined: &'static str,
    /// What is on again.
    pub(super) reinstated: &'static str,
}

const DECLINED: &str = "Somebody who was asked to help has declined.";
const CALLED_OFF: &str = "Something that was called off is on again.";

impl Subject {
    /// Why something that happened is no news any more, though the thing itself
    /// is still to come. What happened after it may be.
    pub(super) fn settled(&self, kind: NoticeKind) -> Option<&'static str> {
        match kind {
            NoticeKind::Offered if !matches!(self.part, Part::Asked | Part::Closed) => {
                Some("answered")
            }
            NoticeKind::Proposed if self.stage != Stage::Proposed => Some("answered"),
            NoticeKind::GivenBack | NoticeKind::CameFree | NoticeKind::Declined
                if !(self.is_open || self.is_visit && kind == NoticeKind::CameFree) =>
            {
                Some("taken_again")
            }
            NoticeKind::Unsure if !self.is_unsure => Some("answered"),
            NoticeKind::TakenOff | NoticeKind::Unasked
                if !matches!(self.part, Part::None | Part::Closed) =>
            {
                Some("has_it_again")
            }
            // They were only asked. Who held it, and was asked anew, has to hear of it.
            NoticeKind::Offered | NoticeKind::Scheduled
                if self.part == Part::Closed && self.stage == Stage::On =>
            {
                Some("taken")
            }
            _ => None,
        }
    }

    /// Whether it is over.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.over_at.is_some_and(|over_at| over_at <= now)
    }

    /// Whether its time has passed, and it is still to be done.
    pub(super) fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.late_at.is_some_and(|late_at| late_at <= now)
    }

    /// Whether something that happened to what is still on is no news any more, because
    /// the thing itself is over: the mail could not go out before. That it was called off
    /// or done by others is told afterwards, too.
    pub(super) fn comes_too_late(
        &self,
        kind: NoticeKind,
        was: Option<Moment>,
        write: &CircleWrite,
    ) -> bool {
        if !self.is_over(write.now()) {
            return false;
        }
        match kind {
            // They ask somebody for something, or announce it.
            NoticeKind::Offered
            | NoticeKind::Scheduled
            | NoticeKind::EndMoved
            | NoticeKind::Changed
            | NoticeKind::Reinstated
            | NoticeKind::Declined
            | NoticeKind::Unsure
            | NoticeKind::GivenBack
            | NoticeKind::CameFree
            | NoticeKind::Proposed => true,
            // Who still waits for it at the time it had before has to know.
            NoticeKind::Moved | NoticeKind::Cancelled => {
                let zone = write.scope().time_zone();
                was.is_none_or(|was| self.was_over_at(was, zone) <= write.now())
            }
            // They say what somebody need not do, or what became of a suggestion.
            NoticeKind::Completed
            | NoticeKind::TakenOff
            | NoticeKind::Unasked
            | NoticeKind::Approved
            | NoticeKind::NotApproved => false,
        }
    }

    /// From when on it would have been over at another time, with the length it has.
    fn was_over_at(&self, was: Moment, zone: &str) -> DateTime<Utc> {
        let length = match (self.moment, self.over_at) {
            (Some(Moment::At(at)), Some(over_at)) => over_at - at,
            _ => TimeDelta::zero(),
        };
        match was {
            Moment::At(at) => at + length,
            Moment::On(day) => end_of_day(day, zone),
        }
    }
}

/// The part of somebody who was asked, if there are places.
fn asked_if(is_open: bool) -> Part {
    if is_open { Part::Asked } else { Part::Closed }
}

/// Reads it, if it is still there.
pub(super) async fn subject_of(
    write: &CircleWrite,
    notice: &notice::Model,
    member: MemberId,
) -> Result<Option<Subject>, Problem> {
    let ids = (
        notice.task_id,
        notice.appointment_id,
        notice.need_id,
        notice.role_id,
    );
    match ids {
        (Some(id), ..) => task_subject(write, id, member).await,
        (_, Some(id), ..) => appointment_subject(write, id, member).await,
        (_, _, Some(id), _) => need_subject(write, id, member).await,
        (.., Some(id)) => role_subject(write, id, member).await,
        _ => Ok(None),
    }
}

async fn task_subject(
    write: &CircleWrite,
    id: TaskId,
    member: MemberId,
) -> Result<Option<Subject>, Problem> {
    let Some(task) = write.find_one::<task::Entity>(id).await? else {
        return Ok(None);
    };
    let part = write
        .find::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.eq(id))
        .filter(task_assignment::Column::MemberId.eq(member))
        .one(write.tx())
        .await?;
    let is_open = task.helpers_accepted < task.helpers_needed;
    let part = match part.map(|part| part.state) {
        Some(AssignmentState::Offered) => asked_if(is_open),
        Some(AssignmentState::Accepted) => Part::Held,
        Some(AssignmentState::Done) => Part::Done,
        _ => Part::None,
    };
    // A window that has closed is over; what is only late is still to be done.
    let is_window = task.from_local.is_some();
    let zone = write.scope().time_zone();
    let late_at = task.due_at.or(task.due_on.map(|day| end_of_day(day, zone)));
    Ok(Some(Subject {
        topic: Some(task.topic),
        stage: match task.state {
            TaskState::Proposed => Stage::Proposed,
            TaskState::Open => Stage::On,
            TaskState::Done => Stage::Done,
            TaskState::Cancelled => Stage::Off,
        },
        moment: tasks::moment_of(&task),
        over_at: task.due_at.filter(|_| is_window),
        late_at: late_at.filter(|_| !is_window),
        asks_anew: false,
        is_visit: false,
        is_open,
        is_unsure: false,
        part,
        question: "You are asked whether you can take something on.",
        declined: DECLINED,
        reinstated: "Something that was done is to be done again.",
    }))
}

async fn appointment_subject(
    write: &CircleWrite,
    id: AppointmentId,
    member: MemberId,
) -> Result<Option<Subject>, Problem> {
    let Some(row) = write.find_one::<appointment::Entity>(id).await? else {
        return Ok(None);
    };
    let answers = write
        .find::<attendance::Entity>()
        .filter(attendance::Column::AppointmentId.eq(id))
        .all(write.tx())
        .await?;
    let mine = answers.iter().find(|held| held.member_id == member);
    let declined = |held: &attendance::Model| held.answer == AttendanceAnswer::Declined;
    let perhaps = |held: &attendance::Model| held.answer == AttendanceAnswer::Tentative;
    Ok(Some(Subject {
        topic: Some(row.topic),
        stage: Stage::on_if(matches!(
            row.state,
            AppointmentState::Scheduled | AppointmentState::Proposed
        )),
        moment: moment_of_appointment(&row),
        over_at: end_of(
            moment_of_appointment(&row),
            row.ends_at,
            write.scope().time_zone(),
        ),
        late_at: None,
        asks_anew: true,
        is_visit: true,
        is_open: answers.iter().any(declined),
        is_unsure: answers.iter().any(perhaps),
        part: match mine.map(|mine| mine.answer) {
            Some(AttendanceAnswer::NeedsAction) => Part::Asked,
            Some(_) => Part::Held,
            None => Part::None,
        },
        question: "You are asked whether you can come to something.",
        declined: "Somebody who was asked to come does not.",
        reinstated: CALLED_OFF,
    }))
}

async fn need_subject(
    write: &CircleWrite,
    id: NeedId,
    member: MemberId,
) -> Result<Option<Subject>, Problem> {
    let Some(row) = write.find_one::<need::Entity>(id).await? else {
        return Ok(None);
    };
    let part = write
        .find::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.eq(id))
        .filter(need_commitment::Column::MemberId.eq(member))
        .one(write.tx())
        .await?;
    let is_open = row.people_accepted < row.people_needed;
    let part = match part.map(|part| part.state) {
        Some(CommitmentState::Offered) => asked_if(is_open),
        Some(CommitmentState::Accepted) => Part::Held,
        _ => Part::None,
    };
    Ok(Some(Subject {
        topic: Some(Topic::Daily),
        stage: Stage::on_if(row.state == NeedState::Open),
        moment: moment_of_need(&row),
        over_at: end_of(moment_of_need(&row), row.ends_at, write.scope().time_zone()),
        late_at: None,
        asks_anew: true,
        is_visit: false,
        is_open,
        is_unsure: false,
        part,
        question: "You are asked whether you can help with something.",
        declined: DECLINED,
        reinstated: CALLED_OFF,
    }))
}

async fn role_subject(
    write: &CircleWrite,
    id: RoleId,
    member: MemberId,
) -> Result<Option<Subject>, Problem> {
    let Some(row) = write.find_one::<role::Entity>(id).await? else {
        return Ok(None);
    };
    let parts = write
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::RoleId.eq(id))
        .all(write.tx())
        .await?;
    let mine = |state| {
        let mut mine = parts.iter().filter(|part| part.member_id == member);
        mine.any(|part| part.state == state)
    };
    let is_held = |part: &role_assignment::Model| part.state == RoleAssignmentState::Active;
    Ok(Some(Subject {
        topic: None,
        stage: Stage::on_if(row.state == RoleState::Active),
        moment: None,
        over_at: None,
        late_at: None,
        asks_anew: false,
        is_visit: false,
        is_open: !parts.iter().any(is_held),
        is_unsure: false,
        part: if mine(RoleAssignmentState::Active) {
            Part::Held
        } else if mine(RoleAssignmentState::Offered) {
            Part::Asked
        } else {
            Part::None
        },
        question: "You are asked whether you can take something on for longer.",
        declined: DECLINED,
        reinstated: CALLED_OFF,
    }))
}
