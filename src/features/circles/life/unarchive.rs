//! `unarchive_circle`: an archived circle goes on as it was before.

use super::super::locked::LockedCircle;
use super::super::rules::CircleVerb;
use super::super::types::Circle;
use crate::access::{ChangeCircleState, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::circle::CircleState;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::problem::Problem;

/// Unarchive a circle.
///
/// The circle is again as it was before: active, paused, or kept in memory. What is still ahead has
/// its reminders again. Nobody is told. If it is not archived, nothing changes.
///
/// - 403 `forbidden`: only coordinators can unarchive a circle
#[utoipa::path(
    post, path = "/circles/{circle_id}/unarchive", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn unarchive_circle(
    app: App,
    access: CircleAccess<ChangeCircleState>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    if circle.row.state == CircleState::Archived {
        circle.check(CircleVerb::Unarchive)?;
        let state = circle.row.archived_from.unwrap_or(CircleState::Active);
        circle.change_state(CircleVerb::Unarchive, state).await?;
        reminders::plan_all_ahead(&circle.write).await?;
    }
    circle.respond().await
}
