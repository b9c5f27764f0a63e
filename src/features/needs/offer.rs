//! `offer_need`: asks a member to take a need.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Whom to ask to take a need.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct NeedOffer {
    #[garde(skip)]
    pub member_id: MemberId,
}

/// Ask somebody to take a need.
///
/// They take it or decline. Asked of yourself, it is taken.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/offer", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn offer_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(offer): Json<NeedOffer>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let (offer_verb, claim_verb) = (NeedVerb::Offer, NeedVerb::Take);
    need.offer(offer.member_id, offer_verb, claim_verb).await?;
    need.respond().await
}
