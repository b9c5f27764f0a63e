//! The notification settings of a member: one row for each category. A missing row means the
//! default.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId};
use crate::row::Row;

wire_enum! {
    /// What a notification or reminder is about.
    NotificationCategory {
        /// Reminders of your tasks, needs and appointments.
        Reminders = "reminders",
        /// Offers to you, changes to your tasks, needs, roles and appointments, and answers to
        /// what you offered or suggested.
        Assignments = "assignments",
        /// Appointments that you do not attend, and suggested tasks that you can approve. Also
        /// what becomes uncovered shortly before it starts, if neither the member who planned
        /// it nor a coordinator is told.
        Announcements = "announcements",
        /// What was released or became uncovered, and what was declined shortly before it starts.
        Gaps = "gaps",
    }
}

wire_enum! {
    /// How you are told.
    NotificationDelivery {
        /// By email, when it happens. In your quiet hours it waits for their end.
        Email = "email",
        /// Together, in one email at the time that your account says, and only if there is
        /// something. What would come too late then is sent when it happens, and so is what needs
        /// somebody within twelve hours.
        Digest = "digest",
        /// No email is sent.
        Off = "off",
    }
}

wire_enum! {
    /// Whether you are reminded. A reminder has its time, so it is in no digest.
    ReminderSetting {
        /// By email, when it is due. In your quiet hours it waits for their end, unless it would
        /// come too late then.
        Email = "email",
        /// No email is sent.
        Off = "off",
    }
}

impl From<ReminderSetting> for NotificationDelivery {
    fn from(delivery: ReminderSetting) -> Self {
        match delivery {
            ReminderSetting::Email => Self::Email,
            ReminderSetting::Off => Self::Off,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "notification_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: NotificationCategory,
    pub delivery: NotificationDelivery,
    /// When the member unsubscribed with the link in an email. `None` after the member chose the
    /// setting in an app.
    pub unsubscribed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
