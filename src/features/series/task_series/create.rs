//! `create_task_series`: creates a series of tasks, and its first tasks.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTaskSeries;
use super::subject::repetition_of;
use super::types::TaskSeries;
use super::{checklist, store};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CreateTasks, Locked};
use crate::app::App;
use crate::entity::ids::TaskSeriesId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::{self, SeriesState};
use crate::entity::topic_grant::TopicLevel;
use crate::features::participation::PartsAndPeople;
use crate::features::series::reach::{Reach, horizon};
use crate::features::tasks::{check_list, check_topic, default_topic, task_body};
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::platform::text::{LapseAfterDays, RecurrenceText};
use crate::platform::time::civil::{Day, WallTime, day_of};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::Due;
use crate::schedule::recurrence::Recurrence;

task_body! {
    #[derive(Debug, Deserialize, Validate, ToSchema)]
    /// A task that repeats. It needs a title, a rule, and either `due_local` or `due_on`. Its topic
    /// cannot change later.
    #[schema(examples(json!({
        "title": "Fill the pill box",
        "category": "medication",
        "due_local": "2027-01-03T18:00",
        "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY;BYDAY=SU"
    })))]
    pub struct CreateTaskSeriesRequest for task_series {
        /// An id that you choose, any UUID. With it you can safely send the request again.
        #[serde(default)]
        #[garde(skip)]
        pub id: Option<TaskSeriesId>,
        /// The date of the first task, if the time of day does not matter.
        #[serde(default)]
        #[garde(dive, custom(compared("due_on", "due_local", self.due_faults())))]
        pub due_on: Option<Day>,
        /// The local time when the first task is due, in `time_zone`, without an offset. Do not send
        /// it together with `due_on`.
        #[serde(default)]
        #[garde(dive, custom(compared("due_local", "due_on", self.due_faults())))]
        pub due_local: Option<WallTime>,
        /// The local time from which the first task can be done, in `time_zone`. Send it only with
        /// `due_local`.
        #[serde(default)]
        #[garde(dive, custom(compared("starts_local", "due_local", self.due_faults())))]
        pub starts_local: Option<WallTime>,
        /// The rule by which it repeats: the value of an RRULE (RFC 5545) with FREQ (DAILY, WEEKLY,
        /// MONTHLY or YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, COUNT or UNTIL, and
        /// WKST. The date of the first task must be one of its dates. A day that a month does not
        /// have becomes the last one that it has.
        #[garde(dive)]
        pub recurrence: RecurrenceText,
    }
}

impl CreateTaskSeriesRequest {
    fn due_faults(&self) -> Vec<FieldError> {
        let mut faults = Due::faults(self.due_on, self.due_local, self.starts_local);
        if self.due_on.is_none() && self.due_local.is_none() {
            let detail = "Send due_local, or due_on if the time of day does not matter.";
            faults.push(FieldError::new(
                "/due_local",
                FieldErrorCode::Required,
                detail,
            ));
        }
        faults
    }
}

/// Create a series of tasks.
///
/// Creates a task that repeats, with its tasks of the next sixty days. The server makes further
/// tasks as time passes. Each of them is a task with the id of the series in `series_id`; dates in
/// the past get none. The hours on the wall stay when the clocks change. Nobody is told. Each task
/// has a checklist of its own with the items of `checklist`, and lapses if nobody completes it.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can create a series
/// - 409 `limit_reached`: the circle has too many series, or too many open tasks for those of the
///   next sixty days
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another series, or you sent it before
///   with another body
/// - 422 `required`, `date_and_time`: send either `due_local` or `due_on`
/// - 422 `start_without_due`: `starts_local` needs a `due_local`
/// - 422 `first_not_in_series`, `invalid_value`: the rule does not fit the first date, or cannot
///   be used
/// - 422 `start_after_end`: `starts_local` is after `due_local`, or UNTIL is before the first date
/// - 422 `topic_not_visible`: your level for the topic is too low
/// - 422 `unknown_task_list`: there is no such task list
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series", tag = "task series", params(CirclePath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The series", body = TaskSeries), Problem),
)]
pub async fn create_task_series(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Json(new): Json<CreateTaskSeriesRequest>,
) -> Result<Created<TaskSeries>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<task_series::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic = new.topic.unwrap_or_else(|| default_topic(new.category));
    let topic_is_open = check_topic(&write, "", topic, TopicLevel::Write);
    let due = Due::chosen(
        new.due_on,
        new.due_local,
        new.starts_local,
        new.time_zone.clone(),
        write.scope().time_zone(),
    )
    .map_err(Problem::Invalid);
    let offsets = new.offsets();
    let list_is_there = check_list(&write, new.task_list_id).await;
    let named = Problem::together([topic_is_open, list_is_there]);
    let ((due, offsets), ()) = Problem::both(Problem::both(due, offsets), named)?;
    let first_on = due.day().unwrap_or_default();
    let recurrence = Recurrence::parse(new.recurrence.as_str(), first_on)
        .map_err(|fault| Problem::Invalid(vec![fault.at("/recurrence")]))?;
    let zone = due.zone().unwrap_or(write.scope().time_zone());
    let mut row = task_series::ActiveModel {
        id: Set(id),
        category: Set(new.category),
        topic: Set(topic),
        recurrence: Set(recurrence.as_str().to_owned()),
        last_on: Set(recurrence.last(first_on)),
        reminder_minutes: Set(offsets),
        checklist: Set(checklist::stored(new.checklist.as_deref())),
        lapse_after_days: Set(new.lapse_after_days.map(LapseAfterDays::get)),
        state: Set(SeriesState::Active),
        made_until: Set(horizon(day_of(write.now(), zone))),
        ..Default::default()
    };
    new.write_work(&mut row);
    row.title = Set(new.title.into());
    row.notes = Set(new.notes.map(Into::into));
    due.write_to_series(&mut row);
    let row = write.create::<task_series::Entity>(row).await?;
    let change = Change::to::<task_series::Entity>("created", &row).about(topic);
    write.log(change).await?;
    let mut series: LockedTaskSeries = Locked {
        write,
        row,
        related: PartsAndPeople::none(),
    };
    let reach = Reach {
        is_new: true,
        ..Reach::to_come(&series.write, &repetition_of(&series.row))
    };
    series.make_occurrences_in(reach).await?;
    series.respond_created().await
}
