//! `get_notification_settings`: which emails the caller gets from a circle.

use super::settings::{NotificationSettings, settings_of};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::membership;
use crate::entity::personal_access_token::TokenScope;
use crate::http::response::Body;
use crate::problem::Problem;

/// Get your notification settings.
///
/// They say which emails you get from this circle. What you have not set is `email`. Only `gaps`
/// is `off` for members who are not coordinators. They also say how much these emails say: `nothing`,
/// unless you chose more.
#[utoipa::path(
    get, path = "/circles/{circle_id}/notification-settings", tag = "notifications",
    params(CirclePath),
    security(("personal_access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "Your notification settings", body = NotificationSettings), Problem),
)]
pub async fn get_notification_settings(
    circle: CircleAccess<ViewCircle>,
) -> Result<Body<NotificationSettings>, Problem> {
    let me = circle.scope().member_id().ok_or(Problem::NotFound)?;
    let me = circle.require::<membership::Entity>(me).await?;
    settings_of(circle.db(), &me).await.map(Body)
}
