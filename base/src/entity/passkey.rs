//! The public key of a passkey. A device or a password manager keeps the private key.

use sea_orm::entity::prelude::*;

use super::ids::{PasskeyId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// As the authenticator chose it; one passkey, one account.
    pub credential_id: Vec<u8>,
    /// The public key, the counter and what else is checked, as JSON.
    pub credential: String,
    pub created_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
