//! One reminder to one member over one channel, and whether it was sent.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, DeliveryId, MemberId, ReminderId};

wire_enum! {
    /// How a reminder travels.
    Channel {
        /// By e-mail.
        Email = "email",
    }
}

wire_enum! {
    /// Where a delivery stands.
    DeliveryState {
        /// Waits for the mail server.
        Queued = "queued",
        /// The mail server took it.
        Sent = "sent",
        /// Not sent on purpose; `reason` says why.
        Skipped = "skipped",
        /// The mail server refused the address.
        Bounced = "bounced",
        /// Given up; `reason` says why.
        Failed = "failed",
        /// The mail server could not be reached while it was of use.
        Expired = "expired",
        /// The connection died after the mail was handed over; one more try follows.
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
    pub channel: Channel,
    pub state: DeliveryState,
    pub reason: Option<String>,
    pub attempts: i32,
    pub sent_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
