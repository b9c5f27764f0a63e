//! Reading tasks with their assignments, and the small writes the verbs share.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::rules;
use super::types::{Task, TaskAssignment};
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Person, people_of, who_may_take_part};
use crate::entity::ids::{MemberId, TaskId, TaskListId};
use crate::entity::notice::NoticeKind;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::task_list;
use crate::notify::notifications::{self, News};
use crate::notify::reminders::{self, Item, ItemId, offsets_of};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, Moment, WallTime};
use crate::problem::Problem;

/// Refuses a list that is not there.
pub(super) async fn check_list(
    write: &CircleWrite,
    list: Option<TaskListId>,
) -> Result<(), Problem> {
    if let Some(id) = list
        && write.find_one::<task_list::Entity>(id).await?.is_none()
    {
        return Err(Problem::field(
            "/list_id",
            "unknown_list",
            "There is no such list.",
        ));
    }
    Ok(())
}

/// The assignments of tasks that were found inside the fence.
pub(super) async fn assignments_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    tasks: &[TaskId],
) -> Result<Vec<task_assignment::Model>, Problem> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    Ok(scope
        .find::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.is_in(tasks.iter().copied()))
        .order_by_asc(task_assignment::Column::CreatedAt)
        .order_by_asc(task_assignment::Column::Id)
        .all(connection)
        .await?)
}

/// One task as the reader sees it.
pub(super) async fn describe(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: task::Model,
) -> Result<Task, Problem> {
    let mut tasks = describe_as(connection, scope, vec![row], Detail::Whole).await?;
    tasks.pop().ok_or(Problem::NotFound)
}

/// Tasks as the reader sees them in a list: two more queries, however many.
pub(super) async fn describe_all(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<task::Model>,
) -> Result<Vec<Task>, Problem> {
    describe_as(connection, scope, rows, Detail::Excerpt).await
}

