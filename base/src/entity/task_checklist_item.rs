//! An item in the checklist of a task.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{ChecklistItemId, CircleId, MemberId, TaskId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "task_checklist_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChecklistItemId,
    pub task_id: TaskId,
    pub title: String,
    /// Its place in the checklist. Items with the same place are in the order of their creation.
    pub position: i32,
    /// When it was checked; `None` if it is not checked.
    pub checked_at: Option<DateTimeUtc>,
    pub checked_by_member_id: Option<MemberId>,
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
    "task_checklist_items",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "task_id"]),
        (Key, &["checked_by_member_id", "created_by_member_id"]),
        (Family, &["title"]),
        (State, &["position", "checked_at"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
