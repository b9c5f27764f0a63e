//! `update_task`: everything about a task. Another time moves its reminders, another topic
//! releases those who do not see it.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::store;
use super::subject::item_of;
use super::types::{Task, TaskPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ProposeTasks, who_may_take_part};
use crate::app::App;
use crate::entity::ids::TaskListId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, TaskCategory};
use crate::entity::task_assignment;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::{Part, members_in, release_part};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::reminders::{self, offsets_json};
use crate::notify::subject::Subject;
use crate::platform::text::{EffortMinutes, HelpersNeeded, Notes, ReminderMinutes, Title};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::{FieldError, Problem};
use crate::schedule::{Due, DueChange};

merge_patch! {
    /// What to change of a task.
    ///
    /// A new `due_on` replaces `due_local` and the other way round; clearing the
    /// one that is set leaves the task without a due time.
    #[schema(examples(json!({ "due_local": "2027-01-03T10:00", "notes": null })))]
    #[schema(as = TaskChanges)]
    pub struct TaskPatch for task {
        #[garde(dive)]
        title: Title,
        #[garde(dive)]
        notes: Notes | null,
        #[garde(skip)]
        category: TaskCategory,
        #[garde(skip)]
        topic: Topic,
        #[garde(skip)]
        list_id: TaskListId | null,
        #[garde(dive)]
        due_on: Day | null => elsewhere,
        #[garde(dive)]
        due_local: WallTime | null => elsewhere,
        #[garde(dive)]
        from_local: WallTime | null => elsewhere,
        #[garde(dive)]
        time_zone: ZoneName => elsewhere,
        #[garde(dive)]
        effort_minutes: EffortMinutes | null,
        /// Not less than have taken it on.
        #[garde(dive)]
        helpers_needed: HelpersNeeded,
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> as offsets_json,
    }
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
    Json(changes): Json<TaskPatch>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.check(TaskVerb::Change)?;
    let before = task.row.clone();
    check_changes(&task.write, &before, &changes)?;
    if let Some(Some(list_id)) = changes.list_id {
        store::check_list(&task.write, Some(list_id)).await?;
    }
    let zone = task.write.scope().time_zone();
    let old_due = Due::of_row(&before);
    let change = DueChange {
        on: changes.due_on,
        local: changes.due_local,
        from: changes.from_local,
        zone: changes.time_zone.clone(),
    };
    let due = old_due.changed(change, zone).map_err(Problem::Invalid)?;

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
    write: &CircleWrite,
    before: &task::Model,
    changes: &TaskPatch,
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

impl LockedTask {
    /// Tells those who hold it, or were asked to, that it has another time.
    async fn notify_of_move(&self, before: &task::Model) -> Result<(), Problem> {
        let opening = task::Entity::moment(before);
        // Where only the end of its window is another, there is no other opening to name.
        let only_ends_anew =
            opening == task::Entity::moment(&self.row) && before.due_at != self.row.due_at;
        let was = opening.filter(|_| !only_ends_anew);
        self.notify_concerned(NotificationKind::Moved, was).await
    }

    /// Releases those who hold it or were asked to and cannot take it on now.
    async fn release_who_cannot(&mut self) -> Result<(), Problem> {
        let open = task_assignment::Entity::OPEN;
        let holders = members_in::<task_assignment::Entity>(&self.related, &open);
        let able = who_may_take_part(&self.write, &holders, self.row.topic).await?;
        let mut notifications = Vec::new();
        for member in holders.into_iter().filter(|id| !able.contains(id)) {
            let task = self.row.clone();
            let released =
                release_part::<task::Entity>(&mut self.write, task, &self.related, member, None);
            let (task, news_of_release) = released.await?;
            self.row = task;
            notifications.extend(news_of_release);
        }
        notifications::notify(&self.write, notifications).await
    }
}
