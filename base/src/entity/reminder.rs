//! A planned reminder: one per item, person or none, version of its schedule, and
//! offset. Without a person it is everybody's who takes part when it fires.

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
    /// What it reminds of: one of these.
    pub task_id: Option<TaskId>,
    pub appointment_id: Option<AppointmentId>,
    pub need_id: Option<NeedId>,
    /// Whose it is alone: they took it on after the others were reminded.
    pub member_id: Option<MemberId>,
    pub schedule_version: i32,
    pub offset_minutes: i32,
    pub fire_at: DateTimeUtc,
    /// After this it is of no use to anybody.
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
