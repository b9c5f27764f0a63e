//! The checklist of a series: what the items in the checklists of its tasks say. Each task has a copy
//! with items of its own, which are checked there.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use uuid::Uuid;

use super::locked::LockedTaskSeries;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::task::{self, TaskState};
use crate::entity::{task_checklist_item, task_series};
use crate::features::tasks::{create_checklists_later, new_checklist};
use crate::platform::db::in_list;
use crate::platform::text::ChecklistTitle;
use crate::problem::Problem;

/// What is stored of these items.
pub(super) fn stored(titles: Option<&[ChecklistTitle]>) -> String {
    serde_json::json!(titles.unwrap_or_default()).to_string()
}

/// What the items say.
pub(super) fn titles_of(row: &task_series::Model) -> Vec<String> {
    serde_json::from_str(&row.checklist).unwrap_or_default()
}

/// Creates the checklists of these tasks when the transaction commits.
pub(super) fn create_of_all_later(
    write: &CircleWrite,
    series: &task_series::Model,
    tasks: &[task::Model],
) {
    let titles = titles_of(series);
    let items = tasks
        .iter()
        .flat_map(|task| new_checklist(write, task, titles.iter().map(String::as_str)));
    create_checklists_later(write, items);
}

impl LockedTaskSeries {
    /// Gives the checklist that the series has now to its tasks from a date on, also to those that
    /// are canceled and may come back. A task in which something is checked keeps its own, and an
    /// exception unless `exceptions_too`. What the change has written to the tasks is sent before one
    /// statement reads them, and the rest is sent with the commit.
    pub(super) async fn replace_checklists(
        &mut self,
        from: NaiveDate,
        exceptions_too: bool,
    ) -> Result<(), Problem> {
        use task::Column;
        let to_come = [TaskState::Open, TaskState::Canceled];
        let mut which = Condition::all()
            .add(Column::SeriesId.eq(self.row.id))
            .add(Column::OriginalOn.gte(from))
            // A task that was moved to another topic is another thing now.
            .add(Column::Topic.eq(self.row.topic))
            .add(Column::State.is_in(to_come))
            .add(is_anything_checked().not());
        if !exceptions_too {
            which = which.add(Column::IsException.eq(false));
        }
        let write = &mut self.write;
        // What the change wrote to them is read here: no row is written twice at once.
        write.send_later_of::<task::Entity>().await?;
        let tasks = write
            .find_in_circle::<task::Entity>()
            .filter(which)
            .all(write.tx())
            .await?;
        if tasks.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = tasks.iter().map(|task| task.id.0).collect();
        let of_these = task_checklist_item::Column::TaskId.is_in(in_list(ids.iter().copied()));
        write.delete_all_in_circle_later::<task_checklist_item::Entity>(
            Condition::all().add(of_these),
        );
        create_of_all_later(write, &self.row, &tasks);
        write.update_rows_later::<task::Entity>(&ids, Vec::new());
        let change = |task: &task::Model| {
            let change = Change::to::<task::Entity>(Change::REPEATED, task);
            change.about(task.topic).fields(vec!["checklist"])
        };
        write.log_all(tasks.iter().map(change).collect()).await
    }
}

/// Whether an item of a task is checked.
fn is_anything_checked() -> Expr {
    use task_checklist_item::Column;
    let item = |column| Expr::col((task_checklist_item::Entity, column));
    let checked = Query::select()
        .expr(Expr::value(1))
        .from(task_checklist_item::Entity)
        .and_where(item(Column::CircleId).equals((task::Entity, task::Column::CircleId)))
        .and_where(item(Column::TaskId).equals((task::Entity, task::Column::Id)))
        .and_where(item(Column::CheckedAt).is_not_null())
        .take();
    Expr::exists(checked)
}
