use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{TakeOn, Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Claim a task.
///
/// Claiming is accepting. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/claim", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn claim_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let allow_overlap = TakeOn::allows_overlap(take_on);
    task.take_on(TaskVerb::Claim, allow_overlap).await?;
    task.respond().await
}
