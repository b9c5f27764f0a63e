//! One signed-in device: a family of rotating refresh tokens.

use sea_orm::entity::prelude::*;

use super::ids::{SessionId, UserId};

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
    /// When its holder last proved who they are, by password or otherwise.
    pub authenticated_at: Option<DateTimeUtc>,
    /// The end whatever happens; idle sessions end earlier.
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
