//! A member's part in a role. Every offer is a row of its own, so that the history of who
//! carried the role is never overwritten.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, RoleAssignmentId, RoleId, TaskId};

wire_enum! {
    /// Where one person's part in a role stands.
    RoleAssignmentState {
        /// Asked, not yet answered.
        Offered = "offered",
        /// Carries it.
        Active = "active",
        /// Carried it.
        Ended = "ended",
        /// Said no; nobody asks why.
        Declined = "declined",
        /// Asked, and not needed any more before there was an answer.
        Withdrawn = "withdrawn",
    }
}

wire_enum! {
    /// What the patient keeps of a role that was theirs.
    PatientPart {
        /// A part of it, in words: `patient_part_text`.
        Keeps = "keeps",
        /// A task: `patient_part_task_id`.
        Task = "task",
        /// Not talked about yet.
        AskLater = "ask_later",
        /// Nothing, as the patient wants it; only the patient says so.
        NoneByChoice = "none_by_choice",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
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
    /// The last day, if there is to be one.
    pub ends_on: Option<Date>,
    /// The day on which it really ended.
    pub ended_on: Option<Date>,
    /// Whose part this one takes over.
    pub previous_assignment_id: Option<RoleAssignmentId>,
    /// `None` if the member took the role without an offer.
    pub offered_by: Option<MemberId>,
    pub patient_part: Option<PatientPart>,
    pub patient_part_text: Option<String>,
    pub patient_part_task_id: Option<TaskId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What its columns say, and of whom.
pub const TABLE: Table = Table::new(
    "role_assignments",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "role_id", "member_id"]),
        (Key, &["previous_assignment_id", "offered_by"]),
        (Key, &["patient_part_task_id", "created_by"]),
        (Family, &["patient_part_text"]),
        (State, &["state", "starts_on", "ends_on", "ended_on"]),
        (State, &["patient_part"]),
        (State, STAMPS),
    ],
);
