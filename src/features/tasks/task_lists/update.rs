//! `update_task_list`: the title and the position of a task list.

use sea_orm::IntoActiveModel;

use super::store::describe;
use super::types::{TaskList, TaskListPath};
use crate::access::change_log::{Change, merge_patch};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{Position as ListPosition, Title};
use crate::problem::Problem;

merge_patch! {
    /// What to change in a task list.
    #[schema(examples(json!({ "position": 2 })))]
    #[schema(as = UpdateTaskListRequest)]
    pub struct TaskListPatch for task_list {
        /// What the task list is called.
        #[garde(dive)]
        title: Title,
        /// Where to show the task list: small numbers come first.
        #[garde(dive)]
        position: ListPosition,
    }
}

/// Update a task list.
///
/// You change its title and position. Its tasks stay as they are, and nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a task
///   list
#[utoipa::path(
    patch, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task list", body = TaskList), Problem),
)]
pub async fn update_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskListPath>,
    Json(changes): Json<TaskListPatch>,
) -> Result<Resource<TaskList>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    write.check_version(before.version)?;
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        let answer = describe(write.scope(), before);
        return write.commit(Resource::new(answer)).await;
    }
    let after = write.update::<task_list::Entity>(&before, row).await?;
    write
        .log(Change::to::<task_list::Entity>("updated", &after).fields(fields.names()))
        .await?;
    let answer = describe(write.scope(), after);
    write.commit(Resource::new(answer)).await
}
