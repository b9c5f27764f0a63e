//! An authenticator app that shows one-time passwords (RFC 6238).

use sea_orm::entity::prelude::*;

use super::ids::{TotpFactorId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TotpFactorId,
    pub user_id: UserId,
    /// Sealed.
    pub seed: Vec<u8>,
    /// The time step of the last code that was used: no code is good twice.
    pub last_step: Option<i64>,
    pub created_at: DateTimeUtc,
    /// When a first code was right; before that it gates nothing.
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
