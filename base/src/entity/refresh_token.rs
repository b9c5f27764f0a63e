//! A refresh token of a session, stored as its hash. It can be used once.

use sea_orm::entity::prelude::*;

use super::ids::{RefreshTokenId, SessionId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshTokenId,
    pub session_id: SessionId,
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it was used, or ended unused because the answer that contained it counts as lost.
    pub used_at: Option<DateTimeUtc>,
    /// The token that replaced it. `None` with a `used_at`: it ended unused.
    pub successor_id: Option<RefreshTokenId>,
    /// When the access token of the same answer was first used. If it was never used, the
    /// answer may have been lost. If it was, a second use of the refresh token means theft.
    pub access_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
