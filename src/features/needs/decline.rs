//! `decline_need`: declines an offered need.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, TakeNeeds};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Decline an offered need.
///
/// Nobody asks why, and nobody counts. The person who asked is told; less than a
/// day before the coordinators too, and if nobody else would be told, those who
/// could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/decline", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn decline_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.decline_or_release(NeedVerb::Decline, NotificationKind::Declined)
        .await?;
    need.respond().await
}
