//! `delete_task_list`: deletes a task list. Its tasks stay, without a list.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::types::TaskListPath;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{task, task_list};
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete a task list.
///
/// Its tasks stay, without a list. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can delete a task
///   list
#[utoipa::path(
    delete, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = NO_CONTENT, description = "Deleted"), Problem),
)]
pub async fn delete_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskListPath>,
) -> Result<NoContent, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let list = write
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    write.check_version(list.version)?;
    // One statement for all tasks, because other writes wait for the circle's lock meanwhile.
    let on_it = Condition::all().add(task::Column::TaskListId.eq(list.id));
    let tasks = write.find_in_circle::<task::Entity>().filter(on_it.clone());
    let tasks = tasks.all(write.tx()).await?;
    let version = Expr::col(task::Column::Version).add(1);
    let changed = vec![
        (task::Column::TaskListId, Expr::cust("NULL")),
        (task::Column::Version, version),
        (task::Column::UpdatedAt, Expr::value(write.now())),
    ];
    write.update_all::<task::Entity>(on_it, changed).await?;
    let change = |task: &task::Model| {
        Change::to::<task::Entity>("updated", task)
            .about(task.topic)
            .fields(vec!["task_list_id"])
    };
    write.log_all(tasks.iter().map(change).collect()).await?;
    write.delete::<task_list::Entity>(&list).await?;
    write
        .log(Change::to::<task_list::Entity>("deleted", &list))
        .await?;
    write.commit(NoContent).await
}
