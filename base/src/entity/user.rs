//! An account. It is created when its email address is confirmed.

use sea_orm::entity::prelude::*;

use super::ids::{FileId, UserId};
use crate::row::Row;

wire_enum! {
    /// The state of an account.
    UserState {
        /// In use.
        Active = "active",
        /// Disabled by the operator: nobody can sign in.
        Disabled = "disabled",
        /// Its deletion is scheduled. Until then its owner can read, and cancel the deletion.
        Deleting = "deletion_scheduled",
    }
}

impl UserState {
    /// Whether its owner can sign in.
    pub fn lets_in(self) -> bool {
        self != Self::Disabled
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// In lower case. An address has at most one account.
    pub email: String,
    pub name: String,
    /// A PHC string (the password hash format).
    pub password_hash: Option<String>,
    /// The IANA name of a time zone.
    pub time_zone: String,
    pub state: UserState,
    /// Their picture. Its addresses are derived from this id, so nobody gets to know it.
    pub avatar_file_id: Option<FileId>,
    /// When its data is erased, while its deletion is scheduled.
    pub deletion_scheduled_for: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
