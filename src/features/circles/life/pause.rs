//! `pause_circle`: the patient is away from home. Tasks wait, appointments go on.

use super::super::locked::LockedCircle;
use super::super::rules::CircleVerb;
use super::super::types::Circle;
use crate::access::{ChangeCircleState, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::circle::CircleState;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::problem::Problem;

/// Pause a circle.
///
/// For a stay in a hospital. Until the circle is resumed, nobody is reminded of tasks or told of
/// them. Appointments and their needs go on. Members can still read and change everything. The
/// other members are told once. If the circle is paused already, nothing changes.
///
/// - 403 `forbidden`: only coordinators and the patient can pause a circle
/// - 409 `invalid_transition`: the circle is kept in memory or archived
#[utoipa::path(
    post, path = "/circles/{circle_id}/pause", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn pause_circle(
    app: App,
    access: CircleAccess<ChangeCircleState>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    if circle.check_unless_in_effect(CircleVerb::Pause)? {
        reminders::cancel_held_later(&circle.write);
        circle
            .change_state(CircleVerb::Pause, CircleState::Paused)
            .await?;
        circle.tell_state().await?;
    }
    circle.respond().await
}
