//! Reading tasks with what belongs to them, and the small writes that operations share.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, QueryFilter, Select};

use super::around::{AroundTask, Shown, shown_with};
use super::checklist_items;
use super::rules::{self, TaskFacts, TaskVerb};
use super::types::{Task, TaskAssignment};
use crate::access::{CircleScope, CircleWrite, Facts, Person, Verb, with_appointment};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, MemberId, TaskId, TaskListId};
use crate::entity::task::{self, Column};
use crate::entity::task_assignment;
use crate::entity::task_checklist_item;
use crate::entity::task_list;
use crate::features::participation::RelatedParts;
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

/// A task of which everything is known, as the caller sees it.
pub(super) async fn describe_with(
    write: &CircleWrite,
    row: task::Model,
    related: &AroundTask,
) -> Result<Task, Problem> {
    let people = related.people(write).await?;
    let shown = Shown {
        assignments: related.parts().to_vec(),
        checklist: related.checklist.clone(),
        comments: related.comments,
    };
    let row = (row, related.appointment_id);
    Ok(assemble(write.scope(), row, shown, &people, Detail::Whole))
}

/// A task that was created in this transaction, with its checklist, as the caller sees it, who sees
/// its appointment: nobody has a part in it yet.
pub(super) fn describe_new(
    scope: &CircleScope,
    task: task::Model,
    checklist: Vec<task_checklist_item::Model>,
) -> Task {
    let shown = Shown {
        checklist,
        ..Shown::default()
    };
    let appointment = task.appointment_id;
    let row = (task, appointment);
    assemble(scope, row, shown, &HashMap::new(), Detail::Whole)
}

/// Tasks as the reader sees them: always one more query.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<TaskRow>,
    detail: Detail,
) -> Result<Vec<Task>, Problem> {
    let tasks: Vec<_> = rows.iter().map(|(task, _)| task.id).collect();
    let (mut shown, people) = shown_with(connection, scope, &tasks).await?;
    let describe = |row: TaskRow| {
        let shown = shown.remove(&row.0.id).unwrap_or_default();
        assemble(scope, row, shown, &people, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

pub(super) fn assemble(
    scope: &CircleScope,
    (row, appointment_id): TaskRow,
    shown: Shown,
    people: &HashMap<MemberId, Person>,
    detail: Detail,
) -> Task {
    let Shown {
        assignments,
        checklist,
        comments,
    } = shown;
    let mut texts = Texts::new(detail);
    let facts = TaskFacts {
        scope,
        task: &row,
        assignments: &assignments,
    };
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let (actions, my_assignment) = (TaskVerb::actions(&facts), facts.my_part());
    let checklist = checklist_items::describe_all(scope, &row, &assignments, checklist);
    let describe = |assignment: task_assignment::Model| TaskAssignment {
        id: assignment.id,
        member_id: assignment.member_id,
        name: people
            .get(&assignment.member_id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        state: assignment.state,
        is_handing_over: assignment.is_handing_over,
        is_away: assignment.is_away,
        updated_at: assignment.updated_at,
    };
    Task {
        coverage: rules::coverage(&row),
        reminders_off: reminder_minutes.is_empty(),
        reminder_minutes,
        assignments: assignments.into_iter().map(describe).collect(),
        my_assignment,
        checklist,
        thread_id: comments.thread_id,
        comment_count: comments.count,
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
        lapse_after_days: row.lapse_after_days,
        lapses_at: row.lapses_at,
        ended_at: row.ended_at,
        canceled_by_member_id: row.canceled_by_member_id,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
