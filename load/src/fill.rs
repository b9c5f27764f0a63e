//! The data: a thousand circles of five people, with two hundred tasks each. It is computed
//! from the same numbers in every run, so that both databases contain the same.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use kith::entity::appointment::{self, AppointmentKind, AppointmentState};
use kith::entity::attendance::{self, AttendeeResponse};
use kith::entity::circle;
use kith::entity::ids::{CircleId, MemberId, TaskId, UserId};
use kith::entity::membership::{self, AccessLevel, MemberState};
use kith::entity::need::{self, NeedKind, NeedState};
use kith::entity::need_assignment::{self, NeedAssignmentState};
use kith::entity::reminder::{self, ReminderKind, ReminderState};
use kith::entity::task::{self, TaskCategory, TaskState};
use kith::entity::task_assignment::{self, TaskAssignmentState};
use kith::entity::topic_grant::{self, Topic, TopicLevel};
use kith::entity::user::{self, UserState};
use kith::entity::zone_rules;
use kith::platform::time::civil::{end_of_day, minutes, over_everywhere, resolve};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait,
    TransactionTrait,
};
use uuid::Uuid;

pub const CIRCLES: u64 = 1000;
pub const TASKS: u64 = 200;
const USERS: u64 = 2000;
const APPOINTMENTS: u64 = 12;
const ZONE: &str = "Europe/Berlin";
/// Tasks before this number are completed.
const DONE: u64 = 40;

/// The members: coordinator, caregiver, two helpers and the patient.
const MEMBERS: [(AccessLevel, bool); 5] = [
    (AccessLevel::Coordinator, false),
    (AccessLevel::Caregiver, false),
    (AccessLevel::Helper, false),
    (AccessLevel::Helper, false),
    (AccessLevel::Viewer, true),
];

/// An id that depends only on kind and number, in version 7 as in Kith.
fn id<Id: From<Uuid>>(kind: u64, number: u64) -> Id {
    const BORN: u64 = 1_790_000_000_000;
    let mut random = [0; 10];
    let mixed = mix(kind << 56 | number).to_be_bytes();
    random[..8].copy_from_slice(&mixed);
    let id = uuid::Builder::from_unix_timestamp_millis(BORN + number * 137, &random);
    id.into_uuid().into()
}

/// Spreads a number over all 64 bits.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn user_id(number: u64) -> UserId {
    id(1, number)
}

pub fn circle_id(circle: u64) -> CircleId {
    id(2, circle)
}

fn member_id(circle: u64, member: u64) -> MemberId {
    id(3, circle * 10 + member)
}

fn task_id(circle: u64, task: u64) -> TaskId {
    id(4, circle * TASKS + task)
}

/// The people of a circle. Each user is in two or three circles, and each user with an even
/// number coordinates one circle.
fn user_of(circle: u64, member: u64) -> UserId {
    user_id((2 * circle + 401 * member) % USERS)
}

/// The coordinator of a circle.
pub fn coordinator(circle: u64) -> UserId {
    user_of(circle, 0)
}

/// The open tasks, the latest due first, one circle after the other, each of them once.
pub fn task_to_complete(number: u64) -> Option<(u64, TaskId)> {
    let (circle, nth) = (number % CIRCLES, number / CIRCLES);
    let open = (100..TASKS)
        .rev()
        .filter(|task| state_of(*task) == TaskState::Open);
    let task = open.into_iter().nth(usize::try_from(nth).ok()?)?;
    Some((circle, task_id(circle, task)))
}

fn state_of(task: u64) -> TaskState {
    match task % 20 {
        _ if task < DONE => TaskState::Completed,
        7 => TaskState::Canceled,
        13 => TaskState::Proposed,
        _ => TaskState::Open,
    }
}

/// Fills an empty database that has the newest schema.
pub async fn fill(url: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let tx = db.begin().await?;
    let now = now.trunc_subsecs(6);
    insert(&tx, (0..USERS).map(|number| a_user(number, now))).await?;
    insert(&tx, (0..CIRCLES).map(|circle| a_circle(circle, now))).await?;
    let each = |per_circle: u64| {
        (0..CIRCLES).flat_map(move |circle| (0..per_circle).map(move |number| (circle, number)))
    };
    let members = MEMBERS.len() as u64;
    insert(&tx, each(members).map(|at| a_member(at, now))).await?;
    insert(&tx, each(members).flat_map(grants)).await?;
    insert(&tx, each(TASKS).map(|at| a_task(at, now))).await?;
    insert(&tx, each(TASKS).flat_map(|at| assignments(at, now))).await?;
    insert(&tx, each(TASKS).filter_map(|at| a_reminder(at, now))).await?;
    insert(&tx, each(APPOINTMENTS).map(|at| an_appointment(at, now))).await?;
    insert(&tx, each(APPOINTMENTS).flat_map(|at| attendances(at, now))).await?;
    insert(&tx, each(APPOINTMENTS).map(|at| a_need(at, now))).await?;
    insert(&tx, each(APPOINTMENTS).map(|at| a_need_assignment(at, now))).await?;
    // The instants are of these rules: no start has to go through them.
    let rules = zone_rules::ActiveModel {
        version: Set(kith::features::zone_rules::version().to_owned()),
        followed_at: Set(now),
    };
    insert(&tx, std::iter::once(rules)).await?;
    tx.commit().await?;
    settle(&db).await?;
    db.close().await?;
    Ok(())
}

