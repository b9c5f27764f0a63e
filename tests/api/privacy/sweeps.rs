//! The sweeps that delete old rows: in batches, between which others write, and records of mails
//! three months after their end. That each has an index is checked by `harness::plans`.

use chrono::TimeDelta;
use kith::entity::{delivery, idempotency_record, job, notification, rate_window, reminder};
use kith::http::response::NoContent;
use kith::platform::db::Transaction;
use kith::privacy::retention::sweep;
use sea_orm::{EntityTrait, PaginatorTrait, Set};
use serde_json::json;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::harness::database::TestDatabase;

/// On SQLite, where a sweep and other writes wait for each other.
#[tokio::test]
async fn others_write_between_the_batches_of_a_sweep() {
    let app = TestApp::start_on(TestDatabase::migrated_file(), |_| ()).await;
    insert_old_answers(&app, 1234).await;
    let another_write = async {
        let write = Transaction::begin(&app.app).await.unwrap();
        let left = count_answers(&app).await;
        write.commit(NoContent).await.unwrap();
        left
    };
    let (swept, left) = tokio::join!(sweep(&app.app), another_write);
    swept.unwrap();
    assert_eq!(left, 1234 - 20, "the other write comes after one batch");
    assert_eq!(count_answers(&app).await, 0);
}

#[tokio::test]
async fn a_sweep_ends_with_its_batch_when_the_server_stops() {
    let app = TestApp::start_on(TestDatabase::migrated_file(), |_| ()).await;
    insert_old_answers(&app, 1234).await;
    let stop = async {
        let write = Transaction::begin(&app.app).await.unwrap();
        app.app.stopping().cancel();
        write.commit(NoContent).await.unwrap();
    };
    let (swept, ()) = tokio::join!(sweep(&app.app), stop);
    swept.unwrap();
    assert_eq!(count_answers(&app).await, 1234 - 20);
}

/// Kept answers that are old: the first line of the table of sweeps deletes them.
async fn insert_old_answers(app: &TestApp, count: u32) {
    let rows = (0..count).map(|number| idempotency_record::ActiveModel {
        user_id: Set(Uuid::nil().into()),
        method: Set("POST".into()),
        path: Set("/v1/circles".into()),
        key: Set(format!("key {number}")),
        body_hash: Set(vec![0]),
        status: Set(201),
        headers: Set("{}".into()),
        body: Set("{}".into()),
        topics: Set(None),
        created_at: Set(app.now() - TimeDelta::days(2)),
    });
    let connection = app.database.connect().await;
    idempotency_record::Entity::insert_many(rows)
        .exec_without_returning(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn count_answers(app: &TestApp) -> u64 {
    let connection = app.database.connect().await;
    let answers = idempotency_record::Entity::find();
    let count = answers.count(&connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

#[tokio::test]
async fn a_sweep_too_large_for_one_transaction_takes_several() {
    let app = TestApp::start().await;
    let connection = app.database.connect().await;
    let ended = app.now() - TimeDelta::minutes(1);
    let rows = (0..1234u32).map(|number| rate_window::ActiveModel {
        subject_hash: Set(number.to_be_bytes().to_vec()),
        ends_at: Set(ended),
        reserved: Set(1),
    });
    rate_window::Entity::insert_many(rows)
        .exec_without_returning(&connection)
        .await
        .unwrap();
    sweep(&app.app).await.unwrap();
    let left = rate_window::Entity::find().count(&connection).await;
    assert_eq!(left.unwrap(), 0);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn delivery_records_are_kept_for_three_months() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task_soon(&ben).await;
    let offered = ana.task(json!({ "title": "Shopping" })).await;
    let offer = format!("/tasks/{}/offer", offered["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    app.advance(TimeDelta::minutes(30));
    assert!(!app.mails().await.is_empty());
    let connection = app.database.connect().await;
    let kept = async || {
        (
            notification::Entity::find()
                .count(&connection)
                .await
                .unwrap(),
            reminder::Entity::find().count(&connection).await.unwrap(),
            delivery::Entity::find().count(&connection).await.unwrap(),
            job::Entity::find().count(&connection).await.unwrap(),
        )
    };
    app.advance(TimeDelta::days(90) - TimeDelta::hours(1));
    sweep(&app.app).await.unwrap();
    assert_eq!(kept().await, (1, 1, 1, 0));
    app.advance(TimeDelta::hours(2));
    sweep(&app.app).await.unwrap();
    assert_eq!(kept().await, (0, 0, 0, 0));
    connection.close().await.unwrap();
}
