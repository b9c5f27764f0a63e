//! The answer to a request with an Idempotency-Key, stored for a day.

use sea_orm::entity::prelude::*;

use super::ids::UserId;
use crate::row::Row;

/// The status of a record without an answer: its request is still running, or the answer was
/// deleted because it showed data that is erased. The record stays, so that a repeated request
/// does nothing a second time.
pub const NO_ANSWER: i32 = 0;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "idempotency_records")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub method: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub path: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub body_hash: Vec<u8>,
    pub status: i32,
    /// `ETag` and `Location` of the answer, as a JSON object.
    pub headers: String,
    pub body: String,
    /// The reader's level of each topic, one digit for each.
    pub topics: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
