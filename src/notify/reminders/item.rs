//! What can be reminded of: a task that is due, an appointment that is coming, and
//! what an appointment needs of others, which begins at a time of its own.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::offsets::offsets_of;
use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::ids::{AppointmentId, NeedId, TaskId};
use crate::entity::need::{self, NeedState};
use crate::entity::reminder::{self, Column, ReminderKind};
use crate::entity::task::{self, TaskState};
use crate::entity::topic_grant::Topic;
use crate::platform::time::civil::{Moment, end_of_day, minutes, resolve};
use crate::problem::Problem;
use crate::schedule::{moment_of_appointment, moment_of_need};

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
            None => Err(Problem::internal(anyhow::anyhow!(
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
            Self::Need(need, row) => {
                // The ride home is still needed when the visit is completed.
                let takes_place = scheduled(row) || row.state == AppointmentState::Completed;
                need.state == NeedState::Open && takes_place
            }
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
        let moment = self.moment()?;
        let due = fires_at(moment, 0, zone);
        Some(match moment {
            Moment::At(_) => (due, due),
            Moment::On(day) => (due, end_of_day(day, zone)),
        })
    }
}

/// When a reminder at an offset fires. From an hour it is a span of time. From a date it
/// follows the clock on the wall: a day before is nine o'clock on the day before, also
/// where the clocks change in between.
pub(super) fn fires_at(moment: Moment, offset_minutes: i32, zone: &str) -> DateTime<Utc> {
    match moment {
        Moment::At(at) => at - minutes(offset_minutes),
        Moment::On(day) => {
            let morning = day.and_hms_opt(MORNING, 0, 0).unwrap_or_default();
            resolve(morning - minutes(offset_minutes), zone)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_before_a_date_is_the_same_hour_on_the_wall_over_a_change_of_clocks() {
        let fires = |day: &str, offset| {
            let day = Moment::On(day.parse().unwrap());
            let at = fires_at(day, offset, "Europe/Berlin");
            at.format("%m-%dT%H:%M").to_string()
        };
        assert_eq!(fires("2027-03-28", 1440), "03-27T08:00");
        assert_eq!(fires("2027-03-28", 0), "03-28T07:00");
        assert_eq!(fires("2026-10-25", 1440), "10-24T07:00");
        assert_eq!(fires("2026-10-25", 0), "10-25T08:00");
        // An hour that the clocks leave out moves forward.
        assert_eq!(fires("2027-03-28", 390), "03-28T01:30");
    }

    #[test]
    fn a_day_before_an_hour_is_twenty_four_hours() {
        let at: DateTime<Utc> = "2027-03-28T07:00:00Z".parse().unwrap();
        let fires = fires_at(Moment::At(at), 1440, "Europe/Berlin");
        assert_eq!(fires.to_rfc3339(), "2027-03-27T07:00:00+00:00");
    }
}
