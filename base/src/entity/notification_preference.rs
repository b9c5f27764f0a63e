//! What a member wants to be told, and how. A missing row is the default.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId};

wire_enum! {
    /// What a notification is about.
    NotificationCategory {
        /// Reminders of what you have taken on or take part in.
        Reminders = "reminders",
        /// Questions to you, changes to what you have taken on or take part in, and
        /// answers to what you asked of others and to what you suggested.
        Assigned = "assigned",
        /// Appointments that you are no part of; tasks that others suggest and you may
        /// approve; and what has come free shortly before it begins, if neither the
        /// person who asked for it nor a coordinator is told.
        Announcements = "announcements",
        /// What was given back or has come free, and what was declined shortly before it
        /// begins.
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
