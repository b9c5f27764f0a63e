//! `update_task`: everything about a task. Another time moves its reminders, another
//! topic releases the members who do not see it.

use sea_orm::{ActiveValue::Set, IntoActiveModel, TryIntoModel};

use super::body::task_patch;
use super::lapse::lapses_at;
use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::store;
use super::types::{Task, TaskPath};
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, Lockable, SuggestTasks, who_may_take_part,
};
use crate::app::App;
use crate::entity::ids::TaskListId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskCategory};
use crate::entity::task_assignment;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::handovers::release_handovers_of_task;
use crate::features::participation::{
    Part, RelatedParts, follow_time, members_in, release_members,
};
use crate::features::threads;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::subject::Subject;
use crate::platform::text::{
    EffortMinutes, LapseAfterDays, Notes, ReminderMinutes, TaskPeopleNeeded, Title,
};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::Due;

task_patch! {
    /// What to change in a task.
    ///
    /// A new `due_on` replaces `due_local`, and a new `due_local` replaces `due_on`.
    /// Clear the one that is set to leave the task without a due time.
    #[schema(examples(json!({ "due_local": "2027-01-03T10:00", "notes": null })))]
    #[schema(as = UpdateTaskRequest)]
    pub struct TaskPatch for task {
        /// What the task is about: it decides who can see it.
        #[garde(skip)]
        topic: Topic,
        /// The date when it is due, if the time of day does not matter.
        #[garde(dive)]
        due_on: Day | null => elsewhere,
        /// The local time when it is due, in `time_zone`, without an offset.
        #[garde(dive)]
        due_local: WallTime | null => elsewhere,
        /// The local time from which it can be done, in `time_zone`. It needs a
        /// `due_local`.
        #[garde(dive)]
        starts_local: WallTime | null => elsewhere,
        /// How many members are needed: at least as many as have claimed it.
        #[garde(dive)]
        people_needed: TaskPeopleNeeded,
    }
}

/// Update a task.
///
/// If you change when it is due, its reminders move, and the members who claimed it or
/// were asked to are told. If you change its topic, members who do not see the new topic
/// are released from the task. They are told, and so are the members who relied on them. Its
/// comments have the new topic as well.
/// A task of a series becomes an exception: the series does not change it any more.
///
/// - 403 `forbidden`: coordinators and the patient can change every task, caregivers
///   their own and those that nobody else has claimed, helpers only their own suggestions
/// - 409 `invalid_transition`: the task is completed, canceled or lapsed
/// - 422 `topic_not_visible`: you cannot write the new topic
/// - 422 `fewer_than_assigned`: more members than that have claimed it
/// - 422 `unknown_task_list`: there is no such task list
#[utoipa::path(
    patch, path = "/circles/{circle_id}/tasks/{task_id}", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn update_task(
    app: App,
    circle: CircleAccess<SuggestTasks>,
    Path(path): Path<TaskPath>,
    Json(changes): Json<TaskPatch>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.check(TaskVerb::Update)?;
    let before = task.row.clone();
    let mut errors = faults_of(&task.write, &before, &changes);
    let zone = task.write.scope().time_zone();
    let old_due = Due::of_row(&before);
    let due = old_due
        .changed(changes.due(), zone)
        .unwrap_or_else(|faults| {
            errors.extend(faults);
            old_due.clone()
        });
    let fields_fit = if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    };
    let list_is_there = match changes.task_list_id {
        Some(Some(id)) => store::check_list(&task.write, Some(id)).await,
        _ => Ok(()),
    };
    let offsets = changes.offsets(&before.reminder_minutes);
    let all_fit = Problem::together([fields_fit, list_is_there]);
    let ((), offsets) = Problem::both(all_fit, offsets)?;

    let after_days = match changes.lapse_after_days {
        Some(chosen) => chosen.map(LapseAfterDays::get),
        None => before.lapse_after_days,
    };
    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    if due != old_due {
        due.write_to(&mut row, zone);
        // The same moment, told by the clock of another zone, is not another due time.
        if due.instants(zone) != old_due.instants(zone) {
            row.schedule_version = Set(before.schedule_version + 1);
        }
        fields.note("due");
    }
    if due != old_due || after_days != before.lapse_after_days {
        let (repeats, now) = (before.series_id.is_some(), task.write.now());
        row.lapses_at = Set(lapses_at(&due, after_days, repeats, zone, now));
    }
    if fields.is_empty() {
        return task.respond().await;
    }
    if due != old_due {
        let after = row.clone().try_into_model()?;
        let parts = task.related.parts_mut();
        let uncertain = follow_time::<task::Entity>(&task.write, &after, parts).await?;
        row.people_uncertain = Set(uncertain);
    }
    if before.series_id.is_some() {
        row.is_exception = Set(true);
    }
    task.save_later(TaskVerb::Update, row, fields.names())
        .await?;
    task.plan_reminders(&[]).await?;
    if task.row.schedule_version != before.schedule_version {
        task.notify_of_move(&before).await?;
    }
    if task.row.topic != before.topic {
        if let Some(thread) = task.related.comments.thread_id {
            threads::follow_topic(&task.write, thread, task.row.topic);
        }
        task.release_who_cannot().await?;
        task.end_handovers_to_others().await?;
    }
    task.respond().await
}

