//! A planned reminder. An item has one for each offset, which is for all members who take part
//! when it fires, and may have more for single members. A change of the item's time makes new
//! ones, with another `schedule_version`.

use sea_orm::entity::prelude::*;

use super::ids::{AppointmentId, CircleId, MemberId, NeedId, ReminderId, TaskId};

wire_enum! {
    /// What a reminder is for.
    ReminderKind {
        /// A task one has taken on is coming up.
        TaskDue = "task_due",
        /// An appointment one is part of is coming up.
        AppointmentComing = "appointment_coming",
        /// What one has taken of an appointment's needs is coming up.
        NeedComing = "need_coming",
        /// Confirms what somebody took on when there was no time left to remind them.
        TakenOn = "taken_on",
    }
}

wire_enum! {
    /// Where a reminder stands.
    ReminderState {
        /// Waits for its time.
        Planned = "planned",
        /// Its deliveries are made.
        Fired = "fired",
        /// The item was moved, done or cancelled.
        Cancelled = "cancelled",
        /// Its time passed while the server could not fire it, or the next one was due, too.
        Expired = "expired",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReminderId,
    pub kind: ReminderKind,
    /// The item that it reminds of: exactly one of the three is set.
    pub task_id: Option<TaskId>,
    pub appointment_id: Option<AppointmentId>,
    pub need_id: Option<NeedId>,
    /// The only member it is for, who took part after the others were reminded; `None`: all.
    pub member_id: Option<MemberId>,
    pub schedule_version: i32,
    pub offset_minutes: i32,
    pub fire_at: DateTimeUtc,
    /// From this moment on the reminder is of no use.
    pub not_after: DateTimeUtc,
    pub state: ReminderState,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
