//! `create_task`: creates a task. A helper suggests it instead.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::task_body;
use super::checklist_items;
use super::new_task::{NewTask, check_room, follow_creation};
use super::store;
use super::types::Task;
use crate::access::{CircleAccess, CirclePath, Permission, SuggestTasks};
use crate::app::App;
use crate::entity::ids::{AppointmentId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications::{self, Notification};
use crate::platform::text::LapseAfterDays;
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::{FieldError, Problem};
use crate::schedule::Due;

task_body! {
    #[derive(Debug, Deserialize, Validate, ToSchema)]
    /// A task to create.
    #[schema(examples(json!({
        "title": "Pick up the prescription",
        "category": "medication",
        "due_local": "2027-01-02T17:30",
        "time_zone": "Europe/Berlin"
    })))]
    pub struct CreateTaskRequest for task {
        /// An id that you choose, any UUID. With it you can safely send the request again.
        #[serde(default)]
        #[garde(skip)]
        pub id: Option<TaskId>,
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
    }
}

impl CreateTaskRequest {
    fn due_faults(&self) -> Vec<FieldError> {
        Due::faults(self.due_on, self.due_local, self.starts_local)
    }
}

/// Create or suggest a task.
///
/// Coordinators, caregivers and the patient create an open task. Helpers suggest one: it
/// is `proposed` until it is approved, and the members who may approve it are told.
/// Reminders are planned for the members who claim it. You can send its checklist along.
///
/// A task lapses some time after it was due, if nobody completes it: see `lapse_after_days`. A task
/// that you enter late stays for at least a day.
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
    let offsets = new.offsets();
    let list_is_there = store::check_list(&write, new.task_list_id).await;
    let appointment_is_there = store::check_appointment(&write, new.appointment_id).await;
    let named = Problem::together([list_is_there, appointment_is_there]);
    let mut work = task::ActiveModel::default();
    new.write_work(&mut work);
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
        lapse_after_days: new.lapse_after_days.map(LapseAfterDays::get),
    };
    let row = task.into_row(&write, "");
    let ((mut row, offsets), ()) = Problem::both(Problem::both(row, offsets), named)?;
    check_room(&write, 1).await?;

    row.id = Set(id);
    row.task_list_id = work.task_list_id;
    row.effort_minutes = work.effort_minutes;
    row.people_needed = work.people_needed;
    row.reminder_minutes = Set(offsets);
    // The notification of a suggestion points at its row, so that row does not wait.
    let creates = write.scope().may(Permission::CreateTasks);
    let task = if new.id.is_none() && creates {
        write.create_later::<task::Entity>(row)?
    } else {
        write.create::<task::Entity>(row).await?
    };
    let titles = new.checklist.unwrap_or_default();
    let checklist = checklist_items::new_checklist(&write, &task, titles);
    checklist_items::create_later(&write, checklist.iter().cloned());
    follow_creation(&mut write, &task).await?;
    if task.state == TaskState::Proposed {
        let notification =
            Notification::of(NotificationKind::Proposed, &task, write.scope().time_zone());
        notifications::notify(&write, vec![notification]).await?;
    }
    let answer = store::describe_new(write.scope(), task, checklist);
    write.commit(Created::new(answer)).await
}
