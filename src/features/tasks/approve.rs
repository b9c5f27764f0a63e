//! `approve_task`: opens a task that a helper suggested.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::subject::item_of;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::TaskState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::{notifications, reminders};
use crate::problem::Problem;

/// Approve a suggested task.
///
/// The task is open from now on, so members can claim it. The member who suggested it is
/// told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can approve a task,
///   and only if they can write its topic
/// - 409 `invalid_transition`: the task is not `proposed`
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/approve", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn approve_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.check_unless_in_effect(TaskVerb::Approve)? {
        let mut row = task.row.clone().into_active_model();
        row.state = Set(TaskState::Open);
        task.save_later(TaskVerb::Approve, row, vec!["state"])
            .await?;
        // A suggestion has no reminders yet.
        reminders::plan_new(&task.write, &item_of(&task.row));
        let approved = task.to_who_suggested(NotificationKind::Approved);
        notifications::notify(&task.write, vec![approved]).await?;
    }
    task.respond().await
}
