//! `update_task_series`: changes a series of tasks, for everything to come or from a date on.

use sea_orm::IntoActiveModel;

use super::checklist;
use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::subject::repetition_of;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::ids::TaskListId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::TaskCategory;
use crate::entity::task_series;
use crate::entity::task_series_member;
use crate::features::participation::{Part, RelatedParts};
use crate::features::series::reach::Reach;
use crate::features::series::repeats::Repeats;
use crate::features::series::times::NewDates;
use crate::features::tasks::{check_list, task_patch};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::platform::text::{
    ChecklistTitle, EffortMinutes, LapseAfterDays, Notes, RecurrenceText, ReminderMinutes,
    TaskPeopleNeeded, Title,
};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::Due;

task_patch! {
    /// What to change in a series of tasks.
    ///
    /// A new `due_on` replaces `due_local`, and a new `due_local` replaces `due_on`. Their date is
    /// that of the first task with the new time: send the date that the series has to change only
    /// the hours.
    #[schema(examples(json!({ "due_local": "2027-01-03T19:30", "from_on": "2027-02-07" })))]
    #[schema(as = UpdateTaskSeriesRequest)]
    pub struct TaskSeriesPatch for task_series {
        /// The date of the first task, if the time of day does not matter.
        #[garde(dive)]
        due_on: Day | null => elsewhere,
        /// The local time when the first task is due, in `time_zone`, without an offset.
        #[garde(dive)]
        due_local: WallTime | null => elsewhere,
        /// The local time from which the first task can be done, in `time_zone`. It needs a
        /// `due_local`.
        #[garde(dive)]
        starts_local: WallTime | null => elsewhere,
        /// The rule by which it repeats, as when a series is created. The date of the first task must
        /// be one of its dates.
        #[garde(dive)]
        recurrence: RecurrenceText => elsewhere,
        /// How many members each task needs. A task that more members have claimed keeps them.
        #[garde(dive)]
        people_needed: TaskPeopleNeeded,
        /// What the items in the checklist of each task say. Null: no checklist. A task in which
        /// something is checked keeps its own.
        #[garde(length(max = 50), dive)]
        #[schema(max_items = 50)]
        checklist: Vec<ChecklistTitle> | null => elsewhere,
        /// The date from which the change counts: this task and those that follow. Default:
        /// everything that is still to come.
        #[garde(dive)]
        from_on: Day => elsewhere,
        /// Whether open tasks that were changed by themselves are changed with the series. Default:
        /// they stay as they are.
        #[garde(skip)]
        replace_exceptions: bool => elsewhere,
    }
}

