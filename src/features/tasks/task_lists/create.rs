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
use crate::entity::personal_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::text::{Position as ListPosition, Title};
use crate::problem::Problem;

/// A list to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "This week" })))]
pub struct NewTaskList {
    /// An id of one's own choice, a UUIDv7, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<TaskListId>,
    #[garde(dive)]
    pub title: Title,
    /// Default: 0.
    #[serde(default)]
    #[garde(dive)]
    pub position: Option<ListPosition>,
}

/// Create a task list.
///
/// What one sees in it is decided task by task.
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-lists", tag = "task lists", params(CirclePath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The list", body = TaskList), Problem),
)]
pub async fn create_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Json(new): Json<NewTaskList>,
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
