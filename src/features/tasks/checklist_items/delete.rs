//! `delete_checklist_item`: takes an item out of the checklist of a task.

use super::locked::LockedItem;
use super::rules::ChecklistItemVerb;
use super::types::ChecklistItemPath;
use crate::access::{CircleAccess, CirclePath, SuggestTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_checklist_item;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete an item of a checklist.
///
/// Nobody is told. A task of a series becomes an exception: the series does not change it any more.
///
/// - 403 `forbidden`: coordinators and the patient can delete the items of every task, caregivers
///   of their own and those that nobody else has claimed, helpers only of their own suggestions
/// - 409 `invalid_transition`: the task is completed, canceled or lapsed
#[utoipa::path(
    delete, path = "/circles/{circle_id}/checklist-items/{checklist_item_id}", tag = "tasks",
    params(CirclePath, ChecklistItemPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = NO_CONTENT, description = "Deleted"), Problem),
)]
pub async fn delete_checklist_item(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<ChecklistItemPath>,
) -> Result<NoContent, Problem> {
    let mut item = LockedItem::open(&app, &circle, path.checklist_item_id).await?;
    item.check(ChecklistItemVerb::Delete)?;
    item.write
        .delete::<task_checklist_item::Entity>(&item.row)
        .await?;
    item.note_edit();
    item.log(ChecklistItemVerb::Delete, Vec::new()).await?;
    item.write.commit(NoContent).await
}
