//! The response of a member to an appointment: one row for each attendee. When the appointment
//! is rescheduled, all attendees are asked again.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, AttendanceId, CircleId, MemberId};
use crate::row::Row;

wire_enum! {
    /// The response of an attendee to an appointment.
    AttendeeResponse {
        /// No response yet, or asked again after the appointment was rescheduled.
        NoResponse = "no_response",
        /// Will come.
        Accepted = "accepted",
        /// Will not come.
        Declined = "declined",
        /// May come.
        Tentative = "tentative",
    }
}

wire_enum! {
    /// What an attendee can respond to an appointment.
    GivenResponse {
        /// Will come.
        Accepted = "accepted",
        /// Will not come.
        Declined = "declined",
        /// May come.
        Tentative = "tentative",
    }
}

impl From<GivenResponse> for AttendeeResponse {
    fn from(given: GivenResponse) -> Self {
        match given {
            GivenResponse::Accepted => Self::Accepted,
            GivenResponse::Declined => Self::Declined,
            GivenResponse::Tentative => Self::Tentative,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "attendances")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttendanceId,
    pub appointment_id: AppointmentId,
    pub member_id: MemberId,
    pub response: AttendeeResponse,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The member who asked them last, or the attendee.
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "attendances",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "appointment_id", "member_id"]),
        (Key, &["created_by_member_id"]),
        (State, &["response"]),
        (State, STAMPS),
    ],
);
