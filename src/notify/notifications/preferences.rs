//! What each member wants to be told by mail, circle by circle: the rows, and the defaults of
//! what nobody has chosen.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::CircleWrite;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, Access};
use crate::entity::notification_preference::{self, NotificationCategory, NotificationDelivery};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// Which mails you get from this circle.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "reminders": "now", "assigned": "now", "announcements": "off", "gaps": "off",
    "off_by_link": [{ "category": "announcements", "at": "2027-01-02T12:00:00.000Z" }]
})))]
pub struct NotificationPreferences {
    /// Reminders of what you have taken on or take part in.
    pub reminders: NotificationDelivery,
    /// Questions whether you can do something or come; changes to what you have taken on
    /// or take part in (it was moved, changed, called off, done or taken off you);
    /// answers to what you asked of others (they declined, are not sure any more, or gave it
    /// back); and what becomes of the tasks that you suggest.
    pub assigned: NotificationDelivery,
    /// Appointments that you are no part of, when they are scheduled, moved, called off or
    /// on again; tasks that others suggest and you may approve; and what has come free
    /// less than a day before it begins and needs somebody, if neither the person who
    /// asked for it nor a coordinator is told.
    pub announcements: NotificationDelivery,
    /// What was given back or has come free and needs somebody; and what was declined or
    /// became unsure less than a day before it begins. Coordinators also hear, at any time,
    /// of what was asked by somebody who is not there any more.
    pub gaps: NotificationDelivery,
    /// What is off because somebody who holds a mail of yours opened its link. What you choose
    /// here is not in it any more.
    pub off_by_link: Vec<OffByLink>,
}

/// A kind of mail that a link switched off.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "category": "announcements", "at": "2027-01-02T12:00:00.000Z" })))]
pub struct OffByLink {
    /// `reminders`, `assigned`, `announcements` or `gaps`.
    pub category: NotificationCategory,
    #[serde(serialize_with = "in_milliseconds")]
    pub at: DateTime<Utc>,
}

/// The preferences of a member, with the defaults of what they have not chosen.
pub(super) async fn preferences_of(
    connection: &impl ConnectionTrait,
    member: &membership::Model,
) -> Result<NotificationPreferences, Problem> {
    let chosen = choices_of(connection, member.circle_id, member.id).await?;
    let delivery = |category| delivery_or_default(&chosen, category, member.access);
    let mut off_by_link: Vec<_> = chosen
        .values()
        .filter_map(|row| {
            let at = row.off_by_link_at?;
            let category = row.category;
            Some(OffByLink { category, at })
        })
        .collect();
    off_by_link.sort_by_key(|off| off.category);
    Ok(NotificationPreferences {
        off_by_link,
        reminders: delivery(NotificationCategory::Reminders),
        assigned: delivery(NotificationCategory::Assigned),
        announcements: delivery(NotificationCategory::Announcements),
        gaps: delivery(NotificationCategory::Gaps),
    })
}

/// Sets how a member is told of a category, and when a link did it.
pub(super) async fn put_delivery(
    write: &CircleWrite,
    member: MemberId,
    category: NotificationCategory,
    delivery: NotificationDelivery,
    off_by_link_at: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let row = notification_preference::ActiveModel {
        circle_id: Set(write.circle_id()),
        member_id: Set(member),
        category: Set(category),
        delivery: Set(delivery),
        off_by_link_at: Set(off_by_link_at),
    };
    let changed = [
        notification_preference::Column::Delivery,
        notification_preference::Column::OffByLinkAt,
    ];
    write
        .put::<notification_preference::Entity>(row, &changed)
        .await
}

/// How a member is told of a category.
pub async fn delivery_of(
    connection: &impl ConnectionTrait,
    member: &membership::Model,
    category: NotificationCategory,
) -> Result<NotificationDelivery, Problem> {
    let chosen = choices_of(connection, member.circle_id, member.id).await?;
    Ok(delivery_or_default(&chosen, category, member.access))
}

/// What a member has chosen; a category that is not there has its default.
pub(super) type Choices = HashMap<NotificationCategory, notification_preference::Model>;

/// What all members of a circle have chosen.
#[expect(
    clippy::disallowed_methods,
    reason = "choices have no id of their own; the circle is filtered here"
)]
pub(super) async fn choices_of_all(
    connection: &impl ConnectionTrait,
    circle_id: CircleId,
) -> Result<HashMap<MemberId, Choices>, Problem> {
    let rows = notification_preference::Entity::find()
        .filter(notification_preference::Column::CircleId.eq(circle_id))
        .all(connection)
        .await?;
    let mut all: HashMap<MemberId, Choices> = HashMap::new();
    for row in rows {
        let choices = all.entry(row.member_id).or_default();
        choices.insert(row.category, row);
    }
    Ok(all)
}

#[expect(
    clippy::disallowed_methods,
    reason = "one member's own choices, by their whole key"
)]
pub(super) async fn choices_of(
    connection: &impl ConnectionTrait,
    circle_id: CircleId,
    member: MemberId,
) -> Result<Choices, Problem> {
    use notification_preference::Column;
    let rows = notification_preference::Entity::find()
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::MemberId.eq(member))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.category, row)).collect())
}

/// How a member with these choices is told of a category.
pub(super) fn delivery_or_default(
    chosen: &Choices,
    category: NotificationCategory,
    access: Access,
) -> NotificationDelivery {
    let default = match category {
        NotificationCategory::Gaps if access != Access::Coordinator => NotificationDelivery::Off,
        _ => NotificationDelivery::Now,
    };
    chosen.get(&category).map_or(default, |row| row.delivery)
}
