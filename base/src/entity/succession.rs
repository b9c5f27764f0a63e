//! A request that a member becomes coordinator, because nobody coordinates the circle any more.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, SuccessionId};
use crate::row::Row;

wire_enum! {
    /// The state of a succession.
    SuccessionState {
        /// One caregiver asks for it. It needs a second caregiver, or the patient.
        Proposed = "proposed",
        /// The patient or two caregivers ask for it. It is granted at `grant_at` unless a
        /// coordinator objects.
        Requested = "requested",
        /// The member has become coordinator.
        Granted = "granted",
        /// A coordinator objected.
        Refused = "refused",
        /// Those who asked for it took it back.
        Withdrawn = "withdrawn",
        /// The member could not become coordinator any more.
        Lapsed = "lapsed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "successions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SuccessionId,
    /// The member who becomes coordinator. Its author asks for it.
    pub member_id: MemberId,
    /// The second member who asks for it.
    pub supported_by_member_id: Option<MemberId>,
    pub state: SuccessionState,
    pub grant_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "successions",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "member_id"]),
        (Key, &["supported_by_member_id", "created_by_member_id"]),
        (State, &["state", "grant_at"]),
        (State, STAMPS),
    ],
);
