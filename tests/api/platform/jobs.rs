//! The queue: a job runs under a lease, is retried later if it fails, and is never lost
//! silently.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::mpsc;

use chrono::TimeDelta;
use kith::background::run_due_jobs;
use kith::entity::ids::JobId;
use kith::entity::job::{self, JobState};
use kith::platform::mail::Mailer;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::json;
use uuid::Uuid;

use crate::harness::mail_server::{mail_server, mailer_to};
use crate::harness::{Client, TestApp, sender};

async fn invite(by: &Client) {
    let guest = json!({ "email": "ben@test.example", "access": "helper" });
    by.post("/invitations", guest).await.is(201);
}

/// The only job in the queue, or none.
async fn waiting(app: &TestApp) -> Option<job::Model> {
    let connection = app.database.connect().await;
    let mut jobs = job::Entity::find().all(&connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(jobs.len() < 2, "{jobs:#?}");
    jobs.pop()
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_attempt() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    // The listener is dropped: nothing listens at this address.
    let mailer = mailer_to(&TcpListener::bind("127.0.0.1:0").unwrap());
    let node = app.another_node(mailer).await;
    invite(&ana).await;
    for _ in 0..20 {
        assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
        assert_eq!(run_due_jobs(&node).await.unwrap().len(), 0);
        app.advance(TimeDelta::minutes(1));
    }
    let job = waiting(&app).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Queued, 0));
    assert_eq!(app.mail().await.to, "ben@test.example");
    assert_eq!(waiting(&app).await, None);
}

#[tokio::test]
async fn a_failing_job_is_tried_ten_times_at_growing_intervals_and_then_kept() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    invite(&ana).await;
    let connection = app.database.connect().await;
    let broken = "ALTER TABLE mail_tokens RENAME TO mail_tokens_of_before";
    connection.execute_unprepared(broken).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(run_due_jobs(&app.app).await.unwrap().len(), 1);
    for minutes in [1, 5, 15, 30, 60, 60, 60, 60, 60] {
        app.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        assert_eq!(run_due_jobs(&app.app).await.unwrap().len(), 0, "{minutes}");
        app.advance(TimeDelta::seconds(1));
        assert_eq!(run_due_jobs(&app.app).await.unwrap().len(), 1, "{minutes}");
    }
    app.advance(TimeDelta::days(1));
    assert_eq!(app.mails().await.len(), 0);
    let job = waiting(&app).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Dead, 10));
    let of_the_invitation = r#"{"kind":"mail_invitation","circle_id":""#;
    assert!(job.payload.starts_with(of_the_invitation));
    assert!(!job.payload.contains("ben@"));
}

#[tokio::test]
async fn an_invitation_that_the_mail_server_refuses_is_retried_until_it_expires() {
    for answer in [
        "451 <ben@test.example> is busy",
        "552 5.2.2 <ben@test.example> is full",
        "554 5.7.1 <ben@test.example>: Relay access denied",
    ] {
        let app = TestApp::start().await;
        let [ana] = app.circle(["coordinator"]).await;
        let mailer = mail_server("RCPT", answer, || ());
        let node = app.another_node(mailer).await;
        invite(&ana).await;
        // The intervals grow up to one hour.
        for minutes in [1, 5, 15, 30, 60, 60, 60, 60, 60, 60, 60, 60] {
            assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1, "{minutes}");
            app.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
            assert_eq!(run_due_jobs(&node).await.unwrap().len(), 0, "{minutes}");
            app.advance(TimeDelta::seconds(1));
        }
        app.advance(TimeDelta::days(6));
        assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
        let job = waiting(&app).await.unwrap();
        assert_eq!((job.state, job.attempts), (JobState::Queued, 5));
        let error = job.last_error.unwrap();
        assert!(error.starts_with("the mail server said "), "{error}");
        assert!(!error.contains("ben"), "{error}");
        app.advance(TimeDelta::hours(1));
        assert_eq!(app.mail().await.to, "ben@test.example");
        assert_eq!(waiting(&app).await, None);
    }
}

#[tokio::test]
async fn an_expired_invitation_is_not_mailed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mailer = mail_server("RCPT", "451 busy", || ());
    let node = app.another_node(mailer).await;
    invite(&ana).await;
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    app.advance(TimeDelta::days(7));
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 0);
    assert_eq!(waiting(&app).await, None);
}

#[tokio::test]
async fn an_invitation_to_a_doubtful_address_is_tried_again() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mailer = mail_server("RCPT", "550 mailbox unavailable", || ());
    let node = app.another_node(mailer).await;
    invite(&ana).await;
    for minutes in [1, 5, 15, 30, 60, 60, 60, 60] {
        assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1, "{minutes}");
        app.advance(TimeDelta::minutes(minutes));
    }
    let job = waiting(&app).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Queued, 8));
    assert_eq!(app.mail().await.to, "ben@test.example");
    assert_eq!(waiting(&app).await, None);
}

#[tokio::test]
async fn a_job_that_can_never_succeed_is_tried_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let node = app
        .another_node(mail_server("RCPT", "550 no such person", || ()))
        .await;
    invite(&ana).await;
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    app.advance(TimeDelta::days(1));
    assert_eq!(app.mails().await.len(), 0);
    let job = waiting(&app).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Dead, 1));
}

