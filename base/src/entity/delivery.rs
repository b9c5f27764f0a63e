//! The delivery of a reminder to one member over one channel.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, DeliveryId, MemberId, ReminderId};

wire_enum! {
    /// How a reminder is sent.
    DeliveryChannel {
        /// By email.
        Email = "email",
    }
}

wire_enum! {
    /// The state of a delivery.
    DeliveryState {
        /// Waits to be sent.
        Queued = "queued",
        /// The mail server accepted it.
        Sent = "sent",
        /// Not sent on purpose. `reason` says why.
        Skipped = "skipped",
        /// The mail server refused the address.
        Bounced = "bounced",
        /// Could not be sent, and is not tried again. `reason` says why.
        Failed = "failed",
        /// The mail server could not be reached until it was too late.
        Expired = "expired",
        /// The connection to the mail server broke before it confirmed the email. It is sent once
        /// more.
        Unknown = "unknown",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub reminder_id: ReminderId,
    pub member_id: MemberId,
    pub channel: DeliveryChannel,
    pub state: DeliveryState,
    pub reason: Option<String>,
    pub attempts: i32,
    pub sent_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
