//! The reminders of a task.

use sea_orm::{ColumnTrait, Condition};

use super::types::TaskPath;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::{reminder, task};
use crate::http::extract::Path;
use crate::http::response::Body;
use crate::notify::reminders::{ReminderOverview, overview_of};
use crate::problem::Problem;

/// See what became of a task's reminders.
///
/// Those that are planned, and what happened to each mail.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}/reminders", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The reminders", body = ReminderOverview), Problem),
)]
pub async fn list_task_reminders(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
) -> Result<Body<ReminderOverview>, Problem> {
    let task = circle.require::<task::Entity>(path.task_id).await?;
    let of_task = Condition::all().add(reminder::Column::TaskId.eq(task.id));
    overview_of(&circle, of_task).await.map(Body)
}
