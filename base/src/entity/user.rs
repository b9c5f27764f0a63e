//! A person's account. There is none before its address is proven.

use sea_orm::entity::prelude::*;

use super::ids::UserId;

wire_enum! {
    /// What an account can do.
    UserState {
        /// In use.
        Active = "active",
        /// Switched off by an operator; nobody can sign in.
        Disabled = "disabled",
        /// Its owner asked for it to be erased; until then it reads, and can be kept.
        Deleting = "deleting",
    }
}

impl UserState {
    /// Whether its owner can sign in.
    pub fn lets_in(self) -> bool {
        self != Self::Disabled
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Lower-cased; one account per address.
    pub email: String,
    pub name: String,
    /// A PHC string.
    pub password_hash: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub state: UserState,
    /// When it is going to be erased, while it is `deleting`.
    pub erase_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
