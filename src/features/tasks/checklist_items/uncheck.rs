//! `uncheck_checklist_item`: undoes `check_checklist_item`.

use super::locked::LockedItem;
use super::rules::ChecklistItemVerb;
use super::types::{ChecklistItem, ChecklistItemPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Uncheck an item of a checklist.
///
/// If it is not checked, nothing changes. Nobody is told.
///
/// - 403 `forbidden`: you need a part in the task, or the permission to change it
/// - 409 `invalid_transition`: the task is not open
#[utoipa::path(
    post, path = "/circles/{circle_id}/checklist-items/{checklist_item_id}/uncheck", tag = "tasks",
    params(CirclePath, ChecklistItemPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The item", body = ChecklistItem), Problem),
)]
pub async fn uncheck_checklist_item(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<ChecklistItemPath>,
) -> Result<Resource<ChecklistItem>, Problem> {
    let mut item = LockedItem::open(&app, &circle, path.checklist_item_id).await?;
    if item.row.checked_at.is_some() {
        item.set_checked(ChecklistItemVerb::Uncheck).await?;
    }
    item.respond().await
}
