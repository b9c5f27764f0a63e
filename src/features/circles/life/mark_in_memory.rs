//! `mark_circle_in_memory`: the patient has died. One transaction cancels everything that is to
//! come, so that no email follows.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::locked::LockedCircle;
use super::super::rules::CircleVerb;
use super::super::types::Circle;
use super::cancel_plans::cancel_plans;
use crate::access::{CircleAccess, CirclePath, ManageCircle};
use crate::app::App;
use crate::entity::circle::CircleState;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::problem::{FieldErrorCode, Problem};

/// That the patient has died.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "confirm": true })))]
pub struct MarkCircleInMemoryRequest {
    /// Send `true`. Ask the person first: this cannot be undone.
    #[garde(skip)]
    pub confirm: bool,
}

/// Mark a circle as in memory.
///
/// For when the patient has died. Everything that is to come is canceled at once: open tasks,
/// appointments to come, needs, offers of roles, invitations, all reminders and all emails that
/// wait. Questions planned for these appointments are drafts again. What has begun, such as a stay
/// over several days, stays as it was, but leaves the agenda of the members. From then on the circle
/// sends no reminders and no notifications, and nothing new can be planned in it. What was written
/// can be read, and members can still write messages. This cannot be undone.
///
/// The other members get one email, which says this in neutral words. If it was done before,
/// nothing changes.
///
/// - 403 `forbidden`: only coordinators can do this
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 409 `circle_archived`: the circle is archived; unarchive it first
/// - 422 `not_confirmed`: `confirm` is not `true`
#[utoipa::path(
    post, path = "/circles/{circle_id}/mark-in-memory", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn mark_circle_in_memory(
    app: App,
    access: CircleAccess<ManageCircle>,
    Json(request): Json<MarkCircleInMemoryRequest>,
) -> Result<Resource<Circle>, Problem> {
    access.check_recent()?;
    let mut circle = LockedCircle::open(&app, &access).await?;
    if circle.check_unless_in_effect(CircleVerb::MarkInMemory)? {
        check_confirmed(&request)?;
        circle
            .change_state(CircleVerb::MarkInMemory, CircleState::InMemory)
            .await?;
        cancel_plans(&mut circle.write).await?;
        circle.tell_state().await?;
    }
    circle.respond().await
}

fn check_confirmed(request: &MarkCircleInMemoryRequest) -> Result<(), Problem> {
    if request.confirm {
        return Ok(());
    }
    let detail = "Send `true` if the person has confirmed it. This cannot be undone.";
    Err(Problem::field(
        "/confirm",
        FieldErrorCode::NotConfirmed,
        detail,
    ))
}
