//! `decline_need`: the caller declines a need that was offered to them.

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

/// Decline a need that was offered to you.
///
/// You give no reason. The member who offered it is told. Less than a day before it
/// starts, the members who want emails about uncovered work are told too: by default the
/// coordinators. If nobody else is told then, the members who could claim it are.
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot decline needs
/// - 409 `invalid_transition`: the need is not open, or it is not offered to you
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/decline", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn decline_need(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimNeeds>>,
    Path(path): Path<NeedPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.act_for(OnBehalfOfRequest::member(body)).await?;
    need.decline_or_release(NeedVerb::Decline, NotificationKind::Declined)
        .await?;
    need.respond().await
}
