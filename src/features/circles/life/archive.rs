//! `archive_circle`: nobody needs the circle any more, but it stays readable.

use sea_orm::Condition;

use super::super::invitations::withdraw_open;
use super::super::locked::LockedCircle;
use super::super::rules::CircleVerb;
use super::super::types::Circle;
use crate::access::{ChangeCircleState, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::circle::CircleState;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::problem::Problem;

/// Archive a circle.
///
/// From then on it can only be read, and sends no reminders and no notifications. Its open
/// invitations are withdrawn. It leaves the agenda, the summary and the calendar of its members, and
/// their search over all circles. Its own calendar and search still work. They can still leave it,
/// export what they see and delete it. Nobody is told. If it is archived already, nothing changes.
///
/// - 403 `forbidden`: only coordinators and the patient can archive a circle
#[utoipa::path(
    post, path = "/circles/{circle_id}/archive", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn archive_circle(
    app: App,
    access: CircleAccess<ChangeCircleState>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    if circle.check_unless_in_effect(CircleVerb::Archive)? {
        withdraw_open(&mut circle.write, Condition::all()).await?;
        reminders::cancel_all_later(&circle.write);
        circle
            .change_state(CircleVerb::Archive, CircleState::Archived)
            .await?;
    }
    circle.respond().await
}
