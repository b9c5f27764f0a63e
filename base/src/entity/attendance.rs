//! Whether a member comes to an appointment: one row for each member and appointment. When the appointment is
//! moved, all are asked again.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, AttendanceId, CircleId, MemberId};

wire_enum! {
    /// What somebody answered to an appointment.
    AttendanceAnswer {
        /// Invited, or asked anew after a move; not yet answered.
        NeedsAction = "needs_action",
        /// Comes.
        Accepted = "accepted",
        /// Does not come.
        Declined = "declined",
        /// Perhaps.
        Tentative = "tentative",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attendances")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttendanceId,
    pub appointment_id: AppointmentId,
    pub member_id: MemberId,
    pub answer: AttendanceAnswer,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// Who asked them last, or the member themselves.
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What its columns say, and of whom.
pub const TABLE: Table = Table::new(
    "attendances",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "appointment_id", "member_id"]),
        (Key, &["created_by"]),
        (State, &["answer"]),
        (State, STAMPS),
    ],
);
