//! `place_handover`: a coordinator gives what somebody hands over to another member.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedHandover;
use super::rules::HandoverVerb;
use super::types::{Handover, HandoverPath};
use crate::access::{CircleAccess, CirclePath, PlaceHandovers};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::require_levels;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::{FieldErrorCode, Problem};

/// The member who gets it.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct PlaceHandoverRequest {
    /// The id of the member. Ask them first: they have it at once.
    #[garde(skip)]
    pub member_id: MemberId,
}

/// Place a handover with a member.
///
/// The member gets what somebody hands over. It is for a member who said yes and cannot accept it in
/// the app. The member has it at once, also if they have something else at that time. Both members
/// are told.
///
/// - 403 `forbidden`: only coordinators can do it
/// - 409 `invalid_transition`: another member has accepted it, or it ended
/// - 409 `too_late`: its time is over
/// - 409 `already_assigned`: the member has a part in it already
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active, is a viewer, or does
///   not see the topic
#[utoipa::path(
    post, path = "/circles/{circle_id}/handovers/{handover_id}/place", tag = "handovers",
    params(CirclePath, HandoverPath),
    security(("personal_access_token" = [
        TokenScope::TasksWrite, TokenScope::AppointmentsWrite, TokenScope::RolesWrite,
    ])),
    responses((status = OK, description = "The handover", body = Handover), Problem),
)]
pub async fn place_handover(
    app: App,
    circle: CircleAccess<PlaceHandovers>,
    Path(path): Path<HandoverPath>,
    Json(place): Json<PlaceHandoverRequest>,
) -> Result<Resource<Handover>, Problem> {
    let handover = LockedHandover::open(&app, &circle, path.handover_id).await?;
    let verb = HandoverVerb::Place;
    let is_again = handover.row.taken_by_member_id == Some(place.member_id);
    if is_again && !handover.check_unless_in_effect(verb)? {
        return handover.respond().await;
    }
    handover.check(verb)?;
    handover.check_in_time()?;
    let to = require_levels(&handover.write, "/member_id", place.member_id).await?;
    let topic = handover.related.topic_of(&handover.row);
    if !to.may_take_part(topic) {
        let detail = "This member is a viewer or does not see the topic. Name another member.";
        return Err(Problem::field(
            "/member_id",
            FieldErrorCode::MemberCannotTakePart,
            detail,
        ));
    }
    let tell = Some(NotificationKind::Placed);
    let handover = handover.give_to(verb, to.row.id, tell, None).await?;
    handover.respond().await
}
