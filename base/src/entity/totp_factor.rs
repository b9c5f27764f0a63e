//! An authenticator app that shows six-digit codes (TOTP, RFC 6238).

use sea_orm::entity::prelude::*;

use super::ids::{TotpFactorId, UserId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "totp_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TotpFactorId,
    pub user_id: UserId,
    /// Encrypted.
    pub seed: Vec<u8>,
    /// The time step of the last used code, so that no code can be used twice.
    pub last_step: Option<i64>,
    pub created_at: DateTimeUtc,
    /// When a first code was right. Before that, sign-ins do not ask for it.
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
