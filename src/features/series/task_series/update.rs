//! `update_task_series`: changes a series of tasks, for everything to come or from a date on.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::create::REMINDERS;
use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::subject::repetition_of;
use super::turns::turns_before;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::change_log::{Change, Fields, merge_patch};
use crate::access::{CircleAccess, CirclePath, CreateTasks, Lockable, limits};
use crate::app::App;
use crate::entity::ids::{MemberId, TaskListId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskCategory};
use crate::entity::task_series::{self, SeriesState};
use crate::entity::task_series_member;
use crate::features::participation::{Part, RelatedParts};
use crate::features::series::occurrences::Outcome;
use crate::features::series::reach::{Reach, horizon};
use crate::features::tasks::check_list;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::{notifications, reminders};
use crate::platform::text::{
    EffortMinutes, Notes, RecurrenceText, ReminderMinutes, TaskPeopleNeeded, Title,
};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::recurrence::Recurrence;
use crate::schedule::{Due, DueChange};

merge_patch! {
    /// What to change in a series of tasks.
    ///
    /// A new `due_on` replaces `due_local`, and a new `due_local` replaces `due_on`. Their date is
    /// that of the first task with the new time: send the date that the series has to change only
    /// the hours.
    #[schema(examples(json!({ "due_local": "2027-01-03T19:30", "from_on": "2027-02-07" })))]
    #[schema(as = UpdateTaskSeriesRequest)]
    pub struct TaskSeriesPatch for task_series {
        /// What is to be done.
        #[garde(dive)]
        title: Title,
        /// What else to know.
        #[garde(dive)]
        notes: Notes | null,
        /// The kind of task. The topic stays as it is.
        #[garde(skip)]
        category: TaskCategory,
        /// The task list that its tasks belong to.
        #[garde(skip)]
        task_list_id: TaskListId | null,
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
        /// The time zone of the local times, by its IANA name.
        #[garde(dive)]
        time_zone: ZoneName => elsewhere,
        /// The rule by which it repeats. The date of the first task must be one of its dates.
        #[garde(dive)]
        recurrence: RecurrenceText => elsewhere,
        /// How long each task takes, in minutes, up to a week.
        #[garde(dive)]
        effort_minutes: EffortMinutes | null,
        /// How many members each task needs. A task that more members have claimed keeps them.
        #[garde(dive)]
        people_needed: TaskPeopleNeeded,
        /// When to remind the members who do a task, in minutes before it is due. Null:
        /// the default, one day before. `[]` counts as not sent.
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> | null => elsewhere,
        /// Whether nobody is reminded. False, where nobody was: the default. Do not send true
        /// together with `reminder_minutes`.
        #[garde(skip)]
        reminders_off: bool => elsewhere,
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
/// - 422 `first_not_in_series`, `invalid_value`: the rule does not fit the first date, or cannot
///   be used
/// - 422 `no_such_date`: the series has no task on `from_on` or after it
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
    let offsets = reminders::changed_offsets(
        &series.row.reminder_minutes,
        changes.reminder_minutes.as_ref().map(Option::as_deref),
        changes.reminders_off,
        &REMINDERS,
    );
    let times = series.times(&changes);
    let ((), (offsets, times)) = Problem::both(list_is_there, Problem::both(offsets, times))?;

    let exceptions_too = changes.replace_exceptions == Some(true);
    let mut row = series.row.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    times.write_to(&series, &mut row, &mut fields);
    let is_retimed = times.is_retimed(&series.row);
    if fields.is_empty() && !exceptions_too {
        return series.respond().await;
    }
    let outcome = if let Some(split_on) = times.split_on {
        series.split(split_on, row, fields, exceptions_too).await?
    } else {
        series
            .save_later(TaskSeriesVerb::Update, row, fields.names())
            .await?;
        let reach = Reach {
            exceptions_too,
            ..Reach::to_come(&series.write, &repetition_of(&series.row))
        };
        series.make_tasks_in(reach).await?
    };
    let mut concerned: BTreeSet<MemberId> = outcome.moved;
    concerned.extend(outcome.called_off);
    concerned.extend(outcome.back_on);
    if is_retimed {
        series
            .notify_concerned(NotificationKind::Updated, concerned)
            .await?;
    } else {
        // Replaced exceptions have the time of the series again.
        let notification = series.notification(NotificationKind::Updated).to(concerned);
        notifications::notify(&series.write, vec![notification]).await?;
    }
    series.respond().await
}

/// When the series takes place after the change.
struct Times {
    due: Due,
    recurrence: Recurrence,
    first_on: NaiveDate,
    /// The first date of a new series, if it is split.
    split_on: Option<NaiveDate>,
}

impl Times {
    fn is_retimed(&self, before: &task_series::Model) -> bool {
        self.due != Due::of_series(before) && self.split_on.is_none()
            || self
                .split_on
                .is_some_and(|on| self.due != Due::of_series(before).on_day(on))
            || self.split_on.is_none() && self.recurrence.as_str() != before.recurrence
            || self.split_on.is_some_and(|on| {
                let first_on = repetition_of(before).first_on;
                let rest = Recurrence::of_row(&before.recurrence).continued_from(first_on, on);
                rest != self.recurrence
            })
    }

    fn write_to(
        &self,
        series: &LockedTaskSeries,
        row: &mut task_series::ActiveModel,
        fields: &mut Fields,
    ) {
        if self.due != Due::of_series(&series.row) {
            self.due.write_to_series(row);
            if self.split_on.is_none() {
                fields.note("due");
            }
        }
        let recurrence = self.recurrence.as_str().to_owned();
        if self.split_on.is_none() {
            fields.set("recurrence", &mut row.recurrence, Some(recurrence));
        } else {
            row.recurrence = Set(recurrence);
            if self.is_retimed(&series.row) {
                fields.note("due");
            }
        }
        row.last_on = Set(self.recurrence.last(self.first_on));
    }
}

impl LockedTaskSeries {
    /// When the series takes place after the change, or what is wrong with the fields.
    fn times(&self, changes: &TaskSeriesPatch) -> Result<Times, Problem> {
        let before = repetition_of(&self.row);
        let old = Due::of_series(&self.row);
        let today = before.today(&self.write);
        let from = changes.from_on.as_ref().map(|Day(from)| (*from).max(today));
        let split_on = match from {
            Some(from) => Some(self.date_from(from)?),
            None => None,
        };
        let split_on = split_on.filter(|on| *on > before.first_on);
        let old_first_on = before.first_on;
        let (base, rule) = match split_on {
            Some(on) => (
                old.on_day(on),
                before.recurrence.continued_from(before.first_on, on),
            ),
            None => (old, before.recurrence),
        };
        let change = DueChange {
            on: changes.due_on,
            local: changes.due_local,
            from: changes.starts_local,
            zone: changes.time_zone.clone(),
        };
        let due = base
            .changed(change, self.write.scope().time_zone())
            .map_err(Problem::Invalid)?;
        // The date of the series stands for the first date of the new one.
        let due = match split_on {
            Some(on) if due.day() == Some(old_first_on) => due.on_day(on),
            _ => due,
        };
        let first_on = due.day().ok_or_else(|| {
            let detail = "A series has a date. Send due_local, or due_on.";
            Problem::field("/due_local", FieldErrorCode::Required, detail)
        })?;
        if split_on.is_some() && from.is_some_and(|from| first_on < from) {
            let detail = "The new series cannot begin before from_on. Send a later date.";
            return Err(Problem::field(
                "/from_on",
                FieldErrorCode::StartAfterEnd,
                detail,
            ));
        }
        let sent = changes.recurrence.as_ref();
        let text = sent.map_or(rule.as_str(), RecurrenceText::as_str);
        let recurrence = if sent.is_none() && Some(first_on) == base.day() {
            rule
        } else {
            let pointer =
                if sent.is_some() || changes.due_on.is_none() && changes.due_local.is_none() {
                    "/recurrence"
                } else if changes.due_local.is_some() {
                    "/due_local"
                } else {
                    "/due_on"
                };
            Recurrence::parse(text, first_on)
                .map_err(|fault| Problem::Invalid(vec![fault.at(pointer)]))?
        };
        Ok(Times {
            due,
            recurrence,
            first_on,
            split_on,
        })
    }

    /// The first date of the series from a date on.
    fn date_from(&self, from: NaiveDate) -> Result<NaiveDate, Problem> {
        let repetition = repetition_of(&self.row);
        let dates = repetition
            .recurrence
            .dates(repetition.first_on, from, NaiveDate::MAX, 1);
        dates.first().copied().ok_or_else(|| {
            let detail = "The series has no task on this date or after it. Send an earlier date.";
            Problem::Invalid(vec![FieldError::new(
                "/from_on",
                FieldErrorCode::NoSuchDate,
                detail,
            )])
        })
    }

    /// Ends the series before a date, and goes on with a new series that the row describes. From now
    /// on this is the new series.
    async fn split(
        &mut self,
        on: NaiveDate,
        mut row: task_series::ActiveModel,
        fields: Fields,
        exceptions_too: bool,
    ) -> Result<Outcome, Problem> {
        let goes_on = task_series::Column::State.ne(SeriesState::Ended);
        self.write
            .check_limit::<task_series::Entity>(limits::TASK_SERIES, goes_on.into_condition())
            .await?;
        let old = self.row.clone();
        let repetition = repetition_of(&old);
        let ended = repetition.recurrence.ended_before(repetition.first_on, on);
        let mut before = old.clone().into_active_model();
        before.recurrence = Set(ended.as_str().to_owned());
        before.last_on = Set(ended.last(repetition.first_on));
        self.save_later(TaskSeriesVerb::Update, before, vec!["recurrence"])
            .await?;

        row.id = Set(self.write.new_id());
        row.previous_series_id = Set(Some(old.id));
        row.made_until = Set(horizon(repetition.today(&self.write)));
        row.turns_from = Set(old.turns_from.map(|_| on));
        row.sent_hash = Set(None);
        let new = self
            .write
            .insert_later::<task_series::Entity>(row.reset_all())?;
        let change = Change::to::<task_series::Entity>("created", &new).fields(fields.names());
        let change = task_series::Entity::shown(change, &new, &self.related);
        self.write.log(change).await?;
        self.move_tasks(&old, &new, on);
        // Its tasks are read and written again below.
        self.write.transaction().send_later().await?;
        self.row = new;
        self.copy_members(turns_before(&old, self.members(), on))?;
        let repetition = repetition_of(&self.row);
        let reach = Reach {
            from: on.min(repetition.first_on),
            exceptions_too,
            ..Reach::to_come(&self.write, &repetition)
        };
        self.make_tasks_in(reach).await
    }

    /// The tasks from a date on belong to the new series, also those that were changed by themselves.
    fn move_tasks(&self, old: &task_series::Model, new: &task_series::Model, on: NaiveDate) {
        let from_then_on = Condition::all()
            .add(task::Column::SeriesId.eq(old.id))
            .add(task::Column::OriginalOn.gte(on));
        let series = vec![(task::Column::SeriesId, Expr::value(new.id.0))];
        self.write
            .update_all_later::<task::Entity>(from_then_on, series);
    }

    /// The members of the old series are those of the new one. If they take turns, `passed` of them
    /// have passed, and the next member is the first of the new series.
    fn copy_members(&mut self, passed: i32) -> Result<(), Problem> {
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
