//! A session: one device that is signed in, with refresh tokens that replace each other.

use sea_orm::entity::prelude::*;

use super::ids::{SessionId, UserId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub user_id: UserId,
    pub device_label: Option<String>,
    pub created_at: DateTimeUtc,
    /// When it was last used. It can lag behind by the life of an access token.
    pub last_used_at: DateTimeUtc,
    /// When its owner last confirmed their identity, with a password or another method.
    pub authenticated_at: Option<DateTimeUtc>,
    /// The latest end of the session. An unused session ends earlier.
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