/// Checks what the body alone does not show: that the caller can write the new topic, and
/// that there is a place for everybody who claimed the task.
fn faults_of(write: &CircleWrite, before: &task::Model, changes: &TaskPatch) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let topics = write.scope().topics();
    if changes
        .topic
        .is_some_and(|topic| topics.level(topic) < TopicLevel::Write)
    {
        let detail = "You cannot write this topic. Choose another topic.";
        errors.push(FieldError::new(
            "/topic",
            FieldErrorCode::TopicNotVisible,
            detail,
        ));
    }
    if changes
        .people_needed
        .is_some_and(|helpers| helpers.get() < before.people_accepted)
    {
        let detail = "More members have claimed the task. Send at least their number.";
        errors.push(FieldError::new(
            "/people_needed",
            FieldErrorCode::FewerThanAssigned,
            detail,
        ));
    }
    errors
}

impl LockedTask {
    /// Tells the members who hold the task or were asked that it has another time.
    async fn notify_of_move(&self, before: &task::Model) -> Result<(), Problem> {
        let opening = task::Entity::moment(before);
        // If only the due time changed, the start is the same and the email names no old time.
        let only_ends_anew =
            opening == task::Entity::moment(&self.row) && before.due_at != self.row.due_at;
        let was = opening.filter(|_| !only_ends_anew);
        self.notify_concerned(NotificationKind::Rescheduled, was)
            .await
    }

    /// Releases members who hold the task or were asked, and cannot do it now.
    async fn release_who_cannot(&mut self) -> Result<(), Problem> {
        let open = task_assignment::Entity::OPEN;
        let holders = members_in::<task_assignment::Entity>(self.parts(), &open);
        let able = who_may_take_part(&self.write, &holders, self.row.topic).await?;
        let mut leaving = holders;
        leaving.retain(|member| !able.contains(member));
        if leaving.is_empty() {
            return Ok(());
        }
        // The row is written and read again, so what waits for the commit is sent.
        self.write.transaction().send_later().await?;
        let (task, parts) = (self.row.clone(), self.related.parts());
        let released = release_members::<task::Entity>(&mut self.write, task, parts, &leaving);
        let (task, notifications) = released.await?;
        self.row = task;
        self.write.transaction().send_later().await?;
        self.related = task::Entity::related(&self.write, &self.row).await?;
        notifications::notify(&self.write, notifications).await
    }

    /// Ends the handovers to members who do not see the task now. Those who asked them keep it, and
    /// are told.
    async fn end_handovers_to_others(&mut self) -> Result<(), Problem> {
        if !self.parts().iter().any(|part| part.is_handing_over) {
            return Ok(());
        }
        // The row is written and read again, so what waits for the commit is sent.
        self.write.transaction().send_later().await?;
        let told = release_handovers_of_task(&mut self.write, &self.row).await?;
        if told.is_empty() {
            return Ok(());
        }
        self.write.transaction().send_later().await?;
        (self.row, self.related) = task::Entity::read(&self.write, self.row.id).await?;
        notifications::notify(&self.write, told).await
    }
}
