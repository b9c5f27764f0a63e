//! `offer_task`: asks a member whether they do a task.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OfferRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Offer a task to a member.
///
/// The member is told, and accepts or declines. If you offer the task to yourself, you
/// claim it. If the member has it or was asked already, nothing changes. You can also offer a task
/// that somebody has claimed who is away then or hands it over: the member who accepts takes it over.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can offer a task, and
///   only if they can write its topic
/// - 409 `invalid_transition`: the task is not open
/// - 409 `fully_covered`, `overlap`: you offer it to yourself and cannot claim it
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active, is a viewer, or
///   does not see the topic
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/offer", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn offer_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
    Json(offer): Json<OfferRequest>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let (offer_verb, claim_verb) = (TaskVerb::Offer, TaskVerb::Claim);
    task.offer(offer.member_id, offer_verb, claim_verb).await?;
    task.respond().await
}
