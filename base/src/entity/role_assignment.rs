//! A member's assignment in a role. Every offer and every claim is a new row, so that the history
//! of who carried the role is never overwritten.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, RoleAssignmentId, RoleId, TaskId};
use crate::row::Row;

wire_enum! {
    /// The state of a member's assignment in a role.
    RoleAssignmentState {
        /// Offered to the member. Not answered yet.
        Offered = "offered",
        /// The member carries the role.
        Active = "active",
        /// The member carried the role until it ended or was released.
        Ended = "ended",
        /// The member declined. No reason is asked for.
        Declined = "declined",
        /// The offer was withdrawn before the member answered.
        Withdrawn = "withdrawn",
    }
}

wire_enum! {
    /// What the patient keeps of a role that they carried before.
    PatientPartKind {
        /// A part of it, described in `patient_part_text`.
        Text = "text",
        /// One task: the one in `patient_part_task_id`.
        Task = "task",
        /// Not discussed yet.
        AskLater = "ask_later",
        /// Nothing, because the patient wants it so. Only the patient can choose this value.
        NoneByChoice = "none_by_choice",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "role_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleAssignmentId,
    pub role_id: RoleId,
    pub member_id: MemberId,
    pub state: RoleAssignmentState,
    pub starts_on: Option<Date>,
    /// The last planned day.
    pub ends_on: Option<Date>,
    /// The day on which it ended.
    pub ended_on: Option<Date>,
    /// The assignment of the member who carried the role before.
    pub previous_assignment_id: Option<RoleAssignmentId>,
    /// `None` if the member claimed the role without an offer.
    pub offered_by_member_id: Option<MemberId>,
    pub patient_part: Option<PatientPartKind>,
    pub patient_part_text: Option<String>,
    pub patient_part_task_id: Option<TaskId>,
    /// Whether the member has an open handover of it.
    pub is_handing_over: bool,
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
    "role_assignments",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "role_id", "member_id"]),
        (Key, &["previous_assignment_id", "offered_by_member_id"]),
        (Key, &["patient_part_task_id", "created_by_member_id"]),
        (Family, &["patient_part_text"]),
        (State, &["state", "starts_on", "ends_on", "ended_on"]),
        (State, &["patient_part"]),
        (State, &["is_handing_over"]),
        (State, STAMPS),
    ],
);
