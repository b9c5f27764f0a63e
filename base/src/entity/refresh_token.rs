//! One refresh token of a session, stored as its hash, good for one use.

use sea_orm::entity::prelude::*;

use super::ids::{RefreshTokenId, SessionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshTokenId,
    pub session_id: SessionId,
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it was used, or died unused because its answer counted as lost.
    pub used_at: Option<DateTimeUtc>,
    /// What it was renewed by; `None` with `used_at` is dead.
    pub successor_id: Option<RefreshTokenId>,
    /// When the access token it came with was first used: what tells a lost
    /// answer from a stolen token.
    pub access_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
