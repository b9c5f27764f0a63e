//! One pair of Ed25519 keys that signs access tokens for a while.

use sea_orm::entity::prelude::*;

use super::ids::SigningKeyId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// The `kid` of what it signs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SigningKeyId,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// What the private key is made of, sealed.
    pub sealed_seed: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it begins to sign; it is published from the beginning.
    pub active_from: DateTimeUtc,
    /// From then on nothing that it signed is believed.
    pub ends_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
