//! `decline_handover`: the caller does not take over what another member hands over.

use super::locked::LockedHandover;
use super::rules::HandoverVerb;
use super::types::{Handover, HandoverPath};
use crate::access::{CircleAccess, CirclePath, HandOver, ON_BEHALF_OF, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Decline a handover in which you are asked.
///
/// You give no reason. The member who asked you keeps it and is told. The body may be left out.
///
/// - 403 `forbidden`: only the member who is asked can decline it
/// - 409 `invalid_transition`: it ended already
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/handovers/{handover_id}/decline", tag = "handovers",
    params(CirclePath, HandoverPath),
    security(("personal_access_token" = [
        TokenScope::TasksWrite, TokenScope::AppointmentsWrite, TokenScope::RolesWrite,
    ])),
    responses((status = OK, description = "The handover", body = Handover), Problem),
)]
pub async fn decline_handover(
    app: App,
    circle: CircleAccess<OrOfMember<HandOver>>,
    Path(path): Path<HandoverPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<Handover>, Problem> {
    let mut handover = LockedHandover::open(&app, &circle, path.handover_id).await?;
    let for_whom = OnBehalfOfRequest::member(body);
    let topic = handover.related.topic_of(&handover.row);
    handover
        .write
        .act_for(ON_BEHALF_OF, for_whom, topic)
        .await?;
    if handover.check_right_and_verb(HandoverVerb::Decline)? {
        handover.end_and_keep(HandoverVerb::Decline).await?;
    }
    handover.respond().await
}
