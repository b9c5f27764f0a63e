//! A member's part in a task: one row for each member and task, whose states follow each other.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, TaskAssignmentId, TaskId};

wire_enum! {
    /// Where one person's part in a task stands.
    AssignmentState {
        /// Asked, not yet answered.
        Offered = "offered",
        /// Taken on.
        Accepted = "accepted",
        /// Said no; nobody asks why.
        Declined = "declined",
        /// Taken on and given back.
        Withdrawn = "withdrawn",
        /// Freed because the person left, was suspended, or sees or may do less.
        Released = "released",
        /// Done.
        Done = "done",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskAssignmentId,
    pub task_id: TaskId,
    pub member_id: MemberId,
    pub state: AssignmentState,
    /// Whether it stays done when the whole is reopened: the member completed their own
    /// part before the whole was done, or somebody reopened another part alone.
    pub own_part_done: bool,
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
    "task_assignments",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "task_id", "member_id"]),
        (Key, &["created_by"]),
        (State, &["state", "own_part_done"]),
        (State, STAMPS),
    ],
);
