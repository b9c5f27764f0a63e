//! A notification: what one member is told about a change, such as an offer or a cancellation. The
//! app shows it, whatever becomes of the email. All notifications that wait for a member are sent in
//! one email.

use sea_orm::entity::prelude::*;

use super::delivery::{DeliveryReason, DeliveryState};
use super::ids::{
    AppointmentId, AppointmentSeriesId, CircleId, InvitationId, JobId, JoinRequestId, MemberId,
    NeedId, NotificationId, RoleId, TaskId, TaskSeriesId,
};
use super::notification_setting::NotificationCategory;
use crate::row::Row;

wire_enum! {
    /// What happened.
    NotificationKind {
        /// It was offered to the member, or the member was asked to come.
        Offered = "offered",
        /// It is new.
        Scheduled = "scheduled",
        /// It was rescheduled.
        Rescheduled = "rescheduled",
        /// It ends at another time. The start did not change.
        EndRescheduled = "end_rescheduled",
        /// It was canceled.
        Canceled = "canceled",
        /// It had been canceled, and was reinstated.
        Reinstated = "reinstated",
        /// The member who had claimed it released it.
        Released = "released",
        /// The member who had claimed it can no longer do it.
        Freed = "freed",
        /// A member declined it, or will not come.
        Declined = "declined",
        /// A member who wanted to come is no longer sure.
        Tentative = "tentative",
        /// Its place, link or preparation changed.
        Updated = "updated",
        /// Somebody else removed the member from it.
        Removed = "removed",
        /// The offer to the member was withdrawn before they answered.
        OfferWithdrawn = "offer_withdrawn",
        /// Somebody else completed it.
        Completed = "completed",
        /// Somebody suggested it. It waits for approval.
        Proposed = "proposed",
        /// What the member suggested was approved.
        Approved = "approved",
        /// What the member suggested was canceled before it was approved.
        Rejected = "rejected",
        /// Another member wants to hand it over to the member.
        HandoverOffered = "handover_offered",
        /// A member wants to hand it over to anybody who can do it.
        HandoverOpened = "handover_opened",
        /// Nobody took over what the member wanted to hand over.
        HandoverEnded = "handover_ended",
        /// A coordinator gave it to the member in place of another member.
        Placed = "placed",
        /// A member without an account has another contact.
        ContactChanged = "contact_changed",
        /// A person asks to join the circle.
        JoinRequested = "join_requested",
        /// The member who asked to join is in the circle now.
        JoinApproved = "join_approved",
        /// A member proposes a person to invite.
        PersonProposed = "person_proposed",
    }
}

impl NotificationKind {
    /// Whether it says that the member is no longer part of the thing. They are told even if they do
    /// not see it any more.
    pub const OFF: [Self; 2] = [Self::Removed, Self::OfferWithdrawn];

    /// Whether it says that somebody is needed in the place of another.
    pub fn needs_somebody(self) -> bool {
        matches!(
            self,
            Self::Released
                | Self::Freed
                | Self::Declined
                | Self::HandoverOffered
                | Self::HandoverOpened
        )
    }

    /// Whether it says what happened to the thing, and the same to everybody who takes part in it.
    pub fn is_about_the_thing(self) -> bool {
        matches!(
            self,
            Self::Scheduled
                | Self::Rescheduled
                | Self::EndRescheduled
                | Self::Canceled
                | Self::Reinstated
                | Self::Updated
                | Self::Completed
        )
    }

    /// Whether members who are away are told of it, too: somebody waits to be let in, and everybody
    /// who could answer is away.
    pub fn is_told_to_absent(self) -> bool {
        matches!(self, Self::JoinRequested | Self::PersonProposed)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub member_id: MemberId,
    pub category: NotificationCategory,
    pub kind: NotificationKind,
    /// The subject: exactly one of them is set.
    pub task_id: Option<TaskId>,
    pub appointment_id: Option<AppointmentId>,
    pub need_id: Option<NeedId>,
    pub role_id: Option<RoleId>,
    pub invitation_id: Option<InvitationId>,
    pub subject_member_id: Option<MemberId>,
    pub join_request_id: Option<JoinRequestId>,
    pub task_series_id: Option<TaskSeriesId>,
    pub appointment_series_id: Option<AppointmentSeriesId>,
    /// Its time before the change.
    pub was_at: Option<DateTimeUtc>,
    /// Its date before the change, if it had no time of day.
    pub was_on: Option<Date>,
    pub state: DeliveryState,
    pub reason: Option<DeliveryReason>,
    /// The job that sends the email.
    pub job_id: Option<JobId>,
    pub attempts: i32,
    pub sent_at: Option<DateTimeUtc>,
    /// When the member marked it as read in an app.
    pub read_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
