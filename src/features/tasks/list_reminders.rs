//! `list_task_reminders`: the reminders of a task and their emails.

use sea_orm::{ColumnTrait, Condition};

use super::types::TaskPath;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{reminder, task};
use crate::http::extract::Path;
use crate::http::response::Body;
use crate::notify::reminders::{ReminderCollection, overview_of};
use crate::problem::Problem;

/// List the reminders of a task.
///
/// Shows which reminders are planned, and what became of each email.
///
/// - 404 `not_found`: there is no such task, or you do not see its topic
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}/reminders", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The reminders", body = ReminderCollection), Problem),
)]
pub async fn list_task_reminders(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
) -> Result<Body<ReminderCollection>, Problem> {
    let task = circle.require::<task::Entity>(path.task_id).await?;
    let of_task = Condition::all().add(reminder::Column::TaskId.eq(task.id));
    overview_of(&circle, of_task).await.map(Body)
}
