//! That somebody asked for a new password for an address, whether it has an
//! account or not: only the mail knows the difference. One row an address, so
//! that the newest link voids the older.

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
