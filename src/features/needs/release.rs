//! `release_need`: the caller releases a need that they claimed.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ClaimNeeds, OrOfMember};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Release a need that you claimed.
///
/// The need is open to others again, and your reminders are canceled. The member who
/// offered it to you is told, and so are the members who want emails about uncovered
/// work: by default the coordinators. If nobody else is told less than a day before it
/// starts, the members who could claim it are.
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot release needs
/// - 409 `invalid_transition`: you have not claimed the need, or it is not open
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/release", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn release_need(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimNeeds>>,
    Path(path): Path<NeedPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.act_for(OnBehalfOfRequest::member(body)).await?;
    need.decline_or_release(NeedVerb::Release, NotificationKind::Released)
        .await?;
    need.respond().await
}
