//! `read_notification_preferences`: what the caller is told in a circle.

use super::preferences::{NotificationPreferences, preferences_of};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::membership;
use crate::entity::personal_token::TokenScope;
use crate::http::response::Body;
use crate::problem::Problem;

/// Read your notification settings.
///
/// Without a choice everything is mailed when it happens; `gaps` to coordinators only.
#[utoipa::path(
    get, path = "/circles/{circle_id}/notification-preferences", tag = "notifications",
    params(CirclePath),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The preferences", body = NotificationPreferences), Problem),
)]
pub async fn read_notification_preferences(
    circle: CircleAccess<ViewCircle>,
) -> Result<Body<NotificationPreferences>, Problem> {
    let me = circle.scope().member_id().ok_or(Problem::NotFound)?;
    let me = circle.require::<membership::Entity>(me).await?;
    preferences_of(circle.db(), &me).await.map(Body)
}
