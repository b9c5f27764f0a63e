//! A handover: a member who has claimed a task or a need, or carries a role, asks another member, or
//! anybody in the circle, to take it over. Until then the member still has it.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, Personal, State};
use super::class::Erase::Blank;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{Blank as Blanked, STAMPS, Table};
use super::ids::{CircleId, HandoverId, MemberId, NeedId, RoleAssignmentId, TaskId};
use crate::row::Row;

wire_enum! {
    /// The state of a handover.
    HandoverState {
        /// Not answered yet. The first member still has it.
        Open = "open",
        /// Another member took it over: they accepted, or claimed what is handed over.
        Accepted = "accepted",
        /// The member who was asked declined. No reason is asked for.
        Declined = "declined",
        /// It was withdrawn, or what it is about ended.
        Withdrawn = "withdrawn",
        /// Nobody accepted in time.
        Expired = "expired",
        /// A coordinator gave it to a member.
        Placed = "placed",
    }
}

wire_enum! {
    /// Why a member hands something over. Only the two members see it, or the contact of one without
    /// an account.
    HandoverReason {
        /// The member does not say why.
        PreferNotToSay = "prefer_not_to_say",
        /// The member is tired.
        Tired = "tired",
        /// The member is unwell.
        Unwell = "unwell",
        /// The member is away.
        Away = "away",
        /// The member has to work.
        Work = "work",
        /// Anything else.
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "handovers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HandoverId,
    /// What is handed over: exactly one of the three is set.
    pub task_id: Option<TaskId>,
    pub need_id: Option<NeedId>,
    pub role_assignment_id: Option<RoleAssignmentId>,
    pub from_member_id: MemberId,
    /// `None`: anybody in the circle who can do it may accept.
    pub to_member_id: Option<MemberId>,
    /// The member who accepted or claimed it, or to whom a coordinator gave it.
    pub taken_by_member_id: Option<MemberId>,
    pub reason: HandoverReason,
    pub note: Option<String>,
    pub state: HandoverState,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
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
    "handovers",
    Seen,
    &[(Member("from_member_id"), Blank)],
    &[
        (Key, &["circle_id", "id", "task_id", "need_id"]),
        (Key, &["role_assignment_id", "from_member_id"]),
        (Key, &["to_member_id", "taken_by_member_id"]),
        (Key, &["created_by_member_id"]),
        (Personal(Blanked::Text("prefer_not_to_say")), &["reason"]),
        (Personal(Blanked::Null), &["note"]),
        (State, &["state", "expires_at", "ended_at"]),
        (State, STAMPS),
    ],
);
