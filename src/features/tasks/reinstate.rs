//! `reinstate_task`: undoes `cancel_task`. Also how a task comes back that was canceled or has
//! lapsed.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, IntoActiveModel, TryIntoModel};
use uuid::Uuid;

use super::lapse::lapses_at;
use super::locked::LockedTask;
use super::rules::{self, TaskVerb};
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, SuggestTasks, who_may_take_part};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::participation::{Part, RelatedParts, Work, follow_time, members_in};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::{Conflict, Problem, ProblemCode};
use crate::schedule::Due;

/// Reinstate a canceled task.
///
/// Makes it proposed or open again, as it was before. The members who had claimed it hold it again,
/// and those who were asked are asked again, if they can still do it: they are told. Its reminders
/// are planned again. The member who suggested it is told, if it was not approved yet. If its time
/// to lapse has come meanwhile, it lapses a day later. A task of a series becomes an exception: the
/// series does not change it any more.
///
/// - 403 `forbidden`: only coordinators, the patient and the member who canceled it can reinstate
///   it, and only with the level `write` for its topic, unless it is their own suggestion
/// - 409 `invalid_transition`: the task is completed or has lapsed
/// - 409 `too_late`: the task was canceled more than 24 hours ago; only coordinators and the
///   patient can reinstate it now
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/reinstate", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn reinstate_task(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if matches!(task.row.state, TaskState::Proposed | TaskState::Open) {
        return task.respond().await;
    }
    task.check(TaskVerb::Reinstate)?;
    if !rules::may_still_reopen(task.write.scope(), &task.row, task.write.now()) {
        let detail = "The task was canceled more than 24 hours ago. Ask a coordinator.";
        return Err(Conflict::of(ProblemCode::TooLate, detail).into());
    }
    task.bring_back(TaskVerb::Reinstate).await?;
    task.respond().await
}

impl LockedTask {
    /// Opens a task again that was canceled or has lapsed, or makes it a suggestion again. Members
    /// who hold it or were asked are told.
    pub(super) async fn bring_back(&mut self, verb: TaskVerb) -> Result<(), Problem> {
        self.release_who_cannot_any_more().await?;
        let places = self
            .parts()
            .iter()
            .filter(|part| task::Entity::has_place(part));
        let taken = i32::try_from(places.count()).unwrap_or_default();
        // Absences are not noted in what is closed.
        let parts = self.related.parts_mut();
        let uncertain = follow_time::<task::Entity>(&self.write, &self.row, parts).await?;
        let mut row = self.row.clone().into_active_model();
        row.state = Set(self.row.ended_from.unwrap_or(TaskState::Open));
        row.people_accepted = Set(taken);
        row.people_uncertain = Set(uncertain);
        row.ended_at = Set(None);
        row.ended_from = Set(None);
        row.canceled_by_member_id = Set(None);
        row.lapses_at = Set(self.lapses_when_open());
        if verb == TaskVerb::Reinstate {
            row.is_exception = Set(self.row.series_id.is_some());
        }
        // Absences may have changed since then.
        let after = row.clone().try_into_model()?;
        let parts = self.related.parts_mut();
        let uncertain = follow_time::<task::Entity>(&self.write, &after, parts).await?;
        row.people_uncertain = Set(uncertain);
        self.save_later(verb, row, vec!["state"]).await?;
        self.plan_reminders(&[]).await?;
        let mut news = vec![self.to_concerned(NotificationKind::Reinstated, None)];
        if self.row.state == TaskState::Proposed {
            news.push(self.to_who_suggested(NotificationKind::Reinstated));
        }
        notifications::notify(&self.write, news).await
    }

    /// When it lapses if it is open from now on.
    pub(super) fn lapses_when_open(&self) -> Option<DateTime<Utc>> {
        let due = Due::of_row(&self.row);
        let zone = self.write.scope().time_zone();
        let (days, repeats) = (self.row.lapse_after_days, self.row.series_id.is_some());
        lapses_at(&due, days, repeats, zone, self.write.now())
    }

    /// Releases members who held it or were asked, and have left or see less since then.
    async fn release_who_cannot_any_more(&mut self) -> Result<(), Problem> {
        use task_assignment::Column;
        let open = task_assignment::Entity::OPEN;
        let holders = members_in::<task_assignment::Entity>(self.parts(), &open);
        let able = who_may_take_part(&self.write, &holders, self.row.topic).await?;
        let now = self.write.now();
        let mut gone: Vec<Uuid> = Vec::new();
        for part in self.related.parts_mut() {
            if task_assignment::Entity::is_open(part) && !able.contains(&part.member_id) {
                part.state = TaskAssignmentState::Released;
                part.is_away = false;
                part.version += 1;
                part.updated_at = now;
                gone.push(part.id.0);
            }
        }
        if !gone.is_empty() {
            let released = vec![
                (Column::State, Expr::value(TaskAssignmentState::Released)),
                (Column::IsAway, Expr::value(false)),
            ];
            self.write
                .update_rows_later::<task_assignment::Entity>(&gone, released);
        }
        Ok(())
    }
}
