//! An item on the agenda of a family meeting. It is seen together with its appointment.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AgendaItemId, AppointmentId, CircleId, MemberId};
use crate::row::Row;

wire_enum! {
    /// The state of an item on the agenda of a family meeting.
    MeetingAgendaItemState {
        /// Still to be discussed.
        Open = "open",
        /// The family has discussed it.
        Discussed = "discussed",
        /// Put off to another meeting.
        Postponed = "postponed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "agenda_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgendaItemId,
    /// The family meeting.
    pub appointment_id: AppointmentId,
    pub title: String,
    /// The smallest number comes first.
    pub position: i32,
    pub notes: Option<String>,
    /// What the family decided or found out.
    pub outcome: Option<String>,
    pub state: MeetingAgendaItemState,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// The hash of the request that created it, if the client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "agenda_items",
    Seen,
    &[],
    &[
        (
            Key,
            &["circle_id", "id", "appointment_id", "created_by_member_id"],
        ),
        (Family, &["title", "notes", "outcome"]),
        (State, &["position", "state"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
