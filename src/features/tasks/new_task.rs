//! What `create_task` and the follow-up tasks of an appointment share: the rules of a new task, and
//! what is written with it.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::lapse::lapses_at;
use super::rules;
use super::subject::item_of;
use crate::access::change_log::Change;
use crate::access::{CircleWrite, Permission, limits};
use crate::entity::ids::AppointmentId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, Column, TaskCategory, TaskState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::notify::reminders;
use crate::platform::text::{Notes, Title};
use crate::platform::time::civil::{Day, WallTime, ZoneName};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::Due;

/// The default reminders: one day before.
pub(in crate::features) const REMINDERS: [i32; 1] = [1440];

/// The category of a task for which the request names none.
pub(in crate::features) fn other() -> TaskCategory {
    TaskCategory::Other
}

/// A task to create.
pub struct NewTask {
    pub title: Title,
    pub notes: Option<Notes>,
    pub category: TaskCategory,
    /// Without one it follows from the category.
    pub topic: Option<Topic>,
    /// The appointment that it is linked to; the caller sees it.
    pub appointment_id: Option<AppointmentId>,
    pub due_on: Option<Day>,
    pub due_local: Option<WallTime>,
    pub starts_local: Option<WallTime>,
    pub time_zone: Option<ZoneName>,
    /// How many days after its time it lapses, if a member chose that.
    pub lapse_after_days: Option<i32>,
}

impl NewTask {
    /// The row, still without an id, with what nobody has chosen. `at` is where the task is in the
    /// body: its faults are told there.
    pub fn into_row(self, write: &CircleWrite, at: &str) -> Result<task::ActiveModel, Problem> {
        let scope = write.scope();
        let topic = self
            .topic
            .unwrap_or_else(|| rules::default_topic(self.category));
        let creates = scope.may(Permission::CreateTasks);
        let needed = if creates {
            TopicLevel::Write
        } else {
            TopicLevel::Read
        };
        let due = Due::chosen(
            self.due_on,
            self.due_local,
            self.starts_local,
            self.time_zone,
            scope.time_zone(),
        );
        let due = due.map_err(|faults| Problem::Invalid(inside(at, faults)));
        let topic_is_open = check_topic(write, at, topic, needed);
        let (due, ()) = Problem::both(due, topic_is_open)?;
        let mut row = task::ActiveModel {
            title: Set(self.title.into()),
            notes: Set(self.notes.map(Into::into)),
            category: Set(self.category),
            topic: Set(topic),
            appointment_id: Set(self.appointment_id),
            is_exception: Set(false),
            people_needed: Set(1),
            people_accepted: Set(0),
            people_uncertain: Set(0),
            reminder_minutes: Set(reminders::new_offsets(None, false, &REMINDERS)?),
            state: Set(if creates {
                TaskState::Open
            } else {
                TaskState::Proposed
            }),
            schedule_version: Set(1),
            ..Default::default()
        };
        let zone = scope.time_zone();
        due.write_to(&mut row, zone);
        row.lapse_after_days = Set(self.lapse_after_days);
        row.lapses_at = Set(lapses_at(
            &due,
            self.lapse_after_days,
            false,
            zone,
            write.now(),
        ));
        Ok(row)
    }

    /// Creates the task of a row when the transaction commits.
    pub async fn create_later(
        write: &mut CircleWrite,
        mut row: task::ActiveModel,
    ) -> Result<task::Model, Problem> {
        row.id = Set(write.new_id());
        let task = write.create_later::<task::Entity>(row)?;
        follow_creation(write, &task).await?;
        Ok(task)
    }
}

/// Plans the reminders of a new task, and appends its line to the change log.
pub(super) async fn follow_creation(
    write: &mut CircleWrite,
    task: &task::Model,
) -> Result<(), Problem> {
    reminders::plan_new(write, &item_of(task));
    let change = Change::to::<task::Entity>("created", task).about(task.topic);
    write.log(change).await
}

/// The states in which tasks count toward the limit of open tasks.
pub const COUNTED: [TaskState; 2] = [TaskState::Proposed, TaskState::Open];

/// Refuses so many more open tasks than the circle may have.
pub async fn check_room(write: &CircleWrite, more: u64) -> Result<(), Problem> {
    let open = Column::State.is_in(COUNTED).into_condition();
    write
        .check_limit_for::<task::Entity>(limits::OPEN_TASKS, open, more)
        .await
}

/// Refuses a caller who may not create tasks, in an operation that asks for another permission.
/// `deed` is what it does, like `create a task`.
pub fn check_may_create(write: &CircleWrite, deed: &str) -> Result<(), Problem> {
    let scope = write.scope();
    if !scope.may_write(TokenScope::TasksWrite) {
        let needed = [TokenScope::TasksWrite].into_iter().collect();
        return Err(Problem::InsufficientScope(needed));
    }
    if !scope.may(Permission::CreateTasks) {
        return Err(Permission::CreateTasks.refused(deed));
    }
    Ok(())
}

/// Refuses a topic for which the caller's level is lower than needed.
pub(in crate::features) fn check_topic(
    write: &CircleWrite,
    at: &str,
    topic: Topic,
    needed: TopicLevel,
) -> Result<(), Problem> {
    if write.scope().topics().level(topic) >= needed {
        return Ok(());
    }
    let detail = "Your level for this topic is too low. Choose another topic.";
    Err(Problem::field(
        &format!("{at}/topic"),
        FieldErrorCode::TopicNotVisible,
        detail,
    ))
}

fn inside(at: &str, faults: Vec<FieldError>) -> Vec<FieldError> {
    let inside = |fault: FieldError| FieldError {
        pointer: format!("{at}{}", fault.pointer),
        ..fault
    };
    faults.into_iter().map(inside).collect()
}
