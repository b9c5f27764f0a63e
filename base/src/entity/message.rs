//! A message of a thread. A deleted message keeps its number, and its text is erased.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, MessageId, ThreadId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub thread_id: ThreadId,
    /// Its place in the thread. The first message is 1, and there are no gaps.
    pub number: i32,
    /// `None` after it was deleted.
    pub body: Option<String>,
    pub reply_to_message_id: Option<MessageId>,
    /// The ids of the mentioned members, as a JSON array.
    pub mentioned_member_ids: String,
    pub edited_at: Option<DateTimeUtc>,
    pub deleted_at: Option<DateTimeUtc>,
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
