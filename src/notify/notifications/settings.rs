//! Which emails each member wants from a circle, and how much they say: the rows, and the defaults for
//! what a member has not set.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::CircleWrite;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, AccessLevel, EmailDetail};
use crate::entity::notification_setting::{self, NotificationCategory, NotificationDelivery};
use crate::platform::db::{ReadRows, Reads};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// Which emails you get from this circle.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "reminders": "email", "assignments": "email", "announcements": "off", "gaps": "off",
    "detail": "nothing", "health_too": false,
    "unsubscribed": [{ "category": "announcements", "unsubscribed_at": "2027-01-02T12:00:00.000Z" }]
})))]
pub struct NotificationSettings {
    /// Reminders of what you claimed or take part in: `email` or `off`.
    pub reminders: NotificationDelivery,
    /// Questions whether you can do something or come; changes to what you claimed or take part
    /// in (it was moved, changed, canceled or completed, or you are no longer part of it);
    /// replies to what you asked of others (they declined, are no longer sure, or released it);
    /// and decisions about tasks that you suggested. People who ask to join, if you can invite.
    pub assignments: NotificationDelivery,
    /// Appointments in which you have no part, when they are scheduled, moved, canceled or
    /// reinstated; tasks that others suggest and you can approve; what still needs somebody a day
    /// before it begins, if you could claim it; and what is open again less than a day before it
    /// begins, if neither the member who asked for it nor a coordinator is told. What still needs
    /// somebody is sent at its time, also with `digest`.
    pub announcements: NotificationDelivery,
    /// What was released or is open again and needs somebody; what still needs somebody two days
    /// and a day before it begins; less than two days before it begins, what somebody wants to
    /// hand over; and, less than a day before it begins, what was declined or became unsure. If the
    /// member who asked for it has left the circle, coordinators are told at any time. What still
    /// needs somebody is sent at its time, also with `digest`.
    pub gaps: NotificationDelivery,
    /// How much your emails from this circle say of what they are about: `nothing`, the `kind` of
    /// thing, or the `title` and the place. Subjects never say it. If others can read your mailbox,
    /// or see your emails on a locked phone or a shared computer, choose `nothing`. The patient can
    /// forbid it for the circle: see `email_details_forbidden` of the circle.
    pub detail: EmailDetail,
    /// Whether they say it of health topics too.
    pub health_too: bool,
    /// Categories that are off because somebody used the link in one of your emails. A category
    /// that you set yourself is not in this list.
    pub unsubscribed: Vec<UnsubscribedCategory>,
}

/// A category of emails that a link turned off.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "category": "announcements", "unsubscribed_at": "2027-01-02T12:00:00.000Z" })))]
pub struct UnsubscribedCategory {
    /// The category: `reminders`, `assignments`, `announcements` or `gaps`.
    pub category: NotificationCategory,
    /// When the link was used.
    #[serde(serialize_with = "in_milliseconds")]
    pub unsubscribed_at: DateTime<Utc>,
}

/// The settings of a member, with the defaults for what they have not set.
pub(super) async fn settings_of(
    connection: &impl Reads,
    member: &membership::Model,
) -> Result<NotificationSettings, Problem> {
    let chosen = choices_of(connection, member.circle_id, member.id).await?;
    let delivery = |category| delivery_or_default(&chosen, category, member.access);
    let mut unsubscribed: Vec<_> = chosen
        .values()
        .filter_map(|row| {
            let unsubscribed_at = row.unsubscribed_at?;
            let category = row.category;
            Some(UnsubscribedCategory {
                category,
                unsubscribed_at,
            })
        })
        .collect();
    unsubscribed.sort_by_key(|off| off.category);
    Ok(NotificationSettings {
        unsubscribed,
        reminders: delivery(NotificationCategory::Reminders),
        assignments: delivery(NotificationCategory::Assignments),
        announcements: delivery(NotificationCategory::Announcements),
        gaps: delivery(NotificationCategory::Gaps),
        detail: member.email_detail.unwrap_or(EmailDetail::Nothing),
        health_too: member.email_health_since.is_some(),
    })
}

