//! A planned reminder of a task, an appointment or a need. There is one for each offset, which
//! is for everybody who takes part when it fires, and there can be more for single members. When
//! the time of the item changes, new ones are planned with the next `schedule_version`.

use sea_orm::entity::prelude::*;

use super::ids::{AppointmentId, CircleId, MemberId, NeedId, ReminderId, TaskId};
use crate::row::Row;

wire_enum! {
    /// What a reminder is about.
    ReminderKind {
        /// A task that you have claimed or accepted is due soon.
        TaskDue = "task_due",
        /// An appointment that you attend starts soon.
        AppointmentUpcoming = "appointment_upcoming",
        /// A need that you have claimed or accepted starts soon.
        NeedUpcoming = "need_upcoming",
        /// Confirms what you claimed so late that no reminder could follow.
        ClaimConfirmation = "claim_confirmation",
        /// It still needs people and begins or is due soon. Coordinators are told two days before,
        /// members who could claim it a day before.
        Uncovered = "uncovered",
    }
}

wire_enum! {
    /// The state of a reminder.
    ReminderState {
        /// Waits for its time.
        Planned = "planned",
        /// It has fired: its deliveries were created.
        Fired = "fired",
        /// Its task, appointment or need was rescheduled, completed or canceled.
        Canceled = "canceled",
        /// Its time passed while the server could not fire it, or the next one was due as well.
        Expired = "expired",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "reminders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReminderId,
    pub kind: ReminderKind,
    /// What it reminds of: exactly one of the three is set.
    pub task_id: Option<TaskId>,
    pub appointment_id: Option<AppointmentId>,
    pub need_id: Option<NeedId>,
    /// The one member it is for, who joined in after the others were reminded. `None`: it is for
    /// everybody who takes part.
    pub member_id: Option<MemberId>,
    pub schedule_version: i32,
    pub offset_minutes: i32,
    pub fire_at: DateTimeUtc,
    /// The moment from which the reminder is no longer useful.
    pub not_after: DateTimeUtc,
    pub state: ReminderState,
    /// Whether members had it before it fired, because it is due in their quiet hours.
    pub sent_early: bool,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it is for members who could claim the thing, and not for those who take part.
    pub fn is_of_gap(&self) -> bool {
        self.kind == ReminderKind::Uncovered
    }
}
