//! A task list. Every member sees the list; which of its tasks they see is decided for each task.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, TaskListId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "task_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskListId,
    pub title: String,
    pub position: i32,
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
    "task_lists",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "created_by_member_id"]),
        (Family, &["title"]),
        (State, &["position"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
