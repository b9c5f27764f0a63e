//! A recovery code: it is used once, in place of a lost authenticator app.

use sea_orm::entity::prelude::*;

use super::ids::{RecoveryCodeId, UserId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "recovery_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecoveryCodeId,
    pub user_id: UserId,
    /// From 0 to 9. The code starts with it, so that only one hash must be verified and not ten.
    pub number: i32,
    /// A PHC string (the password hash format).
    pub code_hash: String,
    pub created_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
