//! `update_checklist_item`: the title and the position of an item.

use sea_orm::IntoActiveModel;

use super::locked::LockedItem;
use super::rules::ChecklistItemVerb;
use super::types::{ChecklistItem, ChecklistItemPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, SuggestTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_checklist_item;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{ChecklistTitle, Position};
use crate::problem::Problem;

merge_patch! {
    /// What to change in an item of a checklist.
    #[schema(examples(json!({ "position": 2 })))]
    #[schema(as = UpdateChecklistItemRequest)]
    pub struct ChecklistItemPatch for task_checklist_item {
        /// What is to be done.
        #[garde(dive)]
        title: ChecklistTitle,
        /// Its place in the checklist: small numbers come first.
        #[garde(dive)]
        position: Position,
    }
}

/// Update an item of a checklist.
///
/// You change its title and its position. Nobody is told. A task of a series becomes an exception:
/// the series does not change it any more.
///
/// - 403 `forbidden`: coordinators and the patient can change the items of every task, caregivers
///   of their own and those that nobody else has claimed, helpers only of their own suggestions
/// - 409 `invalid_transition`: the task is completed, canceled or lapsed
#[utoipa::path(
    patch, path = "/circles/{circle_id}/checklist-items/{checklist_item_id}", tag = "tasks",
    params(CirclePath, ChecklistItemPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The item", body = ChecklistItem), Problem),
)]
pub async fn update_checklist_item(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<ChecklistItemPath>,
    Json(changes): Json<ChecklistItemPatch>,
) -> Result<Resource<ChecklistItem>, Problem> {
    let mut item = LockedItem::open(&app, &circle, path.checklist_item_id).await?;
    item.check(ChecklistItemVerb::Update)?;
    let mut row = item.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        item.save_later(ChecklistItemVerb::Update, row, fields.names())
            .await?;
        item.note_edit();
    }
    item.respond().await
}
