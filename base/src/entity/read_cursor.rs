//! How far a member has read a thread: one row for each member and thread. No other member sees it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, ReadCursorId, ThreadId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_cursors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReadCursorId,
    pub thread_id: ThreadId,
    pub member_id: MemberId,
    /// The number of the newest message they have read.
    pub number: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
