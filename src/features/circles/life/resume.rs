//! `resume_circle`: a paused circle goes on.

use super::super::locked::LockedCircle;
use super::super::rules::CircleVerb;
use super::super::types::Circle;
use crate::access::{ChangeCircleState, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::circle::CircleState;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::problem::Problem;

/// Resume a paused circle.
///
/// What is still ahead has its reminders again. What passed or was told of tasks meanwhile is not
/// sent afterward. The other members are told once. If the circle goes on already, nothing changes.
///
/// - 403 `forbidden`: only coordinators and the patient can resume a circle
/// - 409 `invalid_transition`: the circle is kept in memory or archived
#[utoipa::path(
    post, path = "/circles/{circle_id}/resume", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn resume_circle(
    app: App,
    access: CircleAccess<ChangeCircleState>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    if circle.check_unless_in_effect(CircleVerb::Resume)? {
        circle
            .change_state(CircleVerb::Resume, CircleState::Active)
            .await?;
        reminders::plan_all_ahead(&circle.write).await?;
        circle.tell_state().await?;
    }
    circle.respond().await
}
