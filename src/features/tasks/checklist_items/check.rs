//! `check_checklist_item`: an item is done.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedItem;
use super::rules::ChecklistItemVerb;
use super::types::{ChecklistItem, ChecklistItemPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Check an item of a checklist.
///
/// If it is checked already, nothing changes: who checked it first stays. The task stays open, also
/// when everything is checked. Nobody is told.
///
/// - 403 `forbidden`: you need a part in the task, or the permission to change it
/// - 409 `invalid_transition`: the task is not open
#[utoipa::path(
    post, path = "/circles/{circle_id}/checklist-items/{checklist_item_id}/check", tag = "tasks",
    params(CirclePath, ChecklistItemPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The item", body = ChecklistItem), Problem),
)]
pub async fn check_checklist_item(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<ChecklistItemPath>,
) -> Result<Resource<ChecklistItem>, Problem> {
    let mut item = LockedItem::open(&app, &circle, path.checklist_item_id).await?;
    if item.row.checked_at.is_none() {
        item.set_checked(ChecklistItemVerb::Check).await?;
    }
    item.respond().await
}

impl LockedItem {
    /// Checks or unchecks the item.
    pub(super) async fn set_checked(&mut self, verb: ChecklistItemVerb) -> Result<(), Problem> {
        self.check(verb)?;
        let checked = verb == ChecklistItemVerb::Check;
        let member = self.write.scope().member_id();
        let mut row = self.row.clone().into_active_model();
        row.checked_at = Set(checked.then(|| self.write.now()));
        row.checked_by_member_id = Set(member.filter(|_| checked));
        self.save_later(verb, row, vec!["checked_at"]).await?;
        self.touch_task();
        Ok(())
    }
}
