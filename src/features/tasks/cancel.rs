//! `cancel_task`: the task will not be done, or a suggestion is rejected.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, SuggestTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment;
use crate::features::participation::{RelatedParts, keep_parts_later, uncertain_in};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::subject::{Subject, SubjectId};
use crate::notify::{notifications, reminders};
use crate::problem::Problem;

/// Cancel a task.
///
/// The task stays visible as `canceled`, and `reinstate` undoes it. Its reminders are
/// canceled. The members who claimed it or were asked to are told, and so is the member
/// who suggested it, if it was not approved yet.
///
/// - 403 `forbidden`: coordinators and the patient can cancel every task, caregivers
///   their own and those that nobody else has claimed, helpers only their own suggestions
/// - 409 `invalid_transition`: the task is completed or lapsed
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/cancel", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn cancel_task(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.check_unless_in_effect(TaskVerb::Cancel)? {
        let was_suggested = task.row.state == TaskState::Proposed;
        let mut row = task.row.clone().into_active_model();
        row.state = Set(TaskState::Canceled);
        keep_parts_later::<task_assignment::Entity>(&task.write, task.related.parts_mut())?;
        row.people_uncertain = Set(uncertain_in::<task_assignment::Entity>(task.parts()));
        row.ended_at = Set(Some(task.write.now()));
        row.ended_from = Set(Some(task.row.state));
        row.canceled_by_member_id = Set(task.write.scope().member_id());
        row.lapses_at = Set(None);
        row.is_exception = Set(task.row.series_id.is_some());
        task.save_later(TaskVerb::Cancel, row, vec!["state"])
            .await?;
        reminders::cancel_later(&task.write, SubjectId::Task(task.row.id));
        let was = task::Entity::moment(&task.row);
        let mut news = vec![task.to_concerned(NotificationKind::Canceled, was)];
        if was_suggested {
            news.push(task.to_who_suggested(NotificationKind::Rejected));
        }
        notifications::notify(&task.write, news).await?;
    }
    task.respond().await
}
