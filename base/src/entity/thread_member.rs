//! A member who is named in a direct thread. The row stays when the member leaves the circle.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, ThreadId, ThreadMemberId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "thread_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThreadMemberId,
    pub thread_id: ThreadId,
    pub member_id: MemberId,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
