//! A member who is asked to come to each appointment of a series.

use sea_orm::entity::prelude::*;

pub use super::attendance::AttendeeResponse;
use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentSeriesAttendeeId, AppointmentSeriesId, CircleId, MemberId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "appointment_series_attendees")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentSeriesAttendeeId,
    pub series_id: AppointmentSeriesId,
    pub member_id: MemberId,
    /// The response with which each new appointment begins.
    pub response: AttendeeResponse,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The member who asked them, or the attendee.
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "appointment_series_attendees",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "series_id", "member_id"]),
        (Key, &["created_by_member_id"]),
        (State, &["response"]),
        (State, STAMPS),
    ],
);
