//! A sign-in that still lacks its second factor.

use sea_orm::entity::prelude::*;

use super::ids::{AccountEventId, KnownDeviceId, SignInTicketId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInTicketId,
    pub user_id: UserId,
    pub token_hash: Vec<u8>,
    pub known_device_id: Option<KnownDeviceId>,
    pub device_label: Option<String>,
    /// Where the account's log says how it ends.
    pub account_event_id: AccountEventId,
    /// How many tries failed before it.
    pub failures: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
