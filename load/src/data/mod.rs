//! The data: circles of five people, with two hundred tasks each. It is computed from the same
//! numbers in every run, so that both databases contain the same.

mod appointments;
mod insert;
mod people;
mod series;
mod tasks;
mod threads;

use anyhow::ensure;
use chrono::{DateTime, SubsecRound, Utc};
use kith::entity::ids::{CircleId, MemberId, TaskId, ThreadId, UserId};
use kith::entity::task::TaskState;
use kith::entity::zone_rules;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

pub use insert::Insert;
pub use tasks::{due_of, is_assigned};

pub const TASKS: u64 = 200;
const APPOINTMENTS: u64 = 12;
const THREADS: u64 = 12;
/// Messages of each thread.
const MESSAGES: u64 = 10;
/// Rows of the change log of each circle.
const CHANGES: u64 = 100;
const ZONE: &str = "Europe/Berlin";
/// Tasks before this number are completed.
const DONE: u64 = 40;

/// An id that depends only on kind and number, in version 7 as in Kith.
pub fn id<Id: From<Uuid>>(kind: u64, number: u64) -> Id {
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

pub fn member_id(circle: u64, member: u64) -> MemberId {
    id(3, circle * 10 + member)
}

pub fn task_id(circle: u64, task: u64) -> TaskId {
    id(4, circle * TASKS + task)
}

/// A thread that every member of a circle sees.
pub fn thread_id(circle: u64) -> ThreadId {
    id(11, circle * THREADS)
}

/// The people of a circle. Each user is in two or three circles, and each user with an even
/// number coordinates one circle.
fn user_of(circles: u64, circle: u64, member: u64) -> UserId {
    user_id((2 * circle + 401 * member) % (2 * circles))
}

/// The coordinator of a circle.
pub fn coordinator(circles: u64, circle: u64) -> UserId {
    user_of(circles, circle, 0)
}

/// The email address of the coordinator of a circle.
pub fn email_of_coordinator(circle: u64) -> String {
    people::email(2 * circle)
}

/// The open tasks, the latest due first, one circle after the other, each of them once.
pub fn task_to_complete(circles: u64, number: u64) -> Option<(u64, u64)> {
    let (circle, nth) = (number % circles, number / circles);
    let open = (100..TASKS)
        .rev()
        .filter(|task| state_of(*task) == TaskState::Open);
    let task = open.into_iter().nth(usize::try_from(nth).ok()?)?;
    Some((circle, task))
}

pub fn state_of(task: u64) -> TaskState {
    match task % 20 {
        _ if task < DONE => TaskState::Completed,
        7 => TaskState::Canceled,
        13 => TaskState::Proposed,
        _ => TaskState::Open,
    }
}

/// Fills an empty database that has the newest schema.
pub async fn fill(mut to: Insert, circles: u64, now: DateTime<Utc>) -> anyhow::Result<()> {
    ensure!(
        circles >= 10 && circles.is_multiple_of(10),
        "the number of circles must be a multiple of ten"
    );
    let now = now.trunc_subsecs(6);
    let each = |per_circle: u64| {
        (0..circles).flat_map(move |circle| (0..per_circle).map(move |number| (circle, number)))
    };
    to.put((0..2 * circles).map(|number| people::a_user(number, now)))
        .await?;
    to.put((0..circles).map(|circle| people::a_circle((circles, circle), now)))
        .await?;
    let members = people::MEMBERS.len() as u64;
    to.put(each(members).map(|at| people::a_member(circles, at, now)))
        .await?;
    to.put(each(members).flat_map(people::grants)).await?;
    to.put(each(series::TASK_SERIES).map(|at| series::a_task_series(at, now)))
        .await?;
    to.put(each(TASKS).map(|at| tasks::a_task(at, now))).await?;
    to.put(each(TASKS).flat_map(|at| tasks::assignments(at, now)))
        .await?;
    to.put(each(TASKS).filter_map(|at| tasks::a_reminder(at, now)))
        .await?;
    to.put((0..circles).map(|circle| series::an_appointment_series(circle, now)))
        .await?;
    to.put((0..circles).flat_map(|circle| series::attendees(circle, now)))
        .await?;
    to.put(each(APPOINTMENTS).map(|at| appointments::an_appointment(at, now)))
        .await?;
    to.put(each(APPOINTMENTS).flat_map(|at| appointments::attendances(at, now)))
        .await?;
    to.put(each(APPOINTMENTS).map(|at| appointments::a_need(at, now)))
        .await?;
    to.put(each(APPOINTMENTS).map(|at| appointments::a_need_assignment(at, now)))
        .await?;
    to.put(each(THREADS).map(|at| threads::a_thread(at, now)))
        .await?;
    to.put(each(THREADS).flat_map(|at| threads::thread_members(at, now)))
        .await?;
    to.put(each(THREADS).flat_map(|at| threads::messages(at, now)))
        .await?;
    to.put(each(THREADS).flat_map(|at| threads::read_cursors(at, now)))
        .await?;
    to.put(each(CHANGES).map(|at| threads::a_change(at, now)))
        .await?;
    // The instants are of these rules: no start has to go through them.
    let rules = zone_rules::ActiveModel {
        version: Set(kith::features::zone_rules::version().to_owned()),
        followed_at: Set(now),
    };
    to.put(std::iter::once(rules)).await?;
    to.finish().await
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_circle_has_five_people_and_every_even_user_coordinates_a_circle() {
        for circles in [10, 1000, 10_000] {
            for circle in 0..circles {
                let people: HashSet<UserId> = (0..5)
                    .map(|member| user_of(circles, circle, member))
                    .collect();
                assert_eq!(people.len(), 5);
            }
            let coordinators: HashSet<UserId> = (0..circles)
                .map(|circle| coordinator(circles, circle))
                .collect();
            assert_eq!(coordinators.len() as u64, circles);
        }
    }

    #[test]
    fn a_task_is_completed_once() {
        let mut tasks = HashSet::new();
        let mut number = 0;
        while let Some(task) = task_to_complete(1000, number) {
            assert!(tasks.insert(task));
            number += 1;
        }
        assert_eq!(tasks.len(), 90_000);
    }

    /// The rows are written without a check of foreign keys.
    #[tokio::test]
    async fn the_rows_keep_every_foreign_key() {
        let folder = std::env::temp_dir().join(format!("kith-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("filled.db");
        let settings = kith::config::DatabaseUrl::Sqlite(file.clone());
        kith::platform::db::migrate(&settings).await.unwrap();
        let now = "2026-11-30T10:00:00Z".parse().unwrap();
        fill(Insert::into_file(&file).unwrap(), 10, now)
            .await
            .unwrap();
        let db = rusqlite::Connection::open(&file).unwrap();
        let mut broken = db.prepare("PRAGMA foreign_key_check").unwrap();
        let tables: Vec<String> = broken
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(tables, [""; 0]);
        let tasks: i64 = db
            .query_row("SELECT count(*) FROM tasks", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tasks, 2000);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
