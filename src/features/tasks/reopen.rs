//! `reopen_task`: undoes `complete_task`, for the caller's part or for the whole task, and opens a
//! task again that has lapsed.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::{self, TaskVerb};
use super::types::{Task, TaskPath};
use crate::access::{Absences, CircleAccess, CirclePath, ClaimTasks, who_may_take_part};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::participation::uncertain_in;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::subject::Subject;
use crate::problem::{Conflict, Problem, ProblemCode};

/// Reopen a task, or your part of it.
///
/// While the task is open, you reopen only your own part.
///
/// When the task is completed, coordinators, the patient and the member who completed it
/// reopen it for everyone. The members for whom it was completed hold it again and are
/// told, if they can still do it. Members who completed their own part before stay done.
/// Everybody else reopens only their own part: the task is open again, and nobody is
/// told.
///
/// When the task has lapsed, the members who could complete it reopen it. Those who had claimed it
/// hold it again and are told, if they can still do it. It lapses again after a day, or later if
/// its time is still ahead.
///
/// - 403 `forbidden`: you completed neither the task nor a part of it, or could not complete it
///   before it lapsed
/// - 409 `invalid_transition`: the task is `proposed` or `canceled`; reinstate a canceled one
/// - 409 `too_late`: the task was completed or lapsed more than 24 hours ago; only coordinators
///   and the patient can reopen it now
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/reopen", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn reopen_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.row.state == TaskState::Open && task.my_state() != Some(TaskAssignmentState::Completed)
    {
        return task.respond().await;
    }
    task.check(TaskVerb::Reopen)?;
    if task.row.state == TaskState::Open {
        task.reopen_own_part().await?;
        return task.respond().await;
    }
    if !rules::may_still_reopen(task.write.scope(), &task.row, task.write.now()) {
        let detail = "The task ended more than 24 hours ago. Ask a coordinator.";
        return Err(Conflict::of(ProblemCode::TooLate, detail).into());
    }
    if task.row.state == TaskState::Lapsed {
        task.bring_back(TaskVerb::Reopen).await?;
    } else if rules::reopens_whole(task.write.scope(), &task.row) {
        task.reopen_whole().await?;
    } else {
        task.reopen_own_part().await?;
    }
    task.respond().await
}

impl LockedTask {
    async fn reopen_whole(&mut self) -> Result<(), Problem> {
        let taken = self.reopen_parts().await?;
        self.reopen_row(taken).await?;
        self.plan_reminders(&[]).await?;
        let holders = [TaskAssignmentState::Accepted];
        self.notify(NotificationKind::Reinstated, None, &holders)
            .await
    }

    /// Nobody is told: it concerns the caller alone.
    async fn reopen_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        let me = my_assignment.member_id;
        let is_away = Absences::of(&self.write, &[me]).await?;
        let is_away = is_away.covers(me, task::Entity::moment(&self.row));
        let state = TaskAssignmentState::Accepted;
        self.set_assignment_state(&my_assignment, state, false, is_away)?;
        if self.row.state == TaskState::Completed {
            self.keep_others_done(my_assignment.member_id);
            self.reopen_row(self.row.people_accepted).await?;
        } else {
            self.count_parts_later()?;
            self.log_as("part_reopened", vec!["assignments"]).await?;
        }
        self.plan_reminders(&[my_assignment.member_id]).await
    }

    /// Keeps the parts of others done, also when the task is completed and reopened
    /// again.
    fn keep_others_done(&self, member: MemberId) {
        use task_assignment::Column;
        let others = Condition::all()
            .add(Column::TaskId.eq(self.row.id))
            .add(Column::MemberId.ne(member))
            .add(Column::State.eq(TaskAssignmentState::Completed));
        let values = vec![(Column::OwnPartDone, Expr::value(true))];
        self.write
            .update_all_later::<task_assignment::Entity>(others, values);
    }

    /// Opens the completed task again, with this many places taken.
    async fn reopen_row(&mut self, taken: i32) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Open);
        row.people_accepted = Set(taken);
        row.people_uncertain = Set(uncertain_in::<task_assignment::Entity>(self.parts()));
        row.completed_at = Set(None);
        row.completion_recorded_at = Set(None);
        row.completed_by_member_id = Set(None);
        row.lapses_at = Set(self.lapses_when_open());
        self.save_later(TaskVerb::Reopen, row, vec!["state"]).await
    }

    /// Members for whom the task was completed hold it again. Those who can no longer do
    /// it are released. Members who completed their own part before stay done. Returns
    /// how many places are taken.
    async fn reopen_parts(&mut self) -> Result<i32, Problem> {
        let mut done_assignments = self.parts().to_vec();
        done_assignments.retain(|assignment| assignment.state == TaskAssignmentState::Completed);
        let holders: Vec<MemberId> = done_assignments
            .iter()
            .map(|assignment| assignment.member_id)
            .collect();
        let able = who_may_take_part(&self.write, &holders, self.row.topic).await?;
        let absences = Absences::of(&self.write, &holders).await?;
        let moment = task::Entity::moment(&self.row);
        let mut taken = 0;
        for assignment in done_assignments {
            if assignment.own_part_done {
                taken += 1;
            } else if able.contains(&assignment.member_id) {
                taken += 1;
                let is_away = absences.covers(assignment.member_id, moment);
                let state = TaskAssignmentState::Accepted;
                self.set_assignment_state(&assignment, state, false, is_away)?;
            } else {
                let state = TaskAssignmentState::Released;
                self.set_assignment_state(&assignment, state, false, false)?;
            }
        }
        Ok(taken)
    }
}
