//! Lists that group tasks. Everybody sees the lists; which tasks one sees in
//! them is decided per task.

use chrono::{DateTime, Utc};

use garde::Validate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::{Change, merge_patch};
use crate::access::limits;
use crate::access::{CircleAccess, CirclePath, CreateTasks, ViewCircle};
use crate::app::App;
use crate::entity::ids::{CircleId, TaskListId};
use crate::entity::personal_token::TokenScope;
use crate::entity::{task, task_list};
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::{Created, Done, Found, Listed, Resource};
use crate::platform::text::{Position as ListPosition, Title};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// The list in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskListPath {
    /// The list.
    #[param(inline)]
    pub task_list_id: TaskListId,
}

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

merge_patch! {
    /// What to change of a list.
    #[schema(examples(json!({ "position": 2 })))]
    pub struct TaskListChanges for task_list {
        #[garde(dive)]
        title: Title,
        #[garde(dive)]
        position: ListPosition,
    }
}

/// A list that groups tasks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c41",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "title": "This week",
    "position": 0,
    "actions": ["change", "delete"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct TaskList {
    pub id: TaskListId,
    pub circle_id: CircleId,
    pub version: i32,
    pub title: String,
    /// Small numbers first.
    pub position: i32,
    /// What the reader may do now: `change`, `delete`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

impl Resource for TaskList {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/task-lists/{}", self.circle_id, self.id)
    }
}

page_of!(TaskListPage, TaskList);

list_query! {
    /// Which lists.
    pub struct TaskListQuery {}
}

fn describe(scope: &crate::access::CircleScope, row: task_list::Model) -> TaskList {
    let changes = scope.may(crate::access::Permission::CreateTasks);
    TaskList {
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        title: row.title,
        position: row.position,
        actions: if changes {
            vec!["change", "delete"]
        } else {
            Vec::new()
        },
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
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

/// List the task lists.
///
/// In the order in which they were made; `position` is for the client to sort by.
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-lists", tag = "task lists",
    params(CirclePath, TaskListQuery),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of lists", body = TaskListPage), Problem),
)]
pub async fn list_task_lists(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<TaskListQuery>,
) -> Result<Listed<TaskListPage>, Problem> {
    use task_list::Column;
    let listing = circle.listing("task lists", &query)?;
    let etag = circle.collection_tag()?;
    let rows = circle.find::<task_list::Entity>();
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = rows
        .into_iter()
        .map(|row| describe(circle.scope(), row))
        .collect();
    Listed::known(&TaskListPage { data, next_cursor }, etag)
}

/// Read a task list.
///
/// The list alone; its tasks are found by `list_id` among the tasks.
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The list", body = TaskList), Problem),
)]
pub async fn read_task_list(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskListPath>,
) -> Result<Found<TaskList>, Problem> {
    let row = circle
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    circle.found(describe(circle.scope(), row))
}

/// Change a task list.
///
/// Its title and position; its tasks stay as they are.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The list", body = TaskList), Problem),
)]
pub async fn update_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskListPath>,
    Json(changes): Json<TaskListChanges>,
) -> Result<Found<TaskList>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    write.check_version(before.version)?;
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        let answer = describe(write.scope(), before);
        return write.commit(Found::new(answer)).await;
    }
    let after = write.update::<task_list::Entity>(&before, row).await?;
    write
        .log(Change::to::<task_list::Entity>("changed", &after).fields(fields.names()))
        .await?;
    let answer = describe(write.scope(), after);
    write.commit(Found::new(answer)).await
}

/// Delete a task list.
///
/// Its tasks stay, without a list.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = NO_CONTENT, description = "Deleted"), Problem),
)]
pub async fn delete_task_list(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskListPath>,
) -> Result<Done, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let list = write
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    write.check_version(list.version)?;
    // However many there are: others wait for the circle meanwhile.
    let on_it = Condition::all().add(task::Column::ListId.eq(list.id));
    let tasks = write.find_in_circle::<task::Entity>().filter(on_it.clone());
    let tasks = tasks.all(write.tx()).await?;
    let version = Expr::col(task::Column::Version).add(1);
    let changed = vec![
        (task::Column::ListId, Expr::cust("NULL")),
        (task::Column::Version, version),
        (task::Column::UpdatedAt, Expr::value(write.now())),
    ];
    write.update_all::<task::Entity>(on_it, changed).await?;
    let change = |task: &task::Model| {
        Change::to::<task::Entity>("changed", task)
            .about(task.topic)
            .fields(vec!["list_id"])
    };
    write.log_all(tasks.iter().map(change).collect()).await?;
    write.delete::<task_list::Entity>(&list).await?;
    write
        .log(Change::to::<task_list::Entity>("deleted", &list))
        .await?;
    write.commit(Done).await
}
