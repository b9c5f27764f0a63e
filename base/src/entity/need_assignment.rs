//! A member's assignment in a need. A member has one row in a need, which changes its state.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, NeedAssignmentId, NeedId};
use crate::row::Row;

wire_enum! {
    /// The state of a member's assignment in a need.
    NeedAssignmentState {
        /// Offered to the member, or offered again after the time changed. Not answered yet.
        Offered = "offered",
        /// The member claimed or accepted it.
        Accepted = "accepted",
        /// The member declined. No reason is asked for.
        Declined = "declined",
        /// The member released it, or the server did because the member left, was suspended, or may
        /// see or do less now.
        Released = "released",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "need_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NeedAssignmentId,
    pub need_id: NeedId,
    pub member_id: MemberId,
    pub state: NeedAssignmentState,
    /// Whether the member has an open handover of it.
    pub is_handing_over: bool,
    /// Whether the member has it and is away when it takes place.
    pub is_away: bool,
    /// When the member last claimed or accepted it. A handover or an absence does not change it.
    pub taken_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The member who offered it last, or the assigned member.
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "need_assignments",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "need_id", "member_id"]),
        (Key, &["created_by_member_id"]),
        (State, &["state"]),
        (State, &["is_handing_over", "is_away", "taken_at"]),
        (State, STAMPS),
    ],
);
