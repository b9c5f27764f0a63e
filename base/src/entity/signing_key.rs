//! A pair of Ed25519 keys that signs access tokens for a time.

use sea_orm::entity::prelude::*;

use super::ids::SigningKeyId;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// The `kid` of the tokens that it signs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SigningKeyId,
    /// The public key, 32 bytes.
    pub public_key: Vec<u8>,
    /// The seed of the private key, encrypted.
    pub sealed_seed: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it starts to sign. It is published earlier, so that clients know it by then.
    pub active_from: DateTimeUtc,
    /// When the tokens that it signed stop being accepted.
    pub ends_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
