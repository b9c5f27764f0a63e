//! How far a member has read a thread: one row for each member and thread. Other members do not
//! see it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, ReadCursorId, ThreadId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "read_cursors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReadCursorId,
    pub thread_id: ThreadId,
    pub member_id: MemberId,
    /// The number of the newest message that the member has read.
    pub number: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
