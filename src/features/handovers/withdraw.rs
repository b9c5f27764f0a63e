//! `withdraw_handover`: the caller keeps what they wanted to hand over.

use super::locked::LockedHandover;
use super::rules::HandoverVerb;
use super::types::{Handover, HandoverPath};
use crate::access::{CircleAccess, CirclePath, HandOver};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Withdraw a handover.
///
/// You keep it, and nobody can accept it any more. Nobody is told.
///
/// - 403 `forbidden`: only the member who started it can withdraw it
/// - 409 `invalid_transition`: it ended already
#[utoipa::path(
    post, path = "/circles/{circle_id}/handovers/{handover_id}/withdraw", tag = "handovers",
    params(CirclePath, HandoverPath),
    security(("personal_access_token" = [
        TokenScope::TasksWrite, TokenScope::AppointmentsWrite, TokenScope::RolesWrite,
    ])),
    responses((status = OK, description = "The handover", body = Handover), Problem),
)]
pub async fn withdraw_handover(
    app: App,
    circle: CircleAccess<HandOver>,
    Path(path): Path<HandoverPath>,
) -> Result<Resource<Handover>, Problem> {
    let mut handover = LockedHandover::open(&app, &circle, path.handover_id).await?;
    if handover.check_right_and_verb(HandoverVerb::Withdraw)? {
        handover.end_and_keep(HandoverVerb::Withdraw).await?;
    }
    handover.respond().await
}