/// Runs what PostgreSQL would run by itself a little later, during the measurement.
async fn settle(db: &DatabaseConnection) -> anyhow::Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("VACUUM ANALYZE").await?;
        db.execute_unprepared("CHECKPOINT").await?;
    }
    Ok(())
}

/// Inserts rows, many in each statement.
#[expect(
    clippy::disallowed_methods,
    reason = "nobody uses the database while it is filled"
)]
async fn insert<Row>(
    tx: &impl ConnectionTrait,
    rows: impl Iterator<Item = Row>,
) -> anyhow::Result<()>
where
    Row: ActiveModelTrait,
{
    const AT_ONCE: usize = 500;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let some: Vec<Row> = rows.by_ref().take(AT_ONCE).collect();
        <Row::Entity as EntityTrait>::insert_many(some)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn a_user(number: u64, now: DateTime<Utc>) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(user_id(number)),
        email: Set(format!("person{number}@example.org")),
        name: Set(format!("Person {number}")),
        password_hash: Set(None),
        time_zone: Set(ZONE.into()),
        state: Set(UserState::Active),
        deletion_scheduled_for: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

fn a_circle(circle: u64, now: DateTime<Utc>) -> circle::ActiveModel {
    circle::ActiveModel {
        sent_hash: Set(None),
        id: Set(circle_id(circle)),
        name: Set(format!("Around Marta {circle}")),
        alias: Set(format!("Circle {circle}")),
        time_zone: Set(ZONE.into()),
        patient_name: Set("Marta".into()),
        patient_about: Set(None),
        created_by_user_id: Set(coordinator(circle)),
        change_seq: Set(1000),
        deletion_scheduled_for: Set(None),
        deletion_requested_by_member_id: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

fn a_member((circle, member): (u64, u64), now: DateTime<Utc>) -> membership::ActiveModel {
    let (access, is_patient) = MEMBERS[usize::try_from(member).unwrap_or_default()];
    membership::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(member_id(circle, member)),
        user_id: Set(Some(user_of(circle, member))),
        name: Set(format!("Person {circle}.{member}")),
        access: Set(access),
        is_patient: Set(is_patient),
        relationship: Set(None),
        phone: Set(None),
        state: Set(MemberState::Active),
        joined_at: Set(now),
        reads: Set(0),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(None),
        updated_at: Set(now),
    }
}

fn grants((circle, member): (u64, u64)) -> Vec<topic_grant::ActiveModel> {
    let levels = match MEMBERS[usize::try_from(member).unwrap_or_default()].0 {
        AccessLevel::Coordinator | AccessLevel::Caregiver => vec![
            (Topic::Daily, TopicLevel::Write),
            (Topic::Family, TopicLevel::Write),
            (Topic::Health, TopicLevel::Write),
            (Topic::Decisions, TopicLevel::Read),
        ],
        AccessLevel::Helper | AccessLevel::Viewer => vec![(Topic::Daily, TopicLevel::Read)],
    };
    let grant = |(topic, level)| topic_grant::ActiveModel {
        circle_id: Set(circle_id(circle)),
        member_id: Set(member_id(circle, member)),
        topic: Set(topic),
        level: Set(level),
        until: Set(None),
        patient_limit: Set(None),
        patient_limit_until: Set(None),
    };
    levels.into_iter().map(grant).collect()
}

/// Tasks are six hours apart, and the first sixty are due in the past.
fn due_of(task: u64, now: DateTime<Utc>) -> NaiveDateTime {
    let hours = TimeDelta::hours(6) * i32::try_from(task).unwrap_or_default();
    (now - TimeDelta::days(15) + hours)
        .naive_utc()
        .trunc_subsecs(0)
}

fn a_task((circle, number): (u64, u64), now: DateTime<Utc>) -> task::ActiveModel {
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
    let state = state_of(number);
    let done = state == TaskState::Completed;
    task::ActiveModel {
        sent_hash: Set(None),
        circle_id: Set(circle_id(circle)),
        id: Set(task_id(circle, number)),
        task_list_id: Set(None),
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
        people_accepted: Set(i32::from(number % 5 != 4)),
        reminder_minutes: Set("[1440]".into()),
        state: Set(state),
        schedule_version: Set(1),
        completed_at: Set(done.then_some(now)),
        completion_recorded_at: Set(done.then_some(now)),
        completed_by_member_id: Set(done.then(|| member_id(circle, 0))),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// Of five tasks the coordinator has two and the caregiver has one. One is offered to both, and
/// one has no assignment.
fn assignments(
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
fn a_reminder((circle, number): (u64, u64), now: DateTime<Utc>) -> Option<reminder::ActiveModel> {
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
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
        ..Default::default()
    })
}

/// Half of the appointments are over. There is one every three days.
fn starts(number: u64, now: DateTime<Utc>) -> NaiveDateTime {
    let day = (now - TimeDelta::days(18)).date_naive() + Days::new(3 * number);
    day.and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default())
}

fn an_appointment((circle, number): (u64, u64), now: DateTime<Utc>) -> appointment::ActiveModel {
    let starts = starts(number, now);
    let ends = starts + TimeDelta::hours(1);
    let at = resolve(starts, ZONE);
    appointment::ActiveModel {
        sent_hash: Set(None),
        canceled_from: Set(None),
        circle_id: Set(circle_id(circle)),
        id: Set(id(7, circle * APPOINTMENTS + number)),
        kind: Set(AppointmentKind::Medical),
        title: Set(format!("Blood count {number}")),
        topic: Set(Topic::Health),
        starts_on: Set(None),
        starts_local: Set(Some(starts)),
        ends_local: Set(Some(ends)),
        time_zone: Set(Some(ZONE.into())),
        starts_at: Set(Some(at)),
        ends_at: Set(Some(at + TimeDelta::hours(1))),
        sort_at: Set(at),
        over_at: Set(at + TimeDelta::hours(1)),
        location: Set(Some("Third floor".into())),
        video_link: Set(None),
        preparation: Set(None),
        outcome: Set(None),
        reminder_minutes: Set("[]".into()),
        state: Set(AppointmentState::Scheduled),
        schedule_version: Set(1),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// The attendees: the coordinator, the caregiver and the patient.
fn attendances((circle, number): (u64, u64), now: DateTime<Utc>) -> Vec<attendance::ActiveModel> {
    let part = |member: u64| attendance::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(8, (circle * APPOINTMENTS + number) * 10 + member)),
        appointment_id: Set(id(7, circle * APPOINTMENTS + number)),
        member_id: Set(member_id(circle, member)),
        response: Set(if member == 0 {
            AttendeeResponse::NoResponse
        } else {
            AttendeeResponse::Accepted
        }),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    };
    [0, 1, 4].map(part).into()
}

fn a_need((circle, number): (u64, u64), now: DateTime<Utc>) -> need::ActiveModel {
    let starts = starts(number, now);
    let at = resolve(starts, ZONE);
    need::ActiveModel {
        sent_hash: Set(None),
        circle_id: Set(circle_id(circle)),
        id: Set(id(9, circle * APPOINTMENTS + number)),
        appointment_id: Set(id(7, circle * APPOINTMENTS + number)),
        kind: Set(NeedKind::Driver),
        people_needed: Set(1),
        people_accepted: Set(1),
        pickup_location: Set(Some("At home".into())),
        dropoff_location: Set(None),
        notes: Set(None),
        starts_on: Set(None),
        starts_local: Set(Some(starts)),
        ends_local: Set(Some(starts + TimeDelta::hours(1))),
        time_zone: Set(Some(ZONE.into())),
        starts_at: Set(Some(at)),
        ends_at: Set(Some(at + TimeDelta::hours(1))),
        sort_at: Set(at),
        over_at: Set(at + TimeDelta::hours(1)),
        state: Set(NeedState::Open),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// The coordinator, the caregiver and a helper take turns.
fn a_need_assignment(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> need_assignment::ActiveModel {
    need_assignment::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(10, circle * APPOINTMENTS + number)),
        need_id: Set(id(9, circle * APPOINTMENTS + number)),
        member_id: Set(member_id(circle, number % 3)),
        state: Set(NeedAssignmentState::Accepted),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_circle_has_five_people_and_every_even_user_coordinates_a_circle() {
        for circle in 0..CIRCLES {
            let people: HashSet<UserId> = (0..5).map(|member| user_of(circle, member)).collect();
            assert_eq!(people.len(), 5);
        }
        let coordinators: HashSet<UserId> = (0..CIRCLES).map(coordinator).collect();
        assert_eq!(coordinators.len(), 1000);
    }

    #[test]
    fn a_task_is_completed_once() {
        let mut tasks = HashSet::new();
        let mut number = 0;
        while let Some((_, task)) = task_to_complete(number) {
            assert!(tasks.insert(task));
            number += 1;
        }
        assert_eq!(tasks.len(), 90_000);
    }
}
