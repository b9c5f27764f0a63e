//! `offer_need`: asks a member whether they claim a need.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OfferRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Offer a need to a member.
///
/// The member is told, and accepts or declines it. If you offer the need to yourself, you
/// claim it. If the member has it or was asked already, nothing changes. You can also offer a need
/// that somebody has claimed who is away then or hands it over: the member who accepts takes it over.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can offer a need, and
///   only if they can write the topic `daily`
/// - 409 `invalid_transition`: the need is not open
/// - 409 `fully_covered`, `overlap`: you offer it to yourself and cannot claim it
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active, is a viewer, or
///   does not see everyday things
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/offer", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn offer_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(offer): Json<OfferRequest>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let (offer_verb, claim_verb) = (NeedVerb::Offer, NeedVerb::Claim);
    need.offer(offer.member_id, offer_verb, claim_verb).await?;
    need.respond().await
}
