//! What one wants to be told by mail, circle by circle.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{CircleAccess, CirclePath, CircleWrite, ViewCircle};
use crate::answer::Report;
use crate::app::App;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::notification_preference::{self, NotificationCategory, NotificationDelivery};
use crate::extract::Json;
use crate::problem::Problem;

/// What one is told in this circle.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "reminders": "now" })))]
pub struct NotificationPreferences {
    /// Reminders of what one has taken on.
    pub reminders: NotificationDelivery,
}

/// What one wants to be told in this circle.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "reminders": "off" })))]
pub struct NotificationChoices {
    /// Reminders of what one has taken on.
    #[garde(skip)]
    pub reminders: NotificationDelivery,
}

/// Read what one is told in this circle.
#[utoipa::path(
    get, path = "/circles/{circle_id}/notification-preferences", tag = "notifications",
    params(CirclePath),
    responses((status = OK, description = "The preferences", body = NotificationPreferences), Problem),
)]
pub async fn read_notification_preferences(
    circle: CircleAccess<ViewCircle>,
) -> Result<Report<NotificationPreferences>, Problem> {
    let me = circle.scope().member_id().ok_or(Problem::NotFound)?;
    let reminders = reminder_delivery(circle.db(), circle.circle_id(), me).await?;
    Ok(Report(NotificationPreferences { reminders }))
}

/// Choose what one is told in this circle.
#[utoipa::path(
    put, path = "/circles/{circle_id}/notification-preferences", tag = "notifications",
    params(CirclePath),
    responses((status = OK, description = "The preferences", body = NotificationPreferences), Problem),
)]
pub async fn replace_notification_preferences(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Json(choices): Json<NotificationChoices>,
) -> Result<Report<NotificationPreferences>, Problem> {
    let write = app.begin_write(&circle).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let reminders = choices.reminders;
    put_reminder_delivery(&write, me, reminders).await?;
    write
        .commit(Report(NotificationPreferences { reminders }))
        .await
}

/// Sets whether a member gets reminders.
pub async fn put_reminder_delivery(
    write: &CircleWrite,
    member: MemberId,
    delivery: NotificationDelivery,
) -> Result<(), Problem> {
    let row = notification_preference::ActiveModel {
        circle_id: Set(write.circle_id()),
        member_id: Set(member),
        category: Set(NotificationCategory::Reminders),
        delivery: Set(delivery),
    };
    let changed = [notification_preference::Column::Delivery];
    write
        .put::<notification_preference::Entity>(row, &changed)
        .await
}

/// Whether a member gets reminders; without a choice, yes.
#[expect(
    clippy::disallowed_methods,
    reason = "one member's own choice, by its whole key"
)]
pub async fn reminder_delivery(
    connection: &impl ConnectionTrait,
    circle_id: CircleId,
    member: MemberId,
) -> Result<NotificationDelivery, Problem> {
    use notification_preference::Column;
    let row = notification_preference::Entity::find()
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::MemberId.eq(member))
        .filter(Column::Category.eq(NotificationCategory::Reminders))
        .one(connection)
        .await?;
    Ok(row.map_or(NotificationDelivery::Now, |row| row.delivery))
}
