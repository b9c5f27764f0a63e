//! The tasks of a circle, with their assignments and reminders.

use chrono::{DateTime, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use kith::entity::reminder::{self, ReminderKind, ReminderState};
use kith::entity::task::{self, TaskCategory, TaskState};
use kith::entity::task_assignment::{self, TaskAssignmentState};
use kith::entity::topic_grant::Topic;
use kith::platform::time::civil::{end_of_day, minutes, over_everywhere, resolve};
use sea_orm::ActiveValue::Set;

use super::{TASKS, ZONE, circle_id, id, member_id, series, state_of, task_id};

/// Tasks are six hours apart, and the first sixty are due in the past.
pub fn due_of(task: u64, now: DateTime<Utc>) -> NaiveDateTime {
    let hours = TimeDelta::hours(6) * i32::try_from(task).unwrap_or_default();
    (now - TimeDelta::days(15) + hours)
        .naive_utc()
        .trunc_subsecs(0)
}

pub fn a_task((circle, number): (u64, u64), now: DateTime<Utc>) -> task::ActiveModel {
    let due = due_of(number, now);
    // Every fourth task has only a date.
    let on = (number % 4 == 3).then_some(due.date());
    let local = on.is_none().then_some(due);
    let at = local.map(|local| resolve(local, ZONE));
    let from = local
        .filter(|_| number % 4 == 1)
        .map(|due| due - TimeDelta::hours(1));
    let end = on.map(|day| end_of_day(day, ZONE) - TimeDelta::seconds(1));
    let midnight = on.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let opens = from.map(|from| resolve(from, ZONE));
    let over = at.map(|at| at + TimeDelta::microseconds(1));
    let (topic, category) = match number % 4 {
        0 | 1 => (Topic::Daily, TaskCategory::Household),
        2 => (Topic::Health, TaskCategory::Medication),
        _ => (Topic::Family, TaskCategory::Paperwork),
    };
    let (series_id, original_on) = series::of_task((circle, number), now).unzip();
    let state = state_of(number);
    let done = state == TaskState::Completed;
    task::ActiveModel {
        sent_hash: Set(None),
        circle_id: Set(circle_id(circle)),
        id: Set(task_id(circle, number)),
        task_list_id: Set(None),
        series_id: Set(series_id),
        original_on: Set(original_on),
        is_exception: Set(false),
        appointment_id: Set(None),
        title: Set(format!("Something there is to do, number {number}")),
        notes: Set((number % 2 == 0).then(|| "The key is with the neighbours. ".repeat(3))),
        category: Set(category),
        topic: Set(topic),
        due_on: Set(on),
        due_local: Set(local),
        starts_local: Set(from),
        time_zone: Set(local.map(|_| ZONE.into())),
        due_at: Set(at),
        begins_at: Set(opens.or(at).or(midnight).unwrap_or(now)),
        sort_at: Set(at.or(end).unwrap_or(now)),
        over_at: Set(over.or(on.map(over_everywhere)).unwrap_or(now)),
        effort_minutes: Set(Some(30)),
        people_needed: Set(1),
        people_accepted: Set(i32::from(is_assigned(number))),
        people_uncertain: Set(0),
        reminder_minutes: Set("[1440]".into()),
        state: Set(state),
        schedule_version: Set(1),
        completed_at: Set(done.then_some(now)),
        completion_recorded_at: Set(done.then_some(now)),
        completed_by_member_id: Set(done.then(|| member_id(circle, 0))),
        lapse_after_days: Set(None),
        lapses_at: Set(None),
        ended_at: Set(None),
        ended_from: Set(None),
        canceled_by_member_id: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// Of five tasks the coordinator has two and the caregiver has one. One is offered to both, and
/// one has no assignment.
pub fn assignments(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Vec<task_assignment::ActiveModel> {
    use TaskAssignmentState::{Accepted, Offered};
    let parts: &[(u64, TaskAssignmentState)] = match number % 5 {
        0 | 2 => &[(0, Accepted)],
        1 => &[(1, Accepted)],
        3 => &[(0, Offered), (1, Accepted)],
        _ => &[],
    };
    let done = state_of(number) == TaskState::Completed;
    let part = |&(member, state): &(u64, TaskAssignmentState)| task_assignment::ActiveModel {
        own_part_done: Set(false),
        is_handing_over: Set(false),
        is_away: Set(false),
        taken_at: Set(Some(now)),
        circle_id: Set(circle_id(circle)),
        id: Set(id(5, (circle * TASKS + number) * 10 + member)),
        task_id: Set(task_id(circle, number)),
        member_id: Set(member_id(circle, member)),
        state: Set(if done {
            TaskAssignmentState::Completed
        } else {
            state
        }),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 0))),
        updated_at: Set(now),
    };
    parts.iter().map(part).collect()
}

/// A reminder for each open task, if it is not due yet.
pub fn a_reminder(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Option<reminder::ActiveModel> {
    const OFFSET: i32 = 1440;
    let due = resolve(due_of(number, now), ZONE);
    let fire_at = due - minutes(OFFSET);
    let planned = state_of(number) == TaskState::Open && fire_at > now + TimeDelta::days(1);
    planned.then(|| reminder::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(6, circle * TASKS + number)),
        kind: Set(ReminderKind::TaskDue),
        task_id: Set(Some(task_id(circle, number))),
        schedule_version: Set(1),
        offset_minutes: Set(OFFSET),
        fire_at: Set(fire_at),
        not_after: Set(due),
        state: Set(ReminderState::Planned),
        sent_early: Set(false),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
        ..Default::default()
    })
}

/// Whether somebody has said yes to a task.
pub fn is_assigned(number: u64) -> bool {
    number % 5 != 4
}
