//! `create_task`: creates a task. A helper suggests it instead.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::new_task::{NewTask, REMINDERS, check_room, follow_creation};
use super::store;
use super::types::Task;
use crate::access::{CircleAccess, CirclePath, Permission, SuggestTasks};
use crate::app::App;
use crate::entity::ids::{AppointmentId, TaskId, TaskListId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskCategory, TaskState};
use crate::entity::topic_grant::Topic;
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::platform::text::{EffortMinutes, Notes, ReminderMinutes, TaskPeopleNeeded, Title};
use crate::platform::time::civil::{Day, WallTime, ZoneName, named_or_unknown};
use crate::problem::{FieldError, Problem};
use crate::schedule::Due;

/// A task to create.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Pick up the prescription",
    "category": "medication",
    "due_local": "2027-01-02T17:30",
    "time_zone": "Europe/Berlin"
})))]
pub struct CreateTaskRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<TaskId>,
    /// What is to be done.
    #[garde(dive)]
    pub title: Title,
    /// What else to know.
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
    /// The kind of task. It decides the topic, if you send none. Default: `other`.
    #[serde(default = "other")]
    #[garde(skip)]
    pub category: TaskCategory,
    /// What the task is about: it decides who can see it. Default: by category.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    /// The task list that it belongs to.
    #[serde(default)]
    #[garde(skip)]
    pub task_list_id: Option<TaskListId>,
    /// The appointment that it is linked to; you must see it.
    #[serde(default)]
    #[garde(skip)]
    pub appointment_id: Option<AppointmentId>,
    /// The date when it is due, if the time of day does not matter.
    #[serde(default)]
    #[garde(dive, custom(compared("due_on", "due_local", self.due_faults())))]
    pub due_on: Option<Day>,
    /// The local time when it is due, in `time_zone`, without an offset. Do not send it
    /// together with `due_on`.
    #[serde(default)]
    #[garde(dive)]
    pub due_local: Option<WallTime>,
    /// The local time from which it can be done, in `time_zone`. Send it only with
    /// `due_local`.
    #[serde(default)]
    #[garde(dive, custom(compared("starts_local", "due_local", self.due_faults())))]
    pub starts_local: Option<WallTime>,
    /// The time zone of the local times, by its IANA name. Default: the circle's.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    /// How long it takes, in minutes, up to a week.
    #[serde(default)]
    #[garde(dive)]
    pub effort_minutes: Option<EffortMinutes>,
    /// How many members are needed. Default: 1.
    #[serde(default)]
    #[garde(dive)]
    pub people_needed: Option<TaskPeopleNeeded>,
    /// When to remind the members who claimed it, in minutes before it is due. A date
    /// counts as 09:00. Default, and with `[]`: one day before.
    #[serde(default)]
    #[garde(length(max = 5), dive)]
    #[schema(max_items = 5)]
    pub reminder_minutes: Option<Vec<ReminderMinutes>>,
    /// Whether nobody is reminded. Do not send it together with `reminder_minutes`.
    #[serde(default)]
    #[garde(skip)]
    pub reminders_off: bool,
}

impl CreateTaskRequest {
    fn due_faults(&self) -> Vec<FieldError> {
        Due::faults(self.due_on, self.due_local, self.starts_local)
    }
}

fn other() -> TaskCategory {
    TaskCategory::Other
}

/// Create or suggest a task.
///
/// Coordinators, caregivers and the patient create an open task. Helpers suggest one: it
/// is `proposed` until it is approved, and the members who may approve it are told.
/// Reminders are planned for the members who claim it.
///
/// - 403 `forbidden`: viewers cannot suggest tasks
/// - 409 `limit_reached`: the circle has too many open tasks
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another task, or you sent it before
///   with another body
/// - 422 `topic_not_visible`: your level for the topic is too low
/// - 422 `unknown_task_list`: there is no such task list
/// - 422 `unknown_appointment`: you see no appointment with this id
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks", tag = "tasks", params(CirclePath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The task", body = Task), Problem),
)]
pub async fn create_task(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Json(new): Json<CreateTaskRequest>,
) -> Result<Created<Task>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<task::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before.id).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let minutes = new.reminder_minutes.as_deref();
    let offsets = reminders::new_offsets(minutes, new.reminders_off, &REMINDERS);
    let list_is_there = store::check_list(&write, new.task_list_id).await;
    let appointment_is_there = store::check_appointment(&write, new.appointment_id).await;
    let named = Problem::together([list_is_there, appointment_is_there]);
    let task = NewTask {
        title: new.title,
        notes: new.notes,
        category: new.category,
        topic: new.topic,
        appointment_id: new.appointment_id,
        due_on: new.due_on,
        due_local: new.due_local,
        starts_local: new.starts_local,
        time_zone: new.time_zone,
    };
    let row = task.into_row(&write, "");
    let ((mut row, offsets), ()) = Problem::both(Problem::both(row, offsets), named)?;
    check_room(&write, 1).await?;

    row.id = Set(id);
    row.task_list_id = Set(new.task_list_id);
    row.effort_minutes = Set(new.effort_minutes.map(EffortMinutes::get));
    row.people_needed = Set(new.people_needed.map_or(1, TaskPeopleNeeded::get));
    row.reminder_minutes = Set(offsets);
    // The notification of a suggestion points at its row, so that row does not wait.
    let creates = write.scope().may(Permission::CreateTasks);
    let task = if new.id.is_none() && creates {
        write.create_later::<task::Entity>(row)?
    } else {
        write.create::<task::Entity>(row).await?
    };
    follow_creation(&mut write, &task).await?;
    if task.state == TaskState::Proposed {
        let notification =
            Notification::of(NotificationKind::Proposed, &task, write.scope().time_zone());
        notifications::notify(&write, vec![notification]).await?;
    }
    let answer = store::describe_new(write.scope(), task);
    write.commit(Created::new(answer)).await
}
