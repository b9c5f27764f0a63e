//! `offer_task`: asks a member to take a task on.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Whom to ask.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct Offer {
    #[garde(skip)]
    pub member_id: MemberId,
}

/// Offer a task to somebody.
///
/// They accept or decline; nobody is assigned over their head. Offered to
/// yourself, it is claimed.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/offer", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn offer_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
    Json(offer): Json<Offer>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let (offer_verb, claim_verb) = (TaskVerb::Offer, TaskVerb::Claim);
    task.offer(offer.member_id, offer_verb, claim_verb).await?;
    task.respond().await
}
