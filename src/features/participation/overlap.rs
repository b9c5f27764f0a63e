//! Two things at the same time: worth a question before somebody takes both on.
//!
//! Asked about is everything that the person has taken on or accepted, in every
//! circle of theirs. A due time alone takes no time: it says by when, not when. A
//! date takes none either: nobody is busy from midnight to midnight. What has a
//! start and no end counts as an hour.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::{AppointmentId, CircleId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
use crate::platform::time::timestamps::write_instant;
use crate::problem::{Conflict, ConflictWith, Problem};
use crate::schedule::window::TakesPlace;

/// How long something takes that has a start and no end.
const WITHOUT_END: TimeDelta = TimeDelta::hours(1);

/// Something that takes a time of its own.
#[derive(Clone, Copy, Debug)]
pub struct Commitment {
    kind: &'static str,
    id: Uuid,
    circle: CircleId,
    topic: Topic,
    /// The appointment that it is, or that it is done at.
    at: Option<AppointmentId>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Nobody said when it ends.
    is_open_ended: bool,
}

impl Commitment {
    /// Of a task with a window.
    pub fn of_task(task: &task::Model) -> Option<Self> {
        task.from_local?;
        Some(Self {
            kind: "task",
            id: task.id.0,
            circle: task.circle_id,
            topic: task.topic,
            at: None,
            from: task.begins_at,
            to: task.over_at,
            is_open_ended: false,
        })
    }

    /// Of a need with a time of day.
    pub fn of_need(need: &need::Model) -> Option<Self> {
        let from = need.starts_at?;
        Some(Self {
            kind: "need",
            id: need.id.0,
            circle: need.circle_id,
            topic: Topic::Daily,
            // Who looks after the children is not at the appointment.
            at: (need.kind != NeedKind::ChildCare).then_some(need.appointment_id),
            from,
            to: ends_at(from, need.ends_at),
            is_open_ended: need.ends_at.is_none(),
        })
    }

    /// Of an appointment with a time of day.
    pub fn of_appointment(row: &appointment::Model) -> Option<Self> {
        let from = row.starts_at?;
        Some(Self {
            kind: "appointment",
            id: row.id.0,
            circle: row.circle_id,
            topic: row.topic,
            at: Some(row.id),
            from,
            to: ends_at(from, row.ends_at),
            is_open_ended: row.ends_at.is_none(),
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.id != other.id && self.from < other.to && other.from < self.to
    }

    /// Whether somebody may well do both at one appointment: who drives there comes
    /// along or takes part. Two needs with ends of their own are two things.
    fn goes_with(&self, other: &Self) -> bool {
        let is_one = |one: &Self| one.kind == "appointment" || one.is_open_ended;
        (is_one(self) || is_one(other))
            && self.at.is_some()
            && (self.circle, self.at) == (other.circle, other.at)
    }

    /// What the caller is told of it: here what it is; of what they may not see
    /// here, in another circle or of another topic, only when it is.
    fn as_seen(self, write: &CircleWrite) -> ConflictWith {
        let scope = write.scope();
        let is_seen =
            self.circle == scope.circle_id() && scope.topics().readable().contains(&self.topic);
        if is_seen {
            ConflictWith::of(self.kind, self.id)
        } else {
            ConflictWith::busy(write_instant(self.from), write_instant(self.to))
        }
    }
}

fn ends_at(from: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    ends_at
        .filter(|ends_at| *ends_at > from)
        .unwrap_or(from + WITHOUT_END)
}

/// Refuses what overlaps something that the caller has taken on or accepted, in any
/// of their circles: three queries, however many those are. What they take on in two
/// circles at one moment is judged one after the other.
/// What is over already is no promise any more.
pub async fn check_overlap(write: &CircleWrite, wanted: &Commitment) -> Result<(), Problem> {
    if wanted.to <= write.now() {
        return Ok(());
    }
    write.lock_self().await?;
    let mut commitments = tasks_of(write, wanted).await?;
    commitments.extend(needs_of(write, wanted).await?);
    commitments.extend(appointments_of(write, wanted).await?);
    commitments.retain(|other| other.overlaps(wanted) && !other.goes_with(wanted));
    if commitments.is_empty() {
        return Ok(());
    }
    commitments.sort_by_key(|other| (other.from, other.id));
    let conflicts = commitments
        .into_iter()
        .map(|other| other.as_seen(write))
        .collect();
    let detail = "You have taken on something else for that time. To do both, send \
        `allow_overlap: true`.";
    Err(Conflict {
        conflicts,
        ..Conflict::of("overlap", detail)
    }
    .into())
}

/// What may overlap, told by columns that both databases compare.
fn near<E: TakesPlace>(rows: Select<E>, wanted: &Commitment) -> Select<E> {
    rows.filter(E::ON.is_null())
        .filter(E::OVER_AT.gt(wanted.from - WITHOUT_END))
        .filter(E::BEGINS_AT.lt(wanted.to))
}

async fn tasks_of(write: &CircleWrite, wanted: &Commitment) -> Result<Vec<Commitment>, Problem> {
    use task_assignment::Column;
    let my_tasks = write.find_held::<task::Entity, task_assignment::Entity>(
        Column::TaskId,
        Column::MemberId,
        Column::State.eq(AssignmentState::Accepted),
    );
    let tasks = near(my_tasks, wanted)
        .filter(task::Column::State.eq(TaskState::Open))
        .filter(task::Column::FromLocal.is_not_null())
        .all(write.tx())
        .await?;
    Ok(tasks.iter().filter_map(Commitment::of_task).collect())
}

async fn needs_of(write: &CircleWrite, wanted: &Commitment) -> Result<Vec<Commitment>, Problem> {
    use need_commitment::Column;
    let my_needs = write.find_held::<need::Entity, need_commitment::Entity>(
        Column::NeedId,
        Column::MemberId,
        Column::State.eq(CommitmentState::Accepted),
    );
    let needs = near(my_needs, wanted)
        .filter(need::Column::State.eq(NeedState::Open))
        .all(write.tx())
        .await?;
    Ok(needs.iter().filter_map(Commitment::of_need).collect())
}

async fn appointments_of(
    write: &CircleWrite,
    wanted: &Commitment,
) -> Result<Vec<Commitment>, Problem> {
    use attendance::Column;
    let my_appointments = write.find_held::<appointment::Entity, attendance::Entity>(
        Column::AppointmentId,
        Column::MemberId,
        Column::Answer.eq(AttendanceAnswer::Accepted),
    );
    let to_come = [AppointmentState::Proposed, AppointmentState::Scheduled];
    let rows = near(my_appointments, wanted)
        .filter(appointment::Column::State.is_in(to_come))
        .all(write.tx())
        .await?;
    Ok(rows.iter().filter_map(Commitment::of_appointment).collect())
}
