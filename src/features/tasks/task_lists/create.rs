//! `create_task_list`: creates a list that groups tasks.

use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::describe;
use super::types::TaskList;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CreateTasks, limits};
use crate::app::App;
use crate::entity::ids::TaskListId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::text::{Position as ListPosition, Title};
use crate::problem::Problem;

/// A task list to create.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "This week" })))]
pub struct CreateTaskListRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<TaskListId>,
    /// What the task list is called.
    #[garde(dive)]
    pub title: Title,
    /// Where to show the task list: small numbers come first. Default: 0.
    #[serde(default)]
    #[garde(dive)]
    pub position: Option<ListPosition>,
}

/// Create a task list.
///
/// Every member sees the task list. Which tasks they see in it depends on the topic of
/// each task. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can create a task
///   list
/// - 409 `limit_reached`: the circle has too many task lists
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another task list, or you sent it
///   before with another body
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-lists", tag = "task lists", params(CirclePath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The task list", body = TaskList), Problem),
)]
pub async fn create_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Json(new): Json<CreateTaskListRequest>,
) -> Result<Created<TaskList>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<task_list::Entity>(new.id).await? {
        let answer = describe(write.scope(), before);
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    write
        .check_limit::<task_list::Entity>(limits::TASK_LISTS, Condition::all())
        .await?;
    let row = task_list::ActiveModel {
        id: Set(id),
        title: Set(new.title.into()),
        position: Set(new.position.map_or(0, ListPosition::get)),
        ..Default::default()
    };
    let list = write.create::<task_list::Entity>(row).await?;
    write
        .log(Change::to::<task_list::Entity>("created", &list))
        .await?;
    let answer = describe(write.scope(), list);
    write.commit(Created::new(answer)).await
}
