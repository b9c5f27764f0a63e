//! The sweeps that delete old rows: in batches, with an index for each query, and records of
//! mails three months after their end.

use chrono::TimeDelta;
use kith::entity::{delivery, job, notification, rate_window, reminder};
use kith::privacy::retention::{self, sweep};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, Set, Statement};
use serde_json::json;

use crate::harness::TestApp;
use crate::harness::database::TestDatabase;

#[tokio::test]
async fn every_sweep_can_use_an_index() {
    let database = TestDatabase::migrated_file();
    let connection = database.connect().await;
    let ask = async |sql: String| {
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let rows = connection.query_all_raw(statement).await.unwrap();
        // A computed column of an index has no name.
        let names = rows.iter().map(|row| {
            let name = row.try_get::<Option<String>>("", "name").unwrap();
            name.unwrap_or_default()
        });
        names.collect::<Vec<_>>()
    };
    // There are only a few keys, so that they need no index.
    let few = |line: &retention::Sweep| line.table == "signing_keys";
    for line in retention::table().into_iter().filter(|line| !few(line)) {
        let mut found = false;
        for index in ask(format!("PRAGMA index_list({})", line.table)).await {
            let columns = ask(format!("PRAGMA index_info({index})")).await;
            let at = columns.iter().position(|column| *column == line.column);
            // The column may come second, after a column that the sweep also compares.
            let behind = at == Some(1) && ["state", "user_id"].contains(&columns[0].as_str());
            found |= at == Some(0) || behind;
        }
        assert!(
            found,
            "add an index on {}({}) in a migration: a sweep in src/privacy/retention.rs needs it",
            line.table, line.column
        );
    }
    connection.close().await.unwrap();
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
