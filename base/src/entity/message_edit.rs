//! A revision: the text of a message before it was edited.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, MessageEditId, MessageId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "message_edits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageEditId,
    pub message_id: MessageId,
    /// The version of the message that had this text.
    pub message_version: i32,
    pub body: String,
    pub written_at: DateTimeUtc,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
