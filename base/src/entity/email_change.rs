//! That somebody wants their account to have another address. It has it once
//! the new one is proven, and for three days the old one can take it back.

use sea_orm::entity::prelude::*;

use super::ids::{EmailChangeId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailChangeId,
    pub user_id: UserId,
    /// Lower-cased, as the new one.
    pub old_email: String,
    pub new_email: String,
    pub asked_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    pub undone_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
