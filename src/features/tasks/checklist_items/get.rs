//! `get_checklist_item`: one item of a checklist.

use super::store;
use super::types::{ChecklistItem, ChecklistItemPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{task_assignment, task_checklist_item};
use crate::features::participation::{RelatedParts, require_with_parts};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get an item of a checklist.
///
/// A task shows its whole checklist: you need this only for a single item.
///
/// - 404 `not_found`: there is no such item, or you do not see its task
#[utoipa::path(
    get, path = "/circles/{circle_id}/checklist-items/{checklist_item_id}", tag = "tasks",
    params(CirclePath, ChecklistItemPath),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The item", body = ChecklistItem), Problem),
)]
pub async fn get_checklist_item(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ChecklistItemPath>,
) -> Result<Resource<ChecklistItem>, Problem> {
    let item = circle
        .require::<task_checklist_item::Entity>(path.checklist_item_id)
        .await?;
    let (db, scope) = (circle.db(), circle.scope());
    let found = require_with_parts::<task_assignment::Entity>(db, scope, item.task_id);
    let (task, assignments) = found.await?;
    circle.found(store::describe(scope, &task, assignments.parts(), item))
}
