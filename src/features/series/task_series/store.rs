//! Reading series of tasks with their members.

use std::collections::HashMap;

use super::checklist;
use super::rules::{TaskSeriesFacts, TaskSeriesVerb};
use super::types::{TaskSeries, TaskSeriesMember};
use crate::access::{CircleScope, CircleWrite, Facts, Person, Verb};
use crate::entity::ids::{MemberId, TaskSeriesId};
use crate::entity::{task_series, task_series_member};
use crate::features::participation::{PartsAndPeople, RelatedParts, parts_and_people_of};
use crate::notify::reminders::offsets_of;
use crate::platform::db::Reads;
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;

/// One series as the reader sees it.
pub(super) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    row: task_series::Model,
) -> Result<TaskSeries, Problem> {
    let mut all = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    all.pop().ok_or(Problem::NotFound)
}

/// A series whose members are known, as the caller sees it.
pub(super) async fn describe_with(
    write: &CircleWrite,
    row: task_series::Model,
    related: &PartsAndPeople<task_series_member::Entity>,
) -> Result<TaskSeries, Problem> {
    let people = related.people(write).await?;
    let members = related.parts().to_vec();
    Ok(assemble(
        write.scope(),
        row,
        members,
        &people,
        Detail::Whole,
    ))
}

/// Series as the reader sees them: always one more query.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<task_series::Model>,
    detail: Detail,
) -> Result<Vec<TaskSeries>, Problem> {
    let mut of_series: HashMap<TaskSeriesId, Vec<task_series_member::Model>> = HashMap::new();
    let ids: Vec<TaskSeriesId> = rows.iter().map(|row| row.id).collect();
    let (members, people) =
        parts_and_people_of::<task_series_member::Entity>(connection, scope, &ids).await?;
    for member in members {
        of_series.entry(member.series_id).or_default().push(member);
    }
    let describe = |row: task_series::Model| {
        let members = of_series.remove(&row.id).unwrap_or_default();
        assemble(scope, row, members, &people, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn assemble(
    scope: &CircleScope,
    row: task_series::Model,
    mut members: Vec<task_series_member::Model>,
    people: &HashMap<MemberId, Person>,
    detail: Detail,
) -> TaskSeries {
    let mut texts = Texts::new(detail);
    members.sort_by_key(|member| (member.turn.is_none(), member.turn));
    let facts = TaskSeriesFacts {
        scope,
        series: &row,
        members: &members,
    };
    let (actions, my_part) = (TaskSeriesVerb::actions(&facts), facts.my_part());
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let describe = |member: task_series_member::Model| TaskSeriesMember {
        id: member.id,
        member_id: member.member_id,
        name: people
            .get(&member.member_id)
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        state: member.state,
        turn: member.turn,
        updated_at: member.updated_at,
    };
    TaskSeries {
        takes_turns: row.turns_from.is_some(),
        reminders_off: reminder_minutes.is_empty(),
        lapse_after_days: row.lapse_after_days,
        checklist: checklist::titles_of(&row),
        reminder_minutes,
        members: members.into_iter().map(describe).collect(),
        my_part,
        actions,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        task_list_id: row.task_list_id,
        title: row.title,
        notes: texts.show("notes", row.notes),
        truncated_fields: texts.truncated(),
        category: row.category,
        topic: row.topic,
        due_on: row.due_on.map(Day),
        due_local: row.due_local.map(WallTime),
        starts_local: row.starts_local.map(WallTime),
        time_zone: row.time_zone,
        recurrence: row.recurrence,
        last_on: row.last_on.map(Day),
        effort_minutes: row.effort_minutes,
        people_needed: row.people_needed,
        state: row.state,
        tasks_until_on: Day(row.made_until),
        previous_series_id: row.previous_series_id,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
