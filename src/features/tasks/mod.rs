//! Tasks: what there is to do, who takes it on, and how it ends.

mod lists;
mod locked;
mod owned;
mod rules;
mod store;
mod subject;
mod taking;
pub mod types;
mod verbs;
mod waiting;

pub use lists::*;
pub use owned::{has_room, visible_tasks};
pub use store::{held_by, release};
pub use taking::*;
pub use types::*;
pub use verbs::*;
pub use waiting::{TasksWaiting, count_tasks_waiting};

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};

use self::locked::LockedTask;
use self::rules::TaskVerb;
use self::subject::item_of;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{CircleAccess, CirclePath, Permission, ProposeTasks, ViewCircle};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::TopicLevel;
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::problem::{FieldError, Problem};
use crate::schedule::Due;

/// A day before.
const REMINDERS: [i32; 1] = [1440];

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
    let due = Due::of_new(&new, write.scope().time_zone()).map_err(Problem::Invalid)?;
    store::check_list(&write, new.list_id).await?;

    let mut row = task::ActiveModel {
        id: Set(id),
        list_id: Set(new.list_id),
        title: Set(new.title.into()),
        notes: Set(new.notes.map(Into::into)),
        category: Set(new.category),
        topic: Set(topic),
        effort_minutes: Set(new
            .effort_minutes
            .map(crate::platform::text::EffortMinutes::get)),
        helpers_needed: Set(new
            .helpers_needed
            .map_or(1, crate::platform::text::HelpersNeeded::get)),
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

/// List tasks.
///
/// Soonest due first; what has no due date comes last. Each task embeds its
/// assignments.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks", tag = "tasks", params(CirclePath, TaskQuery),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of tasks", body = TaskPage), Problem),
)]
pub async fn list_tasks(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<TaskQuery>,
) -> Result<Listed<TaskPage>, Problem> {
    let listing = circle.listing("tasks", &query)?;
    let uncovered = query.uncovered == Some(true);
    let window = circle.window(query.from, query.to);
    // Only what needs more people drops out of the list as time passes.
    let (etag, now) = circle.tag_in(&window, uncovered)?;

    let order = match query.sort.unwrap_or(TaskSort::Due) {
        TaskSort::Due => OrderBy::ascending(Column::SortAt, Column::Id),
        TaskSort::DueLast => OrderBy::descending(Column::SortAt, Column::Id),
        TaskSort::Created => OrderBy::ascending(Column::CreatedAt, Column::Id),
        TaskSort::CreatedLast => OrderBy::descending(Column::CreatedAt, Column::Id),
    };
    let mut rows = circle
        .find::<task::Entity>()
        .filter(window.condition::<task::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state.iter().copied()));
    }
    if !query.category.is_empty() {
        rows = rows.filter(Column::Category.is_in(query.category.iter().copied()));
    }
    if let Some(list_id) = query.list_id {
        rows = rows.filter(Column::ListId.eq(list_id));
    }
    if window.has_from() {
        rows = rows.filter(Column::SortAt.lt(crate::schedule::due::never()));
    }
    if let Some(member) = query.assigned_to {
        let part_of = |states: &[AssignmentState]| {
            let part = circle
                .find::<task_assignment::Entity>()
                .filter(task_assignment::Column::MemberId.eq(member))
                .filter(task_assignment::Column::State.is_in(states.iter().copied()))
                .select_only()
                .column(task_assignment::Column::TaskId)
                .into_query();
            Condition::all().add(Column::Id.in_subquery(part))
        };
        let held = part_of(&[AssignmentState::Accepted, AssignmentState::Done]);
        let asked = part_of(&[AssignmentState::Offered]).add(has_room());
        rows = rows.filter(Condition::any().add(held).add(asked));
    }
    if uncovered {
        rows = rows.filter(owned::uncovered_tasks(now));
    }
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows).await?;
    Listed::known(&TaskPage { data, next_cursor }, etag)
}

/// Read a task.
///
/// With its assignments, and what the reader may do now.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn read_task(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let row = circle.require::<task::Entity>(path.task_id).await?;
    let task = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(task)
}

/// Change a task.
///
/// Another due time moves its reminders, and whoever holds it is told. Whoever
/// moves it to a topic needs to write that topic too; who holds it and does not
/// see that topic is released.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/tasks/{task_id}", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn update_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Path(path): Path<TaskPath>,
    Json(changes): Json<TaskChanges>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.check(TaskVerb::Change)?;
    let before = task.row.clone();
    check_changes(&task.write, &before, &changes)?;
    if let Some(Some(list_id)) = changes.list_id {
        store::check_list(&task.write, Some(list_id)).await?;
    }
    let zone = task.write.scope().time_zone();
    let old_due = Due::of_row(&before);
    let due = old_due.changed(&changes, zone).map_err(Problem::Invalid)?;

    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    if due != old_due {
        due.write_to(&mut row, zone);
        // The same time by the clock of another zone is no move.
        if due.instants(zone) != old_due.instants(zone) {
            row.schedule_version = Set(before.schedule_version + 1);
        }
        fields.note("due");
    }
    if fields.is_empty() {
        return task.respond().await;
    }
    task.save(TaskVerb::Change, row, fields.names()).await?;
    reminders::plan(&task.write, &[item_of(&task.row)]).await?;
    if task.row.schedule_version != before.schedule_version {
        task.notify_of_move(&before).await?;
    }
    if task.row.topic != before.topic {
        task.release_who_cannot().await?;
    }
    task.respond().await
}

/// What the body alone cannot tell: the new topic, and that nobody is pushed out.
fn check_changes(
    write: &crate::access::CircleWrite,
    before: &task::Model,
    changes: &TaskChanges,
) -> Result<(), Problem> {
    let mut errors = Vec::new();
    let topics = write.scope().topics();
    if changes
        .topic
        .is_some_and(|topic| topics.level(topic) < TopicLevel::Write)
    {
        let detail = "You do not write this topic.";
        errors.push(FieldError::new("/topic", "topic_not_granted", detail));
    }
    if changes
        .helpers_needed
        .is_some_and(|helpers| helpers.get() < before.helpers_accepted)
    {
        let detail = "More people than that have taken it on.";
        errors.push(FieldError::new("/helpers_needed", "below_accepted", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    }
}
