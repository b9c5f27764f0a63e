//! A message of a thread. A deleted message keeps its number and loses its text.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, MessageId, ThreadId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub thread_id: ThreadId,
    /// Its place in the thread, from 1, without gaps.
    pub number: i32,
    /// `None` once it is deleted.
    pub body: Option<String>,
    pub reply_to: Option<MessageId>,
    /// The ids of the members it mentions, as a JSON array.
    pub mentions: String,
    pub edited_at: Option<DateTimeUtc>,
    pub deleted_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// A hash of the request that made it, where its client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
