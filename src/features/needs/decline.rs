//! `decline_need`: the caller declines a need that was offered to them.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ClaimNeeds};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Decline a need that was offered to you.
///
/// You give no reason. The member who offered it is told. Less than a day before it
/// starts, the members who want emails about uncovered work are told too: by default the
/// coordinators. If nobody else is told then, the members who could claim it are.
///
/// - 403 `forbidden`: viewers cannot decline needs
/// - 409 `invalid_transition`: the need is not open, or it is not offered to you
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/decline", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn decline_need(
    app: App,
    circle: CircleAccess<ClaimNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.decline_or_release(NeedVerb::Decline, NotificationKind::Declined)
        .await?;
    need.respond().await
}
