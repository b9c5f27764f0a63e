//! `take_need`: takes a need, offered or not.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, TakeNeeds};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::ClaimRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Take a need on.
///
/// Also accepts an offer. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/take", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn take_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
    body: Option<Json<ClaimRequest>>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let allow_overlap = ClaimRequest::allows_overlap(body);
    need.claim(NeedVerb::Take, allow_overlap).await?;
    need.respond().await
}
