//! A requested password reset of an address, with or without an account: only the mail shows
//! the difference. An address has one row, so that the newest link voids the older one.

use sea_orm::entity::prelude::*;

use super::ids::PasswordResetId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_resets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasswordResetId,
    /// Lower-cased.
    pub email: String,
    /// The last time.
    pub asked_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
