//! Reading tasks with their assignments, and the small writes that operations share.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, QueryFilter, Select};

use super::rules::{self, TaskFacts, TaskVerb};
use super::types::{Task, TaskAssignment};
use crate::access::{CircleScope, CircleWrite, Facts, Person, Verb, with_appointment};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, MemberId, TaskId, TaskListId};
use crate::entity::task::{self, Column};
use crate::entity::task_assignment;
use crate::entity::task_list;
use crate::features::participation::{PartsAndAppointment, RelatedParts, parts_and_people_of};
use crate::notify::reminders::offsets_of;
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::{FieldErrorCode, Problem};

/// A task, and its appointment if the reader sees that.
pub(super) type TaskRow = (task::Model, Option<AppointmentId>);

/// Refuses a task list that does not exist.
pub(in crate::features) async fn check_list(
    write: &CircleWrite,
    list: Option<TaskListId>,
) -> Result<(), Problem> {
    if let Some(id) = list
        && write.find_one::<task_list::Entity>(id).await?.is_none()
    {
        return Err(Problem::field(
            "/task_list_id",
            FieldErrorCode::UnknownTaskList,
            "There is no task list with this id. Send the id of a list of this circle, or null.",
        ));
    }
    Ok(())
}

/// Refuses an appointment that the caller does not see.
pub(super) async fn check_appointment(
    write: &CircleWrite,
    appointment: Option<AppointmentId>,
) -> Result<(), Problem> {
    if let Some(id) = appointment
        && write.find_one::<appointment::Entity>(id).await?.is_none()
    {
        return Err(Problem::field(
            "/appointment_id",
            FieldErrorCode::UnknownAppointment,
            "You see no appointment with this id. Send the id of another one, or null.",
        ));
    }
    Ok(())
}

/// Tasks with the appointment of each, if the reader sees the appointment.
pub(super) fn with_appointments(
    scope: &CircleScope,
    tasks: Select<task::Entity>,
) -> Select<task::Entity> {
    with_appointment(scope, tasks, Column::AppointmentId)
}

/// One task as the reader sees it, or 404.
pub(super) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    id: TaskId,
) -> Result<Task, Problem> {
    let task = scope.find::<task::Entity>().filter(Column::Id.eq(id));
    let row = with_appointments(scope, task)
        .by_position::<TaskRow>()
        .read_one(connection)
        .await?;
    let rows = vec![row.ok_or(Problem::NotFound)?];
    let mut tasks = describe_all(connection, scope, rows, Detail::Whole).await?;
    tasks.pop().ok_or(Problem::NotFound)
}

/// A task whose assignments are known, as the caller sees it.
pub(super) async fn describe_with(
    write: &CircleWrite,
    row: task::Model,
    related: &PartsAndAppointment<task_assignment::Entity>,
) -> Result<Task, Problem> {
    let people = related.taken.people(write).await?;
    let assignments = related.parts().to_vec();
    let row = (row, related.appointment_id);
    let scope = write.scope();
    Ok(assemble(scope, row, assignments, &people, Detail::Whole))
}

/// A task that was created in this transaction, as the caller sees it, who sees its appointment:
/// nobody has a part in it yet.
pub(super) fn describe_new(scope: &CircleScope, task: task::Model) -> Task {
    let appointment = task.appointment_id;
    let row = (task, appointment);
    assemble(scope, row, Vec::new(), &HashMap::new(), Detail::Whole)
}

/// Tasks as the reader sees them: always one more query.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<TaskRow>,
    detail: Detail,
) -> Result<Vec<Task>, Problem> {
    let mut of_task: HashMap<TaskId, Vec<task_assignment::Model>> = HashMap::new();
    let tasks: Vec<_> = rows.iter().map(|(task, _)| task.id).collect();
    let (assignments, people) =
        parts_and_people_of::<task_assignment::Entity>(connection, scope, &tasks).await?;
    for assignment in assignments {
        of_task
            .entry(assignment.task_id)
            .or_default()
            .push(assignment);
    }
    let describe = |row: TaskRow| {
        let assignments = of_task.remove(&row.0.id).unwrap_or_default();
        assemble(scope, row, assignments, &people, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

pub(super) fn assemble(
    scope: &CircleScope,
    (row, appointment_id): TaskRow,
    assignments: Vec<task_assignment::Model>,
    people: &HashMap<MemberId, Person>,
    detail: Detail,
) -> Task {
    let mut texts = Texts::new(detail);
    let facts = TaskFacts {
        scope,
        task: &row,
        assignments: &assignments,
    };
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let (actions, my_assignment) = (TaskVerb::actions(&facts), facts.my_part());
    let describe = |assignment: task_assignment::Model| TaskAssignment {
        id: assignment.id,
        member_id: assignment.member_id,
        name: people
            .get(&assignment.member_id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        state: assignment.state,
        updated_at: assignment.updated_at,
    };
    Task {
        coverage: rules::coverage(&row),
        reminders_off: reminder_minutes.is_empty(),
        reminder_minutes,
        assignments: assignments.into_iter().map(describe).collect(),
        my_assignment,
        actions,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        task_list_id: row.task_list_id,
        series_id: row.series_id,
        original_on: row.original_on.map(Day),
        is_exception: row.is_exception,
        appointment_id,
        title: row.title,
        notes: texts.show("notes", row.notes),
        truncated_fields: texts.truncated(),
        category: row.category,
        topic: row.topic,
        due_on: row.due_on.map(Day),
        due_local: row.due_local.map(WallTime),
        starts_local: row.starts_local.map(WallTime),
        time_zone: row.time_zone,
        due_at: row.due_at,
        effort_minutes: row.effort_minutes,
        people_needed: row.people_needed,
        state: row.state,
        schedule_version: row.schedule_version,
        completed_at: row.completed_at,
        completed_by_member_id: row.completed_by_member_id,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
