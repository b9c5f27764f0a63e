//! What a member wants to be told, and how. A missing row is the default.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId};

wire_enum! {
    /// What a notification is about.
    NotificationCategory {
        /// What one has taken on or is part of is coming up.
        Reminders = "reminders",
        /// Offers made to one, and changes to what one has taken on or is part of.
        Assigned = "assigned",
        /// What the circle is told: appointments made, moved and cancelled; and what
        /// has come free, when nobody else would hear of it.
        Announcements = "announcements",
        /// What nobody holds any more shortly before it is due.
        Gaps = "gaps",
    }
}

wire_enum! {
    /// Whether to be told.
    NotificationDelivery {
        /// By mail, when it happens.
        Now = "now",
        /// Not at all.
        Off = "off",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_preferences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: NotificationCategory,
    pub delivery: NotificationDelivery,
    /// When the link of a mail switched it off; nothing once it is chosen in the app.
    pub off_by_link_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
