//! `accept_need`: the caller accepts a need that was offered to them.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ClaimNeeds, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::ClaimRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Accept a need that was offered to you.
///
/// Your assignment becomes `accepted`, and your reminders are planned. Nobody is told, unless you
/// take it over from a member who is away then or hands it over, as when you claim it. The body may
/// be left out.
///
/// - 403 `forbidden`: viewers cannot claim needs
/// - 409 `invalid_transition`: the need is not open, or it is not offered to you
/// - 409 `fully_covered`: enough members have claimed it, and none of them is away then or hands it
///   over
/// - 409 `too_late`: it is over, so nobody can take it over from the member who has it
/// - 409 `overlap`: you have something else at that time, in any of your circles; send
///   `allow_overlap` to do both
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/accept", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn accept_need(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimNeeds>>,
    Path(path): Path<NeedPath>,
    body: Option<Json<ClaimRequest>>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let ClaimRequest {
        on_behalf_of_member_id,
        allow_overlap,
    } = ClaimRequest::of(body);
    need.act_for(on_behalf_of_member_id).await?;
    need.claim(NeedVerb::Accept, allow_overlap).await?;
    need.respond().await
}
