//! `create_checklist_item`: adds an item to the checklist of a task.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::types::ChecklistItem;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, SuggestTasks, limits};
use crate::app::App;
use crate::entity::ids::ChecklistItemId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_checklist_item;
use crate::features::participation::RelatedParts;
use crate::features::tasks::locked::LockedTask;
use crate::features::tasks::rules::TaskVerb;
use crate::features::tasks::types::TaskPath;
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::platform::text::{ChecklistTitle, Position};
use crate::problem::Problem;

/// The largest position.
const LAST_POSITION: i32 = 10_000;

/// An item to add to a checklist.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "Take the insurance card along" })))]
pub struct CreateChecklistItemRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<ChecklistItemId>,
    /// What is to be done.
    #[garde(dive)]
    pub title: ChecklistTitle,
    /// Its place in the checklist: small numbers come first. Default: after the others.
    #[serde(default)]
    #[garde(dive)]
    pub position: Option<Position>,
}

/// Add an item to the checklist of a task.
///
/// The task shows it. Members who have claimed the task can check it. Nobody is told. A task of a
/// series becomes an exception: the series does not change it any more.
///
/// - 403 `forbidden`: coordinators and the patient can add items to every task, caregivers to
///   their own and those that nobody else has claimed, helpers only to their own suggestions
/// - 404 `not_found`: there is no such task, or you do not see its topic
/// - 409 `invalid_transition`: the task is completed, canceled or lapsed
/// - 409 `limit_reached`: the checklist has too many items
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another item, or you sent it before
///   with another body
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/checklist-items", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The item", body = ChecklistItem), Problem),
)]
pub async fn create_checklist_item(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<TaskPath>,
    Json(new): Json<CreateChecklistItemRequest>,
) -> Result<Created<ChecklistItem>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let before = task
        .write
        .made_before::<task_checklist_item::Entity>(new.id)
        .await?;
    if let Some(before) = before {
        let assignments = task.related.parts();
        let answer = store::describe(task.write.scope(), &task.row, assignments, before);
        return task.write.commit(Created::again(answer)).await;
    }
    task.check(TaskVerb::CreateChecklistItem)?;
    let there = &task.related.checklist;
    limits::CHECKLIST_ITEMS_PER_TASK.check(there.len() as u64)?;
    let last = there.iter().map(|item| item.position).max();
    let position = match new.position {
        Some(position) => position.get(),
        None => last.map_or(0, |last| (last + 1).min(LAST_POSITION)),
    };
    let row = task_checklist_item::ActiveModel {
        id: Set(new.id.unwrap_or_else(|| task.write.new_id())),
        task_id: Set(task.row.id),
        title: Set(new.title.into()),
        position: Set(position),
        ..Default::default()
    };
    let item = if new.id.is_none() {
        task.write
            .create_later::<task_checklist_item::Entity>(row)?
    } else {
        task.write
            .create::<task_checklist_item::Entity>(row)
            .await?
    };
    store::note_edit(&task.write, &task.row);
    let change = Change::to::<task_checklist_item::Entity>("created", &item);
    task.write.log(change.about(task.row.topic)).await?;
    let assignments = task.related.parts();
    let answer = store::describe(task.write.scope(), &task.row, assignments, item);
    task.write.commit(Created::new(answer)).await
}
