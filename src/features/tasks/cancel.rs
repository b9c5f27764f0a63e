//! `cancel_task`: a task is not to be done any more, or a suggestion is refused.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ProposeTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::subject::Subject;
use crate::problem::Problem;

/// Cancel a task.
///
/// For good; its reminders are cancelled too, and those who hold it are told. If it was
/// suggested and not approved, the person who suggested it is told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/cancel", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn cancel_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.check_unless_in_effect(TaskVerb::Cancel)? {
        let was_suggested = task.row.state == TaskState::Proposed;
        let mut row = task.row.clone().into_active_model();
        row.state = Set(TaskState::Cancelled);
        task.save_state(TaskVerb::Cancel, row).await?;
        let was = task::Entity::moment(&task.row);
        task.notify_concerned(NotificationKind::Cancelled, was)
            .await?;
        if was_suggested {
            task.notify_who_suggested(NotificationKind::NotApproved)
                .await?;
        }
    }
    task.respond().await
}
