//! `accept_handover`: the caller takes over what another member hands over.

use super::locked::LockedHandover;
use super::rules::HandoverVerb;
use super::types::{AcceptHandoverRequest, Handover, HandoverPath};
use crate::access::{CircleAccess, CirclePath, HandOver, ON_BEHALF_OF, OrOfMember};
use crate::app::App;
use crate::entity::handover::HandoverState;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Accept a handover.
///
/// You have it from now on, and your reminders are planned. The member who handed it over is
/// released and told. A role goes on until the same last day; if it was the patient's, the family
/// talks about what the patient keeps later. The body may be left out.
///
/// - 403 `forbidden`: viewers cannot accept; if a member is asked by name, only that member can
/// - 409 `invalid_transition`: another member has accepted it, or it ended
/// - 409 `too_late`: its time is over
/// - 409 `already_assigned`: you have a part in it already
/// - 409 `overlap`: you have something else at that time, in any of your circles; send
///   `allow_overlap` to do both
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/handovers/{handover_id}/accept", tag = "handovers",
    params(CirclePath, HandoverPath),
    security(("personal_access_token" = [
        TokenScope::TasksWrite, TokenScope::AppointmentsWrite, TokenScope::RolesWrite,
    ])),
    responses((status = OK, description = "The handover", body = Handover), Problem),
)]
pub async fn accept_handover(
    app: App,
    circle: CircleAccess<OrOfMember<HandOver>>,
    Path(path): Path<HandoverPath>,
    body: Option<Json<AcceptHandoverRequest>>,
) -> Result<Resource<Handover>, Problem> {
    let mut handover = LockedHandover::open(&app, &circle, path.handover_id).await?;
    let AcceptHandoverRequest {
        on_behalf_of_member_id: for_whom,
        allow_overlap,
    } = body.map(|Json(body)| body).unwrap_or_default();
    let topic = handover.related.topic_of(&handover.row);
    handover
        .write
        .act_for(ON_BEHALF_OF, for_whom, topic)
        .await?;
    let me = handover
        .write
        .scope()
        .member_id()
        .ok_or(Problem::NotFound)?;
    let is_mine = handover.row.taken_by_member_id == Some(me);
    if handover.row.state == HandoverState::Accepted && !is_mine {
        handover.check_right(HandoverVerb::Accept)?;
        return Err(handover.does_not_fit());
    }
    if !handover.check_right_and_verb(HandoverVerb::Accept)? {
        return handover.respond().await;
    }
    handover.check_in_time()?;
    let verb = HandoverVerb::Accept;
    let handover = handover
        .give_to(verb, me, None, Some(allow_overlap))
        .await?;
    handover.respond().await
}
