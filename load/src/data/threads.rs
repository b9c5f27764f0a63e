//! The threads of a circle, with their messages and read cursors, and its change log.

use chrono::{DateTime, TimeDelta, Utc};
use kith::entity::change::{self, ActorKind};
use kith::entity::message;
use kith::entity::read_cursor;
use kith::entity::thread::{self, ThreadKind, ThreadState};
use kith::entity::thread_member;
use kith::entity::topic_grant::Topic;
use sea_orm::ActiveValue::Set;

use super::{APPOINTMENTS, CHANGES, MESSAGES, TASKS, THREADS, circle_id, id, member_id, task_id};

/// The last two threads are direct threads between the coordinator and the caregiver.
const DIRECT: u64 = 2;
/// How many messages the coordinator has not read in every third thread. Half of them are their
/// own.
const UNREAD: u64 = 4;

fn is_direct(number: u64) -> bool {
    number >= THREADS - DIRECT
}

fn topic_of(number: u64) -> Topic {
    match number % 3 {
        0 => Topic::Daily,
        1 => Topic::Family,
        _ => Topic::Health,
    }
}

/// Messages are an hour apart, and the newest is an hour old.
fn written(message: u64, now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(1) * i32::try_from(MESSAGES - message).unwrap_or_default()
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or_default()
}

pub fn a_thread((circle, number): (u64, u64), now: DateTime<Utc>) -> thread::ActiveModel {
    let direct = is_direct(number);
    thread::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(11, circle * THREADS + number)),
        kind: Set(if direct {
            ThreadKind::Direct
        } else {
            ThreadKind::Topic
        }),
        topic: Set((!direct).then(|| topic_of(number))),
        task_id: Set(None),
        appointment_id: Set(None),
        title: Set((!direct).then(|| format!("What comes next, part {number}"))),
        titled_by: Set((!direct).then(|| member_id(circle, 0))),
        state: Set(ThreadState::Open),
        last_number: Set(count(MESSAGES)),
        last_activity_at: Set(written(MESSAGES - 1, now) + TimeDelta::minutes(1) * count(number)),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 0))),
        updated_at: Set(now),
        sent_hash: Set(None),
    }
}

pub fn thread_members(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Vec<thread_member::ActiveModel> {
    let named: &[u64] = if is_direct(number) { &[0, 1] } else { &[] };
    let row = |member: &u64| thread_member::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(12, (circle * THREADS + number) * 10 + member)),
        thread_id: Set(id(11, circle * THREADS + number)),
        member_id: Set(member_id(circle, *member)),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 0))),
        updated_at: Set(now),
    };
    named.iter().map(row).collect()
}

/// The coordinator and the caregiver write in turn.
pub fn messages((circle, number): (u64, u64), now: DateTime<Utc>) -> Vec<message::ActiveModel> {
    let thread = circle * THREADS + number;
    let row = |nth: u64| message::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(13, thread * MESSAGES + nth)),
        thread_id: Set(id(11, thread)),
        number: Set(count(nth + 1)),
        body: Set(Some("She slept well and ate a little at noon. ".repeat(2))),
        reply_to_message_id: Set(None),
        mentioned_member_ids: Set("[]".into()),
        edited_at: Set(None),
        deleted_at: Set(None),
        version: Set(1),
        created_at: Set(written(nth, now)),
        created_by_member_id: Set(Some(member_id(circle, nth % 2))),
        updated_at: Set(written(nth, now)),
        sent_hash: Set(None),
    };
    (0..MESSAGES).map(row).collect()
}

/// How far the coordinator and the caregiver have read. The others have never opened a thread.
pub fn read_cursors(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Vec<read_cursor::ActiveModel> {
    let thread = circle * THREADS + number;
    let row = |member: u64| {
        let unread = if member == 0 && number % 3 == 0 {
            UNREAD
        } else {
            0
        };
        read_cursor::ActiveModel {
            circle_id: Set(circle_id(circle)),
            id: Set(id(14, thread * 10 + member)),
            thread_id: Set(id(11, thread)),
            member_id: Set(member_id(circle, member)),
            number: Set(count(MESSAGES - unread)),
            version: Set(1),
            created_at: Set(now),
            created_by_member_id: Set(Some(member_id(circle, member))),
            updated_at: Set(now),
        }
    };
    [0, 1].map(row).into()
}

/// What happened before: the newest changes are of tasks and appointments, in turn.
pub fn a_change((circle, number): (u64, u64), now: DateTime<Utc>) -> change::ActiveModel {
    let (subject_type, subject_id, topic) = if number.is_multiple_of(2) {
        let task = task_id(circle, number % TASKS);
        ("task", task.0, Topic::Daily)
    } else {
        let appointment = id(7, circle * APPOINTMENTS + number % APPOINTMENTS);
        ("appointment", appointment, Topic::Health)
    };
    change::ActiveModel {
        circle_id: Set(circle_id(circle)),
        seq: Set(i64::from(count(number + 1))),
        occurred_at: Set(now - TimeDelta::minutes(1) * count(CHANGES - number)),
        actor_member_id: Set(Some(member_id(circle, number % 2))),
        on_behalf_of_member_id: Set(None),
        actor_kind: Set(ActorKind::Session),
        personal_access_token_id: Set(None),
        verb: Set("updated".into()),
        subject_type: Set(subject_type.into()),
        subject_id: Set(subject_id),
        topic: Set(Some(topic)),
        thread_id: Set(None),
        changed_fields: Set(r#"["notes"]"#.into()),
        request_id: Set(None),
        address_prefix: Set(None),
    }
}
