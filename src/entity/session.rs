//! One signed-in device: a family of rotating refresh tokens.

use sea_orm::entity::prelude::*;

use super::ids::{RefreshTokenId, SessionId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub user_id: UserId,
    pub device_label: Option<String>,
    pub created_at: DateTimeUtc,
    /// Accurate to the life of an access token.
    pub last_used_at: DateTimeUtc,
    /// The refresh token whose access token was used last: what tells a lost
    /// answer from a stolen token.
    pub last_used_token: Option<RefreshTokenId>,
    /// The end whatever happens; idle sessions end earlier.
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
