//! What can be reminded of: a task that is due, an appointment that is coming.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::offsets::offsets_of;
use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::reminder::{self, Column, ReminderKind};
use crate::entity::task::{self, TaskState};
use crate::entity::topic_grant::Topic;
use crate::problem::Problem;
use crate::wall_time::{Moment, end_of_day, on_day};

/// The hour at which something that has a date only counts as due.
const MORNING: u32 = 9;

/// Something with a time.
#[derive(Clone, Debug)]
pub enum Item {
    Task(task::Model),
    Appointment(appointment::Model),
}

impl Item {
    /// What a reminder is about.
    pub(super) async fn of(
        write: &CircleWrite,
        reminder: &reminder::Model,
    ) -> Result<Self, Problem> {
        match (reminder.task_id, reminder.appointment_id) {
            (Some(id), _) => Ok(Self::Task(write.require::<task::Entity>(id).await?)),
            (None, Some(id)) => {
                let row = write.require::<appointment::Entity>(id).await?;
                Ok(Self::Appointment(row))
            }
            (None, None) => Err(Problem::Internal(anyhow::anyhow!(
                "a reminder of nothing: {}",
                reminder.id
            ))),
        }
    }

    pub(super) fn kind(&self) -> ReminderKind {
        match self {
            Self::Task(_) => ReminderKind::TaskDue,
            Self::Appointment(_) => ReminderKind::AppointmentComing,
        }
    }

    /// Its reminders among all.
    pub(super) fn reminders(&self) -> Condition {
        Condition::all().add(match self {
            Self::Task(task) => Column::TaskId.eq(task.id),
            Self::Appointment(row) => Column::AppointmentId.eq(row.id),
        })
    }

    /// Names it in the row of a reminder.
    pub(super) fn write_to(&self, row: &mut reminder::ActiveModel) {
        let (task, appointment) = match self {
            Self::Task(task) => (Some(task.id), None),
            Self::Appointment(row) => (None, Some(row.id)),
        };
        row.task_id = Set(task);
        row.appointment_id = Set(appointment);
    }

    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::Task(task) => task.topic,
            Self::Appointment(row) => row.topic,
        }
    }

    pub(super) fn schedule_version(&self) -> i32 {
        match self {
            Self::Task(task) => task.schedule_version,
            Self::Appointment(row) => row.schedule_version,
        }
    }

    /// Whether it is still to come.
    pub(super) fn is_on(&self) -> bool {
        match self {
            Self::Task(task) => task.state == TaskState::Open,
            Self::Appointment(row) => row.state == AppointmentState::Scheduled,
        }
    }

    pub(super) fn offsets(&self) -> Vec<i32> {
        offsets_of(match self {
            Self::Task(task) => &task.reminder_minutes,
            Self::Appointment(row) => &row.reminder_minutes,
        })
    }

    /// When it is, as a reader is told.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Task(task) => Moment::of(task.due_at, task.due_on),
            Self::Appointment(row) => Moment::of(row.starts_at, row.starts_on),
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