/// What is written of a setting.
const WRITTEN: [notification_setting::Column; 2] = [
    notification_setting::Column::Delivery,
    notification_setting::Column::UnsubscribedAt,
];

/// Sets how a member is told of a category, with the time if a link sets it.
pub(super) async fn put_delivery(
    write: &CircleWrite,
    member: MemberId,
    category: NotificationCategory,
    delivery: NotificationDelivery,
    unsubscribed_at: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let row = row_of(write, member, (category, delivery), unsubscribed_at);
    write
        .put::<notification_setting::Entity>(row, &WRITTEN)
        .await
}

/// Sets how a member is told of some categories, as they chose in the app: one statement, which is
/// sent with the commit.
pub(super) fn put_deliveries_later(
    write: &CircleWrite,
    member: MemberId,
    chosen: impl IntoIterator<Item = (NotificationCategory, NotificationDelivery)>,
) {
    let chosen = chosen.into_iter();
    let rows = chosen.map(|chosen| row_of(write, member, chosen, None));
    write.put_all_later::<notification_setting::Entity>(rows.collect(), &WRITTEN);
}

fn row_of(
    write: &CircleWrite,
    member: MemberId,
    (category, delivery): (NotificationCategory, NotificationDelivery),
    unsubscribed_at: Option<DateTime<Utc>>,
) -> notification_setting::ActiveModel {
    notification_setting::ActiveModel {
        circle_id: Set(write.circle_id()),
        member_id: Set(member),
        category: Set(category),
        delivery: Set(delivery),
        unsubscribed_at: Set(unsubscribed_at),
    }
}

/// How a member is told of a category.
pub async fn delivery_of(
    connection: &impl Reads,
    member: &membership::Model,
    category: NotificationCategory,
) -> Result<NotificationDelivery, Problem> {
    let chosen = choices_of(connection, member.circle_id, member.id).await?;
    Ok(delivery_or_default(&chosen, category, member.access))
}

/// The settings of a member. A category that is not there has its default.
pub(in crate::notify) type Choices = HashMap<NotificationCategory, notification_setting::Model>;

/// The settings of all members of a circle.
#[expect(
    clippy::disallowed_methods,
    reason = "these rows have no id of their own; the circle is filtered here"
)]
pub(in crate::notify) async fn choices_of_all(
    connection: &impl Reads,
    circle_id: CircleId,
) -> Result<HashMap<MemberId, Choices>, Problem> {
    let rows = notification_setting::Entity::find()
        .filter(notification_setting::Column::CircleId.eq(circle_id))
        .read(connection)
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
    reason = "the rows of one member, by their whole key"
)]
pub(super) async fn choices_of(
    connection: &impl Reads,
    circle_id: CircleId,
    member: MemberId,
) -> Result<Choices, Problem> {
    use notification_setting::Column;
    let rows = notification_setting::Entity::find()
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::MemberId.eq(member))
        .read(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.category, row)).collect())
}

/// By which category a member is told that something still needs people, if at all. Coordinators
/// watch the gaps; the others are told like of anything that they have no part in, unless they
/// turned the gaps off.
pub(in crate::notify) fn gap_category(
    chosen: &Choices,
    access: AccessLevel,
) -> Option<NotificationCategory> {
    use NotificationCategory::{Announcements, Gaps};
    let wants =
        |category| delivery_or_default(chosen, category, access) != NotificationDelivery::Off;
    if wants(Gaps) {
        return Some(Gaps);
    }
    (!chosen.contains_key(&Gaps) && wants(Announcements)).then_some(Announcements)
}

/// How a member with these settings is told of a category.
pub(in crate::notify) fn delivery_or_default(
    chosen: &Choices,
    category: NotificationCategory,
    access: AccessLevel,
) -> NotificationDelivery {
    let default = match category {
        NotificationCategory::Gaps if access != AccessLevel::Coordinator => {
            NotificationDelivery::Off
        }
        _ => NotificationDelivery::Email,
    };
    chosen.get(&category).map_or(default, |row| row.delivery)
}
