//! What one member is told by mail about a change: an offer, a move, a cancellation. All that
//! wait for a member go out in one mail.

use sea_orm::entity::prelude::*;

use super::delivery::DeliveryState;
use super::ids::{
    AppointmentId, CircleId, JobId, MemberId, NeedId, NotificationId, RoleId, TaskId,
};
use super::notification_preference::NotificationCategory;

wire_enum! {
    /// What happened.
    NotificationKind {
        /// The member was asked to take it on, or to come.
        Offered = "offered",
        /// It is new.
        Scheduled = "scheduled",
        /// It has another time.
        Moved = "moved",
        /// It starts when it did, and ends at another time.
        EndMoved = "end_moved",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It was cancelled, and takes place after all.
        Reinstated = "reinstated",
        /// Somebody who had taken it on gave it back.
        GivenBack = "given_back",
        /// Somebody who had taken it on can no longer do it.
        CameFree = "came_free",
        /// Somebody who was asked, or was going to come, does not.
        Declined = "declined",
        /// Somebody who was going to come is not sure any more.
        Unsure = "unsure",
        /// It has another place, link or preparation.
        Changed = "changed",
        /// The member's part in it was removed by somebody else.
        TakenOff = "taken_off",
        /// The offer to the member was withdrawn before they answered.
        Unasked = "unasked",
        /// Somebody else completed it.
        Completed = "completed",
        /// Somebody suggests it, and it waits for approval.
        Proposed = "proposed",
        /// What the member suggested was approved.
        Approved = "approved",
        /// What the member suggested was cancelled before it was approved.
        NotApproved = "not_approved",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub member_id: MemberId,
    pub category: NotificationCategory,
    pub kind: NotificationKind,
    /// The subject: exactly one of the four is set.
    pub task_id: Option<TaskId>,
    pub appointment_id: Option<AppointmentId>,
    pub need_id: Option<NeedId>,
    pub role_id: Option<RoleId>,
    /// The time it had before.
    pub was_at: Option<DateTimeUtc>,
    /// The day it had before, where it had no time of day.
    pub was_on: Option<Date>,
    pub state: DeliveryState,
    pub reason: Option<String>,
    /// The mail that carries it.
    pub job_id: Option<JobId>,
    pub attempts: i32,
    pub sent_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
