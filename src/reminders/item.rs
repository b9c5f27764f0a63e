//! What can be reminded of: a task that is due, an appointment that is coming, and
//! what an appointment needs of others, which begins at a time of its own.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::offsets::offsets_of;
use crate::access::CircleWrite;
use crate::appointments::{moment_of_appointment, moment_of_need};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::ids::{AppointmentId, NeedId, TaskId};
use crate::entity::need::{self, NeedState};
use crate::entity::reminder::{self, Column, ReminderKind};
use crate::entity::task::{self, TaskState};
use crate::entity::topic_grant::Topic;
use crate::problem::Problem;
use crate::wall_time::{Moment, end_of_day, on_day, resolve};

/// The hour at which something that has a date only counts as due.
const MORNING: u32 = 9;

/// Something with a time.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is looked at, and none is kept"
)]
pub enum Item {
    Task(task::Model),
    Appointment(appointment::Model),
    /// A need with its appointment, which says how long before people are reminded.
    Need(need::Model, appointment::Model),
}

/// Which item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemId {
    Task(TaskId),
    Appointment(AppointmentId),
    Need(NeedId),
}

impl ItemId {
    /// What a reminder is about.
    pub(super) fn of(row: &reminder::Model) -> Option<Self> {
        let task = row.task_id.map(Self::Task);
        let appointment = row.appointment_id.map(Self::Appointment);
        task.or(appointment).or(row.need_id.map(Self::Need))
    }

    /// Its reminders among all.
    pub(super) fn reminders(self) -> Condition {
        Condition::all().add(match self {
            Self::Task(id) => Column::TaskId.eq(id),
            Self::Appointment(id) => Column::AppointmentId.eq(id),
            Self::Need(id) => Column::NeedId.eq(id),
        })
    }

    /// Names it in the row of a reminder.
    pub(super) fn write_to(self, row: &mut reminder::ActiveModel) {
        row.task_id = Set(None);
        row.appointment_id = Set(None);
        row.need_id = Set(None);
        match self {
            Self::Task(id) => row.task_id = Set(Some(id)),
            Self::Appointment(id) => row.appointment_id = Set(Some(id)),
            Self::Need(id) => row.need_id = Set(Some(id)),
        }
    }
}

impl Item {
    /// What a reminder is about.
    pub(super) async fn of(
        write: &CircleWrite,
        reminder: &reminder::Model,
    ) -> Result<Self, Problem> {
        match ItemId::of(reminder) {
            Some(ItemId::Task(id)) => Ok(Self::Task(write.require::<task::Entity>(id).await?)),
            Some(ItemId::Appointment(id)) => {
                let row = write.require::<appointment::Entity>(id).await?;
                Ok(Self::Appointment(row))
            }
            Some(ItemId::Need(id)) => {
                let need = write.require::<need::Entity>(id).await?;
                let its = write.require::<appointment::Entity>(need.appointment_id);
                let its = its.await?;
                Ok(Self::Need(need, its))
            }
            None => Err(Problem::Internal(anyhow::anyhow!(
                "a reminder of nothing: {}",
                reminder.id
            ))),
        }
    }

    pub(super) fn id(&self) -> ItemId {
        match self {
            Self::Task(task) => ItemId::Task(task.id),
            Self::Appointment(row) => ItemId::Appointment(row.id),
            Self::Need(need, _) => ItemId::Need(need.id),
        }
    }

    pub(super) fn kind(&self) -> ReminderKind {
        match self {
            Self::Task(_) => ReminderKind::TaskDue,
            Self::Appointment(_) => ReminderKind::AppointmentComing,
            Self::Need(..) => ReminderKind::NeedComing,
        }
    }

    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::Task(task) => task.topic,
            Self::Appointment(row) => row.topic,
            Self::Need(..) => Topic::Daily,
        }
    }

    /// A need moves with its appointment only.
    pub(super) fn schedule_version(&self) -> i32 {
        match self {
            Self::Task(task) => task.schedule_version,
            Self::Appointment(row) | Self::Need(_, row) => row.schedule_version,
        }
    }

    /// Whether it is still to come.
    pub(super) fn is_on(&self) -> bool {
        let scheduled = |row: &appointment::Model| row.state == AppointmentState::Scheduled;
        match self {
            Self::Task(task) => task.state == TaskState::Open,
            Self::Appointment(row) => scheduled(row),
            Self::Need(need, row) => need.state == NeedState::Open && scheduled(row),
        }
    }

    pub(super) fn offsets(&self) -> Vec<i32> {
        offsets_of(match self {
            Self::Task(task) => &task.reminder_minutes,
            Self::Appointment(row) | Self::Need(_, row) => &row.reminder_minutes,
        })
    }

    /// When it begins, as a reader is told: a task with its window, or when it is due.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Task(task) => match (task.from_local, &task.time_zone) {
                (Some(from), Some(zone)) => Some(Moment::At(resolve(from, zone))),
                _ => Moment::of(task.due_at, task.due_on),
            },
            Self::Appointment(row) => moment_of_appointment(row),
            Self::Need(need, _) => moment_of_need(need),
        }
    }

    /// What its offsets count from, and from when on a reminder is of no use.
    pub fn due(&self, zone: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some(match self.moment()? {
            Moment::At(at) => (at, at),
            Moment::On(day) => (on_day(day, MORNING, zone), end_of_day(day, zone)),
        })
    }
}
