//! `complete_task`: the caller's part is done, or the whole. `reopen.rs` undoes both.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, Permission};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::notify::subject::{Subject, SubjectId};
use crate::platform::time::civil::Instant;
use crate::problem::Problem;

/// What was done, and when.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "occurred_at": "2027-01-02T15:00:00Z" })))]
pub struct Completion {
    /// When it was really done, for somebody who was offline. Default: now. Up to 15
    /// minutes ahead of the server's clock counts as now; up to 30 days before the
    /// task was made counts as when it was made.
    #[serde(default)]
    #[garde(dive)]
    pub occurred_at: Option<Instant>,
    /// Whether the whole is done, where you hold one of several places; else your own
    /// part is. It needs the right to change the task.
    #[serde(default)]
    #[garde(skip)]
    pub whole: bool,
}

/// Complete a task, or your part of it.
///
/// If you hold one of several places, your own part is done, and the task shows
/// it; the task is done with the last part that somebody has taken on. With
/// `whole` it is done at once, for all: that needs the right to change it. A
/// person who holds no place always completes the whole. Those who still hold a
/// part are told, and its reminders are cancelled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<Completion>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let Completion { occurred_at, whole } = completion.map(|Json(body)| body).unwrap_or_default();
    let own_part_is_done = task.my_state() == Some(AssignmentState::Done) && !whole;
    if task.row.state == TaskState::Done || task.row.state == TaskState::Open && own_part_is_done {
        return task.respond().await;
    }
    task.check(TaskVerb::Complete)?;
    if whole && !task.facts().may_complete_whole() {
        return Err(Permission::ChangeAnyTasks.refused());
    }
    let now = task.write.now();
    let done_at = match occurred_at {
        Some(occurred_at) => occurred_at.check_occurrence(task.row.created_at, now)?,
        None => now,
    };
    if whole || task.is_last_part() {
        task.complete_whole(done_at).await?;
    } else {
        task.complete_own_part().await?;
    }
    task.respond().await
}

impl LockedTask {
    /// Whether nobody else still holds a part. A person who holds none completes the whole.
    fn is_last_part(&self) -> bool {
        let accepted =
            |assignment: &&task_assignment::Model| assignment.state == AssignmentState::Accepted;
        self.my_state() != Some(AssignmentState::Accepted)
            || self.related.iter().filter(accepted).count() == 1
    }

    async fn complete_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        self.set_assignment_state(&my_assignment, AssignmentState::Done, true)
            .await?;
        let subject = SubjectId::Task(self.row.id);
        reminders::cancel_for_members(&self.write, subject, &[my_assignment.member_id]).await?;
        self.touch().await?;
        self.log_as("part_completed", vec!["assignments"]).await
    }

    async fn complete_whole(&mut self, done_at: DateTime<Utc>) -> Result<(), Problem> {
        let mut accepted = self.related.clone();
        accepted.retain(|assignment| assignment.state == AssignmentState::Accepted);
        for part in &accepted {
            self.set_assignment_state(part, AssignmentState::Done, false)
                .await?;
        }
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Done);
        row.done_at = Set(Some(done_at));
        row.completed_at = Set(Some(self.write.now()));
        row.done_by = Set(self.write.scope().member_id());
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
