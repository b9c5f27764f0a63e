//! A mailed code to sign in with, for an address with or without an account. Only the device
//! that asked for it knows its id.

use sea_orm::entity::prelude::*;

use super::ids::SignInCodeId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInCodeId,
    /// Lower-cased.
    pub email: String,
    pub device_label: Option<String>,
    pub code_hash: Vec<u8>,
    pub tries_left: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