async fn describe_as(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<task::Model>,
    detail: Detail,
) -> Result<Vec<Task>, Problem> {
    let ids: Vec<TaskId> = rows.iter().map(|row| row.id).collect();
    let mut held: HashMap<TaskId, Vec<task_assignment::Model>> = HashMap::new();
    let mut members = Vec::new();
    for assignment in assignments_of(connection, scope, &ids).await? {
        members.push(assignment.member_id);
        held.entry(assignment.task_id).or_default().push(assignment);
    }
    let people = people_of(connection, scope, members).await?;
    let describe = |row: task::Model| {
        let assignments = held.remove(&row.id).unwrap_or_default();
        assemble(scope, row, assignments, &people, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn assemble(
    scope: &CircleScope,
    row: task::Model,
    assignments: Vec<task_assignment::Model>,
    people: &HashMap<MemberId, Person>,
    detail: Detail,
) -> Task {
    let mut texts = Texts::new(detail);
    let actions = rules::actions(scope, &row, &assignments);
    let my_assignment = rules::mine(scope, &assignments).map(|mine| mine.state);
    let describe = |held: task_assignment::Model| TaskAssignment {
        id: held.id,
        member_id: held.member_id,
        name: people
            .get(&held.member_id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        state: held.state,
        updated_at: held.updated_at,
    };
    Task {
        coverage: rules::coverage(&row),
        reminder_minutes: offsets_of(&row.reminder_minutes),
        assignments: assignments.into_iter().map(describe).collect(),
        my_assignment,
        actions,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        list_id: row.list_id,
        title: row.title,
        notes: texts.show("notes", row.notes),
        truncated: texts.truncated(),
        category: row.category,
        topic: row.topic,
        due_on: row.due_on.map(Day),
        due_local: row.due_local.map(WallTime),
        from_local: row.from_local.map(WallTime),
        time_zone: row.time_zone,
        due_at: row.due_at,
        effort_minutes: row.effort_minutes,
        helpers_needed: row.helpers_needed,
        state: row.state,
        schedule_version: row.schedule_version,
        done_at: row.done_at,
        done_by: row.done_by,
        created_at: row.created_at,
        created_by: row.created_by,
        updated_at: row.updated_at,
    }
}

/// The open tasks a member holds or has been offered, with all assignments of
/// each; whoever asks need not see them.
pub async fn held_by(
    write: &CircleWrite,
    member: MemberId,
) -> Result<Vec<(task::Model, Vec<task_assignment::Model>)>, Problem> {
    use task_assignment::Column;
    let mine = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(Column::MemberId.eq(member))
        .filter(Column::State.is_in([AssignmentState::Offered, AssignmentState::Accepted]))
        .all(write.tx())
        .await?;
    let ids: Vec<TaskId> = mine.iter().map(|held| held.task_id).collect();
    let tasks = write
        .find_in_circle::<task::Entity>()
        .filter(task::Column::Id.is_in(ids.iter().copied()))
        .filter(task::Column::State.eq(TaskState::Open))
        .order_by_asc(task::Column::SortAt)
        .all(write.tx())
        .await?;
    let assignments = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(Column::TaskId.is_in(ids))
        .all(write.tx())
        .await?;
    let of_task = |task: task::Model| {
        let its = assignments.iter().filter(|held| held.task_id == task.id);
        let its = its.cloned().collect();
        (task, its)
    };
    Ok(tasks.into_iter().map(of_task).collect())
}

/// Asks a member to take a task on, unless they hold it or have been asked; answers
/// the news of it. Who asks themselves has it at once: the caller counts that.
pub(super) async fn offer_to(
    write: &CircleWrite,
    task: &task::Model,
    assignments: &[task_assignment::Model],
    member: MemberId,
) -> Result<Option<News>, Problem> {
    let mut parts = assignments.iter();
    let has_part = |state| is_open(state) || has_a_place(state);
    let is_asked = parts.any(|held| held.member_id == member && has_part(held.state));
    if is_asked {
        return Ok(None);
    }
    let state = if write.actor() == Some(member) {
        AssignmentState::Accepted
    } else {
        AssignmentState::Offered
    };
    put_assignment(write, task, assignments, member, state).await?;
    let news = News::of_task(NoticeKind::Offered, task, write.scope().time_zone());
    Ok(Some(news.to([member])))
}

/// When a task begins: with its window, or when it is due; a day counts from
/// the hour that its reminders count from.
pub fn begins_at(task: &task::Model, circle_zone: &str) -> Option<DateTime<Utc>> {
    let due = Item::Task(task.clone()).due(circle_zone);
    due.map(|(begins_at, _)| begins_at)
}

/// When a task begins, as a reader is told it: with its window, or when it is due.
pub fn moment_of(task: &task::Model) -> Option<Moment> {
    Item::Task(task.clone()).moment()
}

/// Puts a member's part in a task into a state. It was made by who asked for it
/// last, or by the member themselves.
pub(super) async fn put_assignment(
    write: &CircleWrite,
    task: &task::Model,
    assignments: &[task_assignment::Model],
    member: MemberId,
    state: AssignmentState,
) -> Result<(), Problem> {
    let held = assignments.iter().find(|held| held.member_id == member);
    if let Some(before) = held {
        let mut row = before.clone().into_active_model();
        row.state = Set(state);
        row.own_part_done = Set(false);
        if state == AssignmentState::Offered {
            row.created_by = Set(write.actor());
        } else if state == AssignmentState::Accepted && before.state != AssignmentState::Offered {
            row.created_by = Set(Some(member));
        }
        write.update::<task_assignment::Entity>(before, row).await?;
    } else {
        let row = task_assignment::ActiveModel {
            id: Set(write.new_id()),
            task_id: Set(task.id),
            member_id: Set(member),
            state: Set(state),
            own_part_done: Set(false),
            ..Default::default()
        };
        write.insert::<task_assignment::Entity>(row).await?;
    }
    Ok(())
}

/// Tells those who hold a task, or were asked to, that it has another time.
pub(super) async fn tell_of_move(
    write: &CircleWrite,
    before: &task::Model,
    after: &task::Model,
    assignments: &[task_assignment::Model],
) -> Result<(), Problem> {
    let opening = moment_of(before);
    // Where only the end of its window is another, there is no other opening to name.
    let only_ends_anew = opening == moment_of(after) && before.due_at != after.due_at;
    let was = opening.filter(|_| !only_ends_anew);
    let news = News::of_task(NoticeKind::Moved, after, write.scope().time_zone());
    let concerned = assignments.iter().filter(|held| is_open(held.state));
    let news = news.was(was).to(concerned.map(|held| held.member_id));
    notifications::tell(write, vec![news]).await
}

/// Releases those who hold a task or were asked to and cannot take it on now.
pub(super) async fn release_who_cannot(
    write: &mut CircleWrite,
    mut task: task::Model,
    assignments: Vec<task_assignment::Model>,
) -> Result<task::Model, Problem> {
    let open = assignments.iter().filter(|held| is_open(held.state));
    let holders: Vec<MemberId> = open.map(|held| held.member_id).collect();
    let able = who_may_take_part(write, &holders, task.topic).await?;
    let mut news = Vec::new();
    for member in holders.into_iter().filter(|id| !able.contains(id)) {
        let parts = assignments.clone();
        let (after, its_news) = release(write, task, parts, member, None).await?;
        task = after;
        news.extend(its_news);
    }
    notifications::tell(write, news).await?;
    Ok(task)
}

/// Whether somebody takes one of the places, their own part done or not.
pub(super) fn has_a_place(state: AssignmentState) -> bool {
    matches!(state, AssignmentState::Accepted | AssignmentState::Done)
}

/// Whether somebody has taken it on, or is still asked to.
pub(super) fn is_open(state: AssignmentState) -> bool {
    matches!(state, AssignmentState::Offered | AssignmentState::Accepted)
}

/// Takes a member's part in a task off them; what they had accepted is offered
/// to the heir. Answers the task, and the news to tell.
pub async fn release(
    write: &mut CircleWrite,
    task: task::Model,
    mut assignments: Vec<task_assignment::Model>,
    member: MemberId,
    heir: Option<MemberId>,
) -> Result<(task::Model, Vec<News>), Problem> {
    let Some(mine) = assignments.iter_mut().find(|held| held.member_id == member) else {
        return Ok((task, Vec::new()));
    };
    let was_accepted = mine.state == AssignmentState::Accepted;
    let asked_by = mine.created_by.filter(|asker| *asker != member);
    let mut row = mine.clone().into_active_model();
    row.state = Set(AssignmentState::Released);
    *mine = write.update::<task_assignment::Entity>(mine, row).await?;
    reminders::forget_parts(write, ItemId::Task(task.id), &[member]).await?;
    let mut news = Vec::new();
    let mut taken = false;
    if let Some(heir) = heir.filter(|_| was_accepted) {
        let offered = offer_to(write, &task, &assignments, heir).await?;
        taken = offered.is_some() && write.actor() == Some(heir);
        news.extend(offered);
    }
    let task = touch(write, task, i32::from(was_accepted && !taken)).await?;
    if let Some(heir) = heir.filter(|_| taken) {
        let item = Item::Task(task.clone());
        reminders::plan_for_takers(write, &item, &[heir]).await?;
    }
    if was_accepted {
        let about = |kind| News::of_task(kind, &task, write.scope().time_zone());
        let was = moment_of(&task);
        news.push(about(NoticeKind::TakenOff).to([member]).was(was));
        news.push(about(NoticeKind::CameFree).let_go_by(member, asked_by));
    }
    let change = Change::to::<task::Entity>("released", &task).about(task.topic);
    write.log(change.on_behalf_of(member)).await?;
    Ok((task, news))
}

/// Counts a task's version up because a part of it changed, and takes `freed`
/// off those who have accepted.
pub async fn touch(
    write: &CircleWrite,
    task: task::Model,
    freed: i32,
) -> Result<task::Model, Problem> {
    let mut row = task.clone().into_active_model();
    row.helpers_accepted = Set(task.helpers_accepted - freed);
    write.update::<task::Entity>(&task, row).await
}
