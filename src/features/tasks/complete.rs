//! `complete_task`: completes the caller's part, or the whole task. `reopen.rs` undoes
//! both.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::notify::subject::{Subject, SubjectId};
use crate::platform::time::civil::Instant;
use crate::problem::Problem;

/// What is completed, and when it happened.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "occurred_at": "2027-01-02T15:00:00Z" })))]
pub struct CompleteTaskRequest {
    /// When it really happened, if the device was offline. Default: now. Up to 15 minutes
    /// ahead of the server's clock counts as now. Up to 30 days before the task was
    /// created counts as the moment when it was created.
    #[serde(default)]
    #[garde(dive)]
    pub occurred_at: Option<Instant>,
    /// Completes the task for everyone, although you hold only one of several
    /// assignments. Without it only your own part is completed. It needs the permission
    /// to change the task.
    #[serde(default)]
    #[garde(skip)]
    pub for_everyone: bool,
}

/// Complete a task, or your part of it.
///
/// If several members have claimed the task, you complete your own part. The task is
/// completed together with the last part. With `for_everyone` you complete it for everyone at
/// once. If you hold no part, you always complete the whole task.
///
/// When the task is completed, its reminders are canceled, and the members who still
/// held a part are told. The body may be left out.
///
/// - 403 `forbidden`: to complete a task without a part in it, or with `for_everyone`, you need
///   the permission to change it
/// - 409 `invalid_transition`: the task is not open
/// - 422 `in_the_future`, `before_creation`: check the clock of the device, or leave
///   `occurred_at` out
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<CompleteTaskRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let CompleteTaskRequest {
        occurred_at,
        for_everyone,
    } = completion.map(|Json(body)| body).unwrap_or_default();
    let own_part_is_done = task.my_state() == Some(TaskAssignmentState::Completed) && !for_everyone;
    if task.row.state == TaskState::Completed
        || task.row.state == TaskState::Open && own_part_is_done
    {
        return task.respond().await;
    }
    if for_everyone {
        task.facts().check_complete_whole()?;
    }
    task.check(TaskVerb::Complete)?;
    let now = task.write.now();
    let completed_at = match occurred_at {
        Some(occurred_at) => occurred_at.check_occurrence(task.row.created_at, now)?,
        None => now,
    };
    if for_everyone || task.is_last_part() {
        task.complete_whole(completed_at).await?;
    } else {
        task.complete_own_part().await?;
    }
    task.respond().await
}

impl LockedTask {
    /// Whether nobody else still holds a part. A caller without a part completes the
    /// whole task.
    fn is_last_part(&self) -> bool {
        let accepted = |assignment: &&task_assignment::Model| {
            assignment.state == TaskAssignmentState::Accepted
        };
        self.my_state() != Some(TaskAssignmentState::Accepted)
            || self.related.iter().filter(accepted).count() == 1
    }

    async fn complete_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        self.set_assignment_state(&my_assignment, TaskAssignmentState::Completed, true)
            .await?;
        let subject = SubjectId::Task(self.row.id);
        reminders::cancel_for_members(&self.write, subject, &[my_assignment.member_id]).await?;
        self.touch().await?;
        self.log_as("part_completed", vec!["assignments"]).await
    }

    async fn complete_whole(&mut self, completed_at: DateTime<Utc>) -> Result<(), Problem> {
        let mut accepted = self.related.clone();
        accepted.retain(|assignment| assignment.state == TaskAssignmentState::Accepted);
        for part in &accepted {
            self.set_assignment_state(part, TaskAssignmentState::Completed, false)
                .await?;
        }
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Completed);
        row.completed_at = Set(Some(completed_at));
        row.completion_recorded_at = Set(Some(self.write.now()));
        row.completed_by_member_id = Set(self.write.scope().member_id());
        self.save_state(TaskVerb::Complete, row).await?;
        let was = task::Entity::moment(&self.row);
        let holders = accepted.into_iter().map(|assignment| assignment.member_id);
        let notification = self
            .notification(NotificationKind::Completed)
            .was(was)
            .to(holders);
        notifications::notify(&self.write, vec![notification]).await
    }
}
