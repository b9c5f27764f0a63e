//! A sign-in that waits for its second factor.

use sea_orm::entity::prelude::*;

use super::ids::{KnownDeviceId, SecurityEventId, SignInTicketId, UserId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "sign_in_tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInTicketId,
    pub user_id: UserId,
    pub token_hash: Vec<u8>,
    pub known_device_id: Option<KnownDeviceId>,
    pub device_label: Option<String>,
    /// The security event that says how the sign-in ended.
    pub security_event_id: SecurityEventId,
    /// How many attempts failed before it.
    pub failures: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
