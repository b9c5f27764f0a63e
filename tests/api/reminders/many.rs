//! Many reminders that are due at the same time, in one circle and in several.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use kith::background::run_due_jobs;
use kith::entity::delivery::{self, DeliveryState};
use kith::notify::reminders::fire_due_reminders;
use kith::platform::mail::Mailer;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;

use crate::harness::database::server;
use crate::harness::{Mail, Person, TestApp, sender};

/// Tasks that these members have claimed, due at the same time. Their reminders are due one hour
/// before, which is 50 hours from the start.
async fn claimed(ana: &Person, by: &[&Person], count: usize) {
    for number in 0..count {
        let task = json!({
            "title": format!("Task {number}"), "people_needed": by.len(),
            "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
        });
        let task = ana.task(task).await;
        for person in by {
            person.task_act(&task, "claim").await.is(200);
        }
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_number_of_reminders_and_members() {
    let mut counts = Vec::new();
    for (tasks, members) in [(1, 1), (6, 3)] {
        let app = TestApp::start().await;
        let [ana, ben, cem, dora] = app
            .circle(["coordinator", "helper", "helper", "helper"])
            .await;
        claimed(&ana, &[&ben, &cem, &dora][..members], tasks).await;
        app.advance(TimeDelta::hours(50));
        let (fired, to_fire) = app.with_statements(fire_due_reminders(&app.app)).await;
        assert_eq!(fired.unwrap().reminders, tasks);
        let (failed, to_send) = app.with_statements(run_due_jobs(&app.app)).await;
        assert_eq!(failed.unwrap(), Vec::<String>::new());
        assert_eq!(app.mails().await.len(), tasks * members);
        counts.push((to_fire, to_send));
    }
    assert_eq!(
        counts[0], counts[1],
        "the number of statements that fire reminders, and the number of those that send them, \
         grow with the number of reminders or members: see src/notify/reminders"
    );
}

/// Two circles with two tasks each, whose reminders are due in 50 hours.
async fn two_circles(app: &Arc<TestApp>) -> [Person; 2] {
    let [ana, ben] = app
        .circle_of(["coordinator", "helper"], ["Ana", "Ben"])
        .await;
    let [cem, dora] = app
        .circle_of(["coordinator", "helper"], ["Cem", "Dora"])
        .await;
    claimed(&ana, &[&ben], 2).await;
    claimed(&cem, &[&dora], 2).await;
    app.advance(TimeDelta::hours(50));
    [ben, dora]
}

async fn execute(app: &TestApp, sql: &str) {
    let connection = app.database.connect().await;
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// The condition of one of the tasks that a person has claimed.
fn one_task(of: &Person) -> String {
    let member = match server() {
        Some(_) => format!("'{}'", of.member_id),
        // SQLite has the bytes of an id.
        None => format!("x'{}'", of.member_id.replace('-', "")),
    };
    format!(
        "id IN (SELECT task_id FROM task_assignments WHERE member_id = {member}) \
         AND title = 'Task 0'"
    )
}

#[tokio::test]
async fn a_reminder_that_cannot_fire_does_not_delay_others() {
    for broken in [0, 1] {
        let app = TestApp::start().await;
        let people = two_circles(&app).await;
        let which = one_task(&people[broken]);
        execute(
            &app,
            &format!("UPDATE tasks SET state = 'odd' WHERE {which}"),
        )
        .await;
        let fired = fire_due_reminders(&app.app).await.unwrap();
        // The task has a reminder for those who could claim it, too.
        assert_eq!((fired.reminders, fired.failures.len()), (3, 2));
        assert_eq!(run_due_jobs(&app.app).await.unwrap(), Vec::<String>::new());
        execute(
            &app,
            &format!("UPDATE tasks SET state = 'open' WHERE {which}"),
        )
        .await;
        let mails = app.mails().await;
        let to_them = |mail: &&Mail| mail.to == people[broken].email;
        let their_mails = mails.iter().filter(to_them).count();
        assert_eq!((mails.len(), their_mails), (4, 2));
    }
}

#[tokio::test]
async fn a_reminder_that_cannot_be_written_does_not_delay_others() {
    for broken in [0, 1] {
        let app = TestApp::start().await;
        let people = two_circles(&app).await;
        let fired = fire_due_reminders(&app.app).await.unwrap();
        assert_eq!((fired.reminders, fired.failures.len()), (4, 0));
        let which = one_task(&people[broken]);
        execute(
            &app,
            &format!("UPDATE tasks SET state = 'odd' WHERE {which}"),
        )
        .await;
        assert_eq!(run_due_jobs(&app.app).await.unwrap().len(), 1);
        execute(
            &app,
            &format!("UPDATE tasks SET state = 'open' WHERE {which}"),
        )
        .await;
        assert_eq!(app.mails().await.len(), 3, "the others were sent");
        app.advance(TimeDelta::minutes(1));
        assert_eq!(app.mail().await.to, people[broken].email);
    }
}

#[tokio::test]
async fn each_of_several_hundred_reminders_is_sent_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &[&ben], 300).await;
    app.advance(TimeDelta::hours(50));
    let mails = app.mails().await;
    let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
    assert_eq!((mails.len(), ids.len()), (300, 300));
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_server_that_stops_sends_nothing_more_and_counts_no_attempt() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &[&ben], 2).await;
    app.advance(TimeDelta::hours(50));
    fire_due_reminders(&app.app).await.unwrap();
    let mailer = Mailer::memory(sender());
    let stopping = app.another_node(mailer.clone()).await;
    stopping.stopping().cancel();
    assert_eq!(run_due_jobs(&stopping).await.unwrap().len(), 2);
    assert_eq!(mailer.take_sent().len(), 0);
    let connection = app.database.connect().await;
    for delivery in delivery::Entity::find().all(&connection).await.unwrap() {
        assert_eq!(delivery.state, DeliveryState::Queued);
        assert_eq!((delivery.attempts, delivery.reason), (0, None));
    }
    connection.close().await.unwrap();
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.mails().await.len(), 2, "another server sends them");
}
