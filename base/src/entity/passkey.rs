//! The public key of a passkey. The private key stays in the owner's device or password manager.

use sea_orm::entity::prelude::*;

use super::ids::{PasskeyId, UserId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    pub user_id: UserId,
    /// The name that its owner gave it.
    pub name: String,
    /// Chosen by the authenticator. A passkey belongs to only one account.
    pub credential_id: Vec<u8>,
    /// The public key, the counter and everything else that is checked, as JSON.
    pub credential: String,
    pub created_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