/// Update a series of tasks.
///
/// Changes the series and its tasks that are still to come. What was done or canceled stays, and
/// tasks that were changed by themselves stay too, unless you send `replace_exceptions`. To change
/// one task alone, update the task.
///
/// With `from_on`, the series ends before that date, and a new series with your changes goes on from
/// it, with the same members. If they take turns, the turns go on. The answer is the new series, and
/// `previous_series_id` names the old one.
///
/// Tasks on dates that the rule does not have any more are canceled. If tasks get another time or
/// are canceled, the members who do the series or one of these tasks are told once.
///
/// - 403 `forbidden`: coordinators and the patient can do it, caregivers if they created the series
///   or nobody else does it
/// - 409 `invalid_transition`: the series has ended
/// - 409 `limit_reached`: with `from_on`, the circle has too many series; the rule has
///   more dates, and the circle has too many open tasks
/// - 422 `first_not_in_series`, `invalid_value`: the rule does not fit the first date, or cannot
///   be used
/// - 422 `no_such_date`: the series has no task on `from_on` or after it
/// - 422 `required`, `date_and_time`: a series has either `due_local` or `due_on`
/// - 422 `start_without_due`: `starts_local` needs a `due_local`
/// - 422 `start_after_end`: the new series cannot begin before `from_on`, nor a task after it is
///   due, and UNTIL cannot be before the first date
/// - 422 `unknown_task_list`: there is no such task list
#[utoipa::path(
    patch, path = "/circles/{circle_id}/task-series/{task_series_id}", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn update_task_series(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskSeriesPath>,
    Json(changes): Json<TaskSeriesPatch>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.check(TaskSeriesVerb::Update)?;
    let list_is_there = match changes.task_list_id {
        Some(Some(id)) => check_list(&series.write, Some(id)).await,
        _ => Ok(()),
    };
    let offsets = changes.offsets(&series.row.reminder_minutes);
    let zone = series.write.scope().time_zone();
    let due = |before: &Due| changes.due_after(before, zone);
    let times = series.new_times(&changes.dates(), due);
    let ((), (offsets, times)) = Problem::both(list_is_there, Problem::both(offsets, times))?;

    let exceptions_too = changes.replace_exceptions == Some(true);
    let checklist = changes.checklist.as_ref();
    let checklist = checklist.map(|titles| checklist::stored(titles.as_deref()));
    let before = series.row.clone();
    let has_other_items = checklist
        .as_ref()
        .is_some_and(|new| *new != before.checklist);
    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    fields.set("checklist", &mut row.checklist, checklist);
    times.write_to::<task_series::Entity>(&before, &mut row, &mut fields);
    if fields.is_empty() && !exceptions_too {
        return series.respond().await;
    }
    let reach = |to_come| Reach {
        exceptions_too,
        ..to_come
    };
    let outcome = series
        .change(TaskSeriesVerb::Update, &times, row, fields, reach)
        .await?;
    if has_other_items || exceptions_too {
        let today = repetition_of(&series.row).today(&series.write);
        let from = times.split_on.unwrap_or(today);
        series.replace_checklists(from, exceptions_too).await?;
    }
    let concerned = outcome.concerned();
    if times.is_retimed::<task_series::Entity>(&before) {
        series
            .tell_concerned(task_series::Entity::MOVED, concerned, Vec::new(), None)
            .await?;
    } else {
        // Replaced exceptions have the time of the series again.
        let notification = series.notification(NotificationKind::Updated).to(concerned);
        notifications::notify(&series.write, vec![notification]).await?;
    }
    series.respond().await
}

impl TaskSeriesPatch {
    /// The due time of the first task after the change.
    fn due_after(&self, before: &Due, circle_zone: &str) -> Result<Due, Vec<FieldError>> {
        let due = before.changed(self.due(), circle_zone)?;
        if due.day().is_none() {
            let detail = "A series has a date. Send due_local, or due_on.";
            let code = FieldErrorCode::Required;
            return Err(vec![FieldError::new("/due_local", code, detail)]);
        }
        Ok(due)
    }

    /// What it says about the dates.
    fn dates(&self) -> NewDates<'_> {
        NewDates {
            from_on: self.from_on.as_ref(),
            recurrence: self.recurrence.as_ref(),
            first_at: if self.due_local.is_some() {
                Some("/due_local")
            } else {
                self.due_on.is_some().then_some("/due_on")
            },
        }
    }
}

impl LockedTaskSeries {
    /// The members of the old series are those of the new one. If they take turns, `passed` of them
    /// have passed, and the next member is the first of the new series.
    pub(super) fn copy_members(&mut self, passed: i32) -> Result<(), Problem> {
        let parts = std::mem::take(self.related.parts_mut());
        let members = parts.iter().filter(|part| part.turn.is_some()).count();
        let members = i32::try_from(members).unwrap_or(i32::MAX);
        let in_turn = |turn: i32| (turn - passed).checked_rem_euclid(members).unwrap_or(turn);
        let kept = parts.into_iter();
        let kept =
            kept.filter(|part| task_series_member::Entity::is_open(part) || part.turn.is_some());
        for part in kept {
            self.put_turn(part.member_id, part.turn.map(in_turn), part.state)?;
        }
        Ok(())
    }
}
