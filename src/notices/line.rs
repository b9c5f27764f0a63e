//! What one line of a mail says: that something happened and when it is,
//! never what it is.

use sea_orm::{ColumnTrait, QueryFilter};

use crate::access::{CircleWrite, who_sees};
use crate::appointments::{moment_of_appointment, moment_of_need};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::{AppointmentId, MemberId, NeedId, RoleId, TaskId};
use crate::entity::membership;
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notice::{self, NoticeKind};
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
use crate::mail::NewsLine;
use crate::problem::Problem;
use crate::wall_time::Moment;

/// What a notice is about, as it is now.
struct Subject {
    /// Everybody sees what has none.
    topic: Option<Topic>,
    /// Whether it is still to come.
    is_on: bool,
    moment: Option<Moment>,
    /// Whether it needs more people.
    is_open: bool,
    /// Whether the recipient was asked and has not answered.
    is_asked: bool,
    /// What one is asked to do.
    question: &'static str,
}

impl Subject {
    /// Why something that happened is no news any more, though the thing itself
    /// is still to come. What happened after it may be.
    fn settled(&self, kind: NoticeKind) -> Option<&'static str> {
        match kind {
            NoticeKind::Offered if !self.is_asked => Some("answered"),
            NoticeKind::GivenBack if !self.is_open => Some("taken_again"),
            _ => None,
        }
    }
}

/// One line for all that happened to one thing, or why there is none.
pub async fn line_of(
    write: &CircleWrite,
    member: &membership::Model,
    notices: &[notice::Model],
    zone: &str,
) -> Result<Result<NewsLine, &'static str>, Problem> {
    let Some(oldest) = notices.first() else {
        return Ok(Err("nothing_happened"));
    };
    let Some(subject) = subject_of(write, oldest, member.id).await? else {
        return Ok(Err("no_longer_there"));
    };
    if let Some(topic) = subject.topic {
        let seeing = who_sees(write, std::slice::from_ref(member), topic).await?;
        if !seeing.contains(&member.id) {
            return Ok(Err("no_longer_sees_it"));
        }
    }
    let mut news = notices.iter();
    let Some(first) = news.find(|notice| subject.settled(notice.kind).is_none()) else {
        let settled = subject.settled(oldest.kind);
        return Ok(Err(settled.unwrap_or("nothing_happened")));
    };
    let was = Moment::of(first.was_at, first.was_on);
    let called_off = notices
        .iter()
        .any(|notice| notice.kind == NoticeKind::Cancelled);
    Ok(say(&subject, first.kind, called_off, was, zone))
}

/// From what was first not told, and is still news, to what is now.
fn say(
    subject: &Subject,
    first: NoticeKind,
    called_off: bool,
    was: Option<Moment>,
    zone: &str,
) -> Result<NewsLine, &'static str> {
    let told = |moment: Option<Moment>| moment.map(|moment| moment.for_reader(zone));
    let line = |what: &str, was: Option<Moment>, now: Option<Moment>| {
        Ok(NewsLine {
            what: what.to_owned(),
            was: told(was),
            now: told(now),
        })
    };
    let knew_of_it = !matches!(first, NoticeKind::Offered | NoticeKind::Scheduled);
    if !subject.is_on {
        return if called_off && knew_of_it {
            line("Something was called off.", was.or(subject.moment), None)
        } else {
            Err("no_longer_due")
        };
    }
    let now = subject.moment;
    match first {
        NoticeKind::Offered => line(subject.question, None, now),
        NoticeKind::Scheduled if subject.is_asked => {
            let what = "Something was scheduled. You are asked whether you can come.";
            line(what, None, now)
        }
        NoticeKind::Scheduled => line("Something was scheduled.", None, now),
        NoticeKind::Moved | NoticeKind::Cancelled if was == now => Err("nothing_changed"),
        NoticeKind::Moved | NoticeKind::Cancelled if subject.is_asked => {
            let what = "Something has moved. You are asked again whether you can.";
            line(what, was, now)
        }
        NoticeKind::Moved | NoticeKind::Cancelled => line("Something has moved.", was, now),
        NoticeKind::Reinstated => line("Something that was called off is on again.", None, now),
        NoticeKind::GivenBack => {
            let what = "Something was given back and needs somebody.";
            line(what, None, now)
        }
    }
}

async fn subject_of(
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
    let asked = write
        .find::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.eq(id))
        .filter(task_assignment::Column::MemberId.eq(member))
        .filter(task_assignment::Column::State.eq(AssignmentState::Offered));
    Ok(Some(Subject {
        topic: Some(task.topic),
        is_on: matches!(task.state, TaskState::Open | TaskState::Proposed),
        moment: Moment::of(task.due_at, task.due_on),
        is_open: task.helpers_accepted < task.helpers_needed,
        is_asked: asked.one(write.tx()).await?.is_some(),
        question: "You are asked whether you can take something on.",
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
    let asked = write
        .find::<attendance::Entity>()
        .filter(attendance::Column::AppointmentId.eq(id))
        .filter(attendance::Column::MemberId.eq(member))
        .filter(attendance::Column::Answer.eq(AttendanceAnswer::NeedsAction));
    Ok(Some(Subject {
        topic: Some(row.topic),
        is_on: matches!(
            row.state,
            AppointmentState::Scheduled | AppointmentState::Proposed
        ),
        moment: moment_of_appointment(&row),
        is_open: false,
        is_asked: asked.one(write.tx()).await?.is_some(),
        question: "You are asked whether you can come to something.",
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
    let asked = write
        .find::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.eq(id))
        .filter(need_commitment::Column::MemberId.eq(member))
        .filter(need_commitment::Column::State.eq(CommitmentState::Offered));
    Ok(Some(Subject {
        topic: Some(Topic::Daily),
        is_on: row.state == NeedState::Open,
        moment: moment_of_need(&row),
        is_open: row.people_accepted < row.people_needed,
        is_asked: asked.one(write.tx()).await?.is_some(),
        question: "You are asked whether you can help with something.",
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
    let asked = write
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::RoleId.eq(id))
        .filter(role_assignment::Column::MemberId.eq(member))
        .filter(role_assignment::Column::State.eq(RoleAssignmentState::Offered));
    Ok(Some(Subject {
        topic: None,
        is_on: row.state == RoleState::Active,
        moment: None,
        is_open: false,
        is_asked: asked.one(write.tx()).await?.is_some(),
        question: "You are asked whether you can take something on for longer.",
    }))
}