#[tokio::test]
async fn a_job_of_an_unknown_kind_is_kept() {
    let app = TestApp::start().await;
    let connection = app.database.connect().await;
    let row = job::ActiveModel {
        id: Set(JobId(Uuid::now_v7())),
        payload: Set(r#"{"kind":"from_the_future"}"#.into()),
        lane: Set(None),
        dedupe_key: Set(None),
        state: Set(JobState::Queued),
        run_at: Set(app.now()),
        attempts: Set(0),
        fence: Set(0),
        leased_until: Set(None),
        last_error: Set(None),
        created_at: Set(app.now()),
    };
    job::Entity::insert(row).exec(&connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(run_due_jobs(&app.app).await.unwrap().len(), 1);
    let job = waiting(&app).await.unwrap();
    assert_eq!(job.state, JobState::Dead);
    assert!(job.last_error.unwrap().contains("from_the_future"));
}

#[tokio::test]
async fn many_due_jobs_of_one_circle_do_not_delay_those_of_another() {
    let app = TestApp::start().await;
    let connection = app.database.connect().await;
    let lanes = [Uuid::now_v7(), Uuid::now_v7()];
    let row = |lane: usize, kind: &str, run_at| job::ActiveModel {
        id: Set(JobId(Uuid::now_v7())),
        payload: Set(format!(r#"{{"kind":"{kind}"}}"#)),
        lane: Set(Some(lanes[lane])),
        dedupe_key: Set(None),
        state: Set(JobState::Queued),
        run_at: Set(run_at),
        attempts: Set(0),
        fence: Set(0),
        leased_until: Set(None),
        last_error: Set(None),
        created_at: Set(run_at),
    };
    let earlier = app.now() - TimeDelta::hours(1);
    let many = (0..300).map(|_| row(0, "of_many", earlier));
    let few = (0..2).map(|_| row(1, "of_few", app.now()));
    let all = job::Entity::insert_many(many.chain(few));
    all.exec(&connection).await.unwrap();
    connection.close().await.unwrap();
    // No handler knows these kinds, so they end in the order in which they were leased.
    let ended = run_due_jobs(&app.app).await.unwrap();
    assert_eq!(ended.len(), 302);
    let few = ended.iter().take(4).filter(|job| job.contains("of_few"));
    assert_eq!(few.count(), 2, "{:?}", &ended[..4]);
}

#[tokio::test]
async fn the_job_of_a_dead_node_is_done_by_another_node() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let (_shut, opened) = mpsc::channel::<()>();
    let door = move || {
        arrived.send(()).unwrap();
        let _ = opened.recv();
    };
    let node = app
        .another_node(mail_server("RCPT", "250 fine", door))
        .await;
    invite(&ana).await;
    let dying = tokio::spawn(async move { run_due_jobs(&node).await.map(|done| done.len()) });
    arrivals.recv().await.unwrap();
    dying.abort();
    app.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::seconds(1));
    let job = waiting(&app).await.unwrap();
    let mail = app.mail().await;
    assert_eq!(mail.message_id, format!("<{}@kith.example>", job.id.0));
    assert_eq!(waiting(&app).await, None);
}

#[tokio::test]
async fn a_result_that_arrives_after_the_lease_is_ignored() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let (open, opened) = mpsc::channel();
    let door = move || {
        arrived.send(()).unwrap();
        opened.recv().unwrap();
    };
    let slow = app
        .another_node(mail_server("RCPT", "250 fine", door))
        .await;
    let other = app
        .another_node(mail_server("RCPT", "451 busy", || ()))
        .await;
    invite(&ana).await;
    let sleeping = tokio::spawn(async move { run_due_jobs(&slow).await.map(|done| done.len()) });
    arrivals.recv().await.unwrap();
    app.advance(TimeDelta::minutes(30));
    assert_eq!(run_due_jobs(&other).await.unwrap().len(), 1);
    let before = waiting(&app).await.unwrap();
    open.send(()).unwrap();
    // The slow node finished the job, but its lease had ended: the result does not count.
    assert_eq!(sleeping.await.unwrap().unwrap(), 0);
    let after = waiting(&app).await.unwrap();
    assert_eq!(after, before);
    assert_eq!(
        (after.state, after.attempts, after.fence),
        (JobState::Queued, 1, 2)
    );
    app.advance(TimeDelta::minutes(1));
    app.mail().await;
}

#[tokio::test]
async fn two_nodes_share_the_queue_and_do_each_job_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mailer = Mailer::memory(sender());
    let node = app.another_node(mailer.clone()).await;
    for number in 0..30 {
        let guest = json!({ "email": format!("g{number}@test.example"), "access": "viewer" });
        ana.post("/invitations", guest).await.is(201);
    }
    let (here, there) = futures_util::join!(app.mails(), run_due_jobs(&node));
    assert_eq!(there.unwrap(), Vec::<String>::new());
    let there = mailer.take_sent();
    assert_eq!(here.len() + there.len(), 30);
    let to = here.iter().map(|mail| &mail.to);
    let to: BTreeSet<_> = to.chain(there.iter().map(|mail| &mail.to)).collect();
    assert_eq!(to.len(), 30);
    assert_eq!(waiting(&app).await, None);
}
