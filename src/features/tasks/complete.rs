//! `complete_task`: completes the caller's part, or the whole task. `reopen.rs` undoes
//! both.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::participation::{RelatedParts, withdraw_handovers_later};
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
    /// A member without an account for whom you do this. You are their contact, or a
    /// coordinator. Without it you act for yourself. The activity names both.
    #[serde(default)]
    #[garde(skip)]
    pub on_behalf_of_member_id: Option<MemberId>,
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
/// - 409 `invalid_transition`: the task is not open; reopen one that has lapsed
/// - 422 `in_the_future`, `before_creation`: check the clock of the device, or leave
///   `occurred_at` out
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<CompleteTaskRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let completion = completion.map(|Json(body)| body).unwrap_or_default();
    task.act_for(completion.on_behalf_of_member_id).await?;
    task.complete(completion).await?;
    task.respond().await
}

impl LockedTask {
    /// Completes the caller's part, or the whole task.
    pub(super) async fn complete(
        &mut self,
        completion: CompleteTaskRequest,
    ) -> Result<(), Problem> {
        let CompleteTaskRequest {
            occurred_at,
            for_everyone,
            ..
        } = completion;
        let own_part_is_done =
            self.my_state() == Some(TaskAssignmentState::Completed) && !for_everyone;
        if self.row.state == TaskState::Completed
            || self.row.state == TaskState::Open && own_part_is_done
        {
            return Ok(());
        }
        if for_everyone {
            self.facts().check_complete_whole()?;
        }
        self.check(TaskVerb::Complete)?;
        let now = self.write.now();
        let completed_at = match occurred_at {
            Some(occurred_at) => occurred_at.check_occurrence(self.row.created_at, now)?,
            None => now,
        };
        if for_everyone || self.is_last_part() {
            self.complete_whole(completed_at).await
        } else {
            self.complete_own_part().await
        }
    }

    /// Whether nobody else still holds a part. A caller without a part completes the
    /// whole task.
    fn is_last_part(&self) -> bool {
        let accepted = |assignment: &&task_assignment::Model| {
            assignment.state == TaskAssignmentState::Accepted
        };
        self.my_state() != Some(TaskAssignmentState::Accepted)
            || self.parts().iter().filter(accepted).count() == 1
    }

    async fn complete_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        self.set_assignment_state(&my_assignment, TaskAssignmentState::Completed, true, false)?;
        let subject = SubjectId::Task(self.row.id);
        let me = [my_assignment.member_id];
        reminders::cancel_for_members_later(&self.write, subject, &me);
        self.count_parts_later()?;
        self.log_as("part_completed", vec!["assignments"]).await
    }

    /// Everything that changes is known here, so it is sent together with the commit.
    async fn complete_whole(&mut self, completed_at: DateTime<Utc>) -> Result<(), Problem> {
        let holders = self.complete_parts();
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Completed);
        row.completed_at = Set(Some(completed_at));
        row.completion_recorded_at = Set(Some(self.write.now()));
        row.completed_by_member_id = Set(self.write.scope().member_id());
        row.people_uncertain = Set(0);
        row.lapses_at = Set(None);
        self.save_later(TaskVerb::Complete, row, vec!["state"])
            .await?;
        reminders::cancel_later(&self.write, SubjectId::Task(self.row.id));
        let was = task::Entity::moment(&self.row);
        let notification = self
            .notification(NotificationKind::Completed)
            .was(was)
            .to(holders);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Completes the parts of all members who still hold one, however many they are. Returns these
    /// members.
    fn complete_parts(&mut self) -> Vec<MemberId> {
        use task_assignment::Column;
        let now = self.write.now();
        let mut holders = Vec::new();
        withdraw_handovers_later::<task_assignment::Entity>(&self.write, self.parts());
        for part in self.related.parts_mut() {
            if part.state == TaskAssignmentState::Accepted {
                part.state = TaskAssignmentState::Completed;
                part.own_part_done = false;
                part.is_handing_over = false;
                part.is_away = false;
                part.version += 1;
                part.updated_at = now;
                holders.push(part.member_id);
            }
        }
        if !holders.is_empty() {
            let accepted = Condition::all()
                .add(Column::TaskId.eq(self.row.id))
                .add(Column::State.eq(TaskAssignmentState::Accepted));
            let values = vec![
                (Column::State, Expr::value(TaskAssignmentState::Completed)),
                (Column::OwnPartDone, Expr::value(false)),
                (Column::IsHandingOver, Expr::value(false)),
                (Column::IsAway, Expr::value(false)),
                (Column::Version, Expr::col(Column::Version).add(1)),
                (Column::UpdatedAt, Expr::value(now)),
            ];
            self.write
                .update_all_later::<task_assignment::Entity>(accepted, values);
        }
        holders
    }
}
