//! A restored database: the operator can skip the emails that the original has sent already.

use axum::http::Method;
use chrono::TimeDelta;
use kith::admin::restore::{SkippedMails, skip_mails};
use kith::config::DatabaseUrl;
use kith::platform::db::{self, BeginWrite};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};

use crate::harness::database::TestDatabase;
use crate::harness::{Client, Person, Reply, TestApp};

/// The outcomes of the reminders of a task, earliest first.
async fn outcomes(by: &Person, task: &Value) -> Vec<String> {
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let reminders = by.later().await.get(&path).await.is(200);
    let state = |reminder: &Value| {
        let delivery = &reminder["deliveries"][0];
        let state = reminder["state"].as_str().unwrap();
        let sent = delivery["state"].as_str().unwrap_or_default();
        let reason = delivery["reason"].as_str().unwrap_or_default();
        format!("{state} {sent} {reason}").trim().to_owned()
    };
    let reminders = reminders["data"].as_array().unwrap();
    reminders.iter().map(state).collect()
}

#[tokio::test]
async fn emails_that_are_already_due_are_skipped_and_later_emails_are_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({
            "title": "Shopping", "due_local": "2026-12-03T12:00",
            "reminder_minutes": [2880, 1440, 60],
        }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    // Half an hour after the first of three reminders was due.
    app.advance(TimeDelta::hours(3) + TimeDelta::minutes(30));
    let fired = kith::notify::reminders::fire_due_reminders(&app.app)
        .await
        .unwrap();
    assert_eq!(fired.reminders, 1);
    let ana_later = ana.later().await;
    let guest = json!({ "email": "cem@test.example", "access": "helper" });
    ana_later.post("/invitations", guest).await.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let moved = json!({ "due_local": "2026-12-03T12:30" });
    ana_later.patch(&path, moved).await.is(200);
    app.advance(TimeDelta::hours(25));

    let skipped = skip_mails(&app.app, app.now()).await.unwrap();
    // One of the reminders says that somebody is needed.
    let expected = SkippedMails {
        reminders: 2,
        queued: 3,
    };
    assert_eq!(skipped, expected);
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(
        outcomes(&ana, &task).await,
        [
            "fired skipped restored",
            "canceled",
            "expired",
            "canceled",
            "planned"
        ]
    );
    let again = skip_mails(&app.app, app.now()).await.unwrap();
    assert_eq!((again.reminders, again.queued), (0, 0));

    app.advance(TimeDelta::hours(22));
    assert!(app.mail().await.text.contains("Thu 3 December 2026, 12:30"));
}

#[tokio::test]
async fn emails_after_the_given_moment_are_sent() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invite = async |email: &str| {
        let guest = json!({ "email": email, "access": "helper" });
        ana.post("/invitations", guest).await.is(201);
    };
    invite("before@test.example").await;
    app.advance(TimeDelta::minutes(5));
    let moment = app.now();
    invite("after@test.example").await;
    skip_mails(&app.app, moment).await.unwrap();
    assert_eq!(app.mail().await.to, "after@test.example");
}

async fn rename(by: &Client, path: &str, title: &str, tag: &str) -> Reply {
    let body = Some(json!({ "title": title }));
    by.with(("if-match", tag), &Method::PATCH, path, body).await
}

#[tokio::test]
async fn an_etag_of_a_change_that_a_restore_undid_is_not_valid() {
    let app = TestApp::start_on(TestDatabase::migrated_file(), |_| ()).await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let path = ana.path(&format!("/tasks/{}", task["id"].as_str().unwrap()));
    let first = ana.get(&path).await.header("etag").to_owned();

    // Two restores of the same backup. The second version of the task is different in each.
    let DatabaseUrl::Sqlite(file) = &app.database.url else {
        unreachable!("a file was asked for")
    };
    let backup = file.with_extension("backup.db");
    db::back_up(&app.database.url, &backup).await.unwrap();
    let mut tags = Vec::new();
    for title in ["Shopping on Monday", "Shopping on Friday"] {
        let copy = TestDatabase::file_of(&backup);
        let restored = TestApp::start_on(copy, |_| ()).await;
        let mut ana = (*ana).clone();
        ana.app = restored.clone();
        for undone in tags.iter().chain([&first]) {
            rename(&ana, &path, "Lost", undone).await.is(412);
            let seen = ("if-none-match", undone.as_str());
            ana.with(seen, &Method::GET, &path, None).await.is(200);
        }
        let tag = ana.get(&path).await.header("etag").to_owned();
        let renamed = rename(&ana, &path, title, &tag).await;
        assert_eq!(renamed.status, 200, "{}", renamed.text);
        tags.push(renamed.header("etag").to_owned());
        // The number of the version, which a client has from the body, still works.
        rename(&ana, &path, title, "\"2\"").await.is(200);
    }
    std::fs::remove_file(backup).unwrap();
}

#[tokio::test]
async fn only_a_moved_database_starts_a_new_generation() {
    let database = TestDatabase::migrated().await;
    let generation = async || {
        let db = db::connect(&database.url, 2).await.unwrap();
        let generation = db.generation().name();
        db.close().await.unwrap();
        generation
    };
    let first = generation().await;
    assert_eq!(first.len(), 8);
    assert_eq!(generation().await, first);
    let connection = database.connect().await;
    let moved = "UPDATE database_state SET place = 'elsewhere'";
    connection.execute_unprepared(moved).await.unwrap();
    connection.close().await.unwrap();
    let second = generation().await;
    assert_ne!(second, first);
    assert_eq!(generation().await, second);
}

#[tokio::test]
async fn a_restored_postgresql_invalidates_old_etags_of_a_running_server() {
    let app = TestApp::start().await;
    if app.app.db().backend() == DbBackend::Sqlite {
        return;
    }
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let path = ana.path(&format!("/tasks/{}", task["id"].as_str().unwrap()));
    let before = ana.get(&path).await.header("etag").to_owned();
    let connection = app.database.connect().await;
    let disconnect = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    // The same ETag still works after a restart.
    connection.execute_unprepared(disconnect).await.unwrap();
    rename(&ana, &path, "Shopping today", &before).await.is(200);
    let before = ana.get(&path).await.header("etag").to_owned();

    // A restored table is a new table to PostgreSQL.
    let restore = "ALTER TABLE database_state RENAME TO old_state; \
        CREATE TABLE database_state AS SELECT * FROM old_state; DROP TABLE old_state";
    connection.execute_unprepared(restore).await.unwrap();
    connection.execute_unprepared(disconnect).await.unwrap();
    rename(&ana, &path, "Lost", &before).await.is(412);
    let seen = ("if-none-match", before.as_str());
    ana.with(seen, &Method::GET, &path, None).await.is(200);
    let after = ana.get(&path).await.header("etag").to_owned();
    assert_ne!(after, before);
    rename(&ana, &path, "Shopping tomorrow", &after)
        .await
        .is(200);
    connection.close().await.unwrap();
}
