//! A requested password reset of an email address. An address without an account gets a row as
//! well, so that only the email shows the difference. An address has one row, so that a newer
//! link replaces the older one.

use sea_orm::entity::prelude::*;

use super::ids::PasswordResetId;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "password_resets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasswordResetId,
    /// In lower case.
    pub email: String,
    /// When it was last requested.
    pub asked_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
