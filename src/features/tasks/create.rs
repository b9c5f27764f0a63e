//! `create_task`: creates a task; a helper suggests it.

use garde::Validate;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::subject::item_of;
use super::types::Task;
use super::{rules, store};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, Permission, ProposeTasks, limits};
use crate::app::App;
use crate::entity::ids::{TaskId, TaskListId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, Column, TaskCategory, TaskState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::platform::text::{EffortMinutes, HelpersNeeded, Notes, ReminderMinutes, Title};
use crate::platform::time::civil::{Day, WallTime, ZoneName, named_or_unknown};
use crate::problem::Problem;
use crate::schedule::Due;

/// A day before.
const REMINDERS: [i32; 1] = [1440];

/// A task to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Pick up the prescription",
    "category": "medication",
    "due_local": "2027-01-02T17:30",
    "time_zone": "Europe/Berlin"
})))]
pub struct NewTask {
    /// An id of one's own choice, a UUIDv7, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<TaskId>,
    #[garde(dive)]
    pub title: Title,
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
    #[serde(default = "other")]
    #[garde(skip)]
    #[schema(default = json!("other"))]
    pub category: TaskCategory,
    /// Default: by category.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    #[serde(default)]
    #[garde(skip)]
    pub list_id: Option<TaskListId>,
    /// The day by which, when the time of day does not matter.
    #[serde(default)]
    #[garde(dive)]
    pub due_on: Option<Day>,
    /// The wall time by which; not together with `due_on`.
    #[serde(default)]
    #[garde(dive)]
    pub due_local: Option<WallTime>,
    /// When the window for it opens, if it has one; only with `due_local`.
    #[serde(default)]
    #[garde(dive)]
    pub from_local: Option<WallTime>,
    /// Where the wall times are meant. Default: the circle's zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    #[serde(default)]
    #[garde(dive)]
    pub effort_minutes: Option<EffortMinutes>,
    /// Default: 1.
    #[serde(default)]
    #[garde(dive)]
    pub helpers_needed: Option<HelpersNeeded>,
    /// When to remind whoever took it on: minutes before the due time; a date
    /// counts as 09:00. Default: a day before.
    #[serde(default)]
    #[garde(length(max = 5), dive)]
    #[schema(max_items = 5)]
    pub reminder_minutes: Option<Vec<ReminderMinutes>>,
}

fn other() -> TaskCategory {
    TaskCategory::Other
}

/// Create a task, or suggest one.
///
/// Helpers suggest: their task is `proposed` until it is approved, and those who may
/// approve it are told. Reminders are planned for the person who takes it on.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks", tag = "tasks", params(CirclePath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = CREATED, description = "The task", body = Task), Problem),
)]
pub async fn create_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Json(new): Json<NewTask>,
) -> Result<Created<Task>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<task::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic = new
        .topic
        .unwrap_or_else(|| rules::default_topic(new.category));
    let creates = write.scope().may(Permission::CreateTasks);
    let needed = if creates {
        TopicLevel::Write
    } else {
        TopicLevel::Read
    };
    if write.scope().topics().level(topic) < needed {
        let detail = "Your sight of this topic is not enough for that.";
        return Err(Problem::field("/topic", "topic_not_granted", detail));
    }
    let open = Column::State.is_in([TaskState::Proposed, TaskState::Open]);
    write
        .check_limit::<task::Entity>(limits::OPEN_TASKS, open.into_condition())
        .await?;
    let due = Due::chosen(
        new.due_on,
        new.due_local,
        new.from_local,
        new.time_zone,
        write.scope().time_zone(),
    )
    .map_err(Problem::Invalid)?;
    store::check_list(&write, new.list_id).await?;

    let mut row = task::ActiveModel {
        id: Set(id),
        list_id: Set(new.list_id),
        title: Set(new.title.into()),
        notes: Set(new.notes.map(Into::into)),
        category: Set(new.category),
        topic: Set(topic),
        effort_minutes: Set(new.effort_minutes.map(EffortMinutes::get)),
        helpers_needed: Set(new.helpers_needed.map_or(1, HelpersNeeded::get)),
        helpers_accepted: Set(0),
        reminder_minutes: Set(reminders::chosen_offsets(
            new.reminder_minutes.as_deref(),
            &REMINDERS,
        )),
        state: Set(if creates {
            TaskState::Open
        } else {
            TaskState::Proposed
        }),
        schedule_version: Set(1),
        ..Default::default()
    };
    due.write_to(&mut row, write.scope().time_zone());
    let task = write.create::<task::Entity>(row).await?;
    reminders::plan(&write, &[item_of(&task)]).await?;
    write
        .log(Change::to::<task::Entity>("created", &task).about(topic))
        .await?;
    if task.state == TaskState::Proposed {
        let notification =
            Notification::of(NotificationKind::Proposed, &task, write.scope().time_zone());
        notifications::notify(&write, vec![notification]).await?;
    }
    let answer = store::describe(write.tx(), write.scope(), task).await?;
    write.commit(Created::new(answer)).await
}
