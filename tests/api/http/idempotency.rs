//! Idempotency keys: a request that is repeated has one effect and one answer.

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use kith::config::DatabaseUrl;
use kith::entity::idempotency_record;
use kith::entity::ids::UserId;
use kith::privacy::retention::sweep;
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, TransactionTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

#[tokio::test]
async fn the_same_request_with_the_same_key_has_one_effect_and_one_answer() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let key = ("idempotency-key", "once");
    let ask = || {
        ana.with(
            key,
            &Method::POST,
            "/tasks",
            Some(json!({ "title": "Once" })),
        )
    };
    let replies = futures_util::future::join_all((0..10).map(|_| ask())).await;
    let replayed = replies
        .iter()
        .filter(|reply| reply.header("idempotency-replayed") == "true");
    assert_eq!(replayed.count(), 9);
    for reply in &replies {
        assert_eq!(
            (reply.status.as_u16(), &reply.text),
            (201, &replies[0].text)
        );
        assert_eq!(reply.header("etag"), replies[0].header("etag"));
        assert_eq!(reply.header("location"), replies[0].header("location"));
    }
    let other = ana
        .with(
            key,
            &Method::POST,
            "/tasks",
            Some(json!({ "title": "Twice" })),
        )
        .await;
    other.is_problem(422, "idempotency_key_reused");
    assert_eq!(
        ana.get("/tasks").await.is(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let key = ("idempotency-key", "again");
    let bad = json!({ "title": "a", "task_list_id": Uuid::now_v7() });
    ana.with(key, &Method::POST, "/tasks", Some(bad))
        .await
        .is_problem(422, "validation_failed");
    let good = ana
        .with(key, &Method::POST, "/tasks", Some(json!({ "title": "a" })))
        .await;
    assert_eq!(good.status, 201);
}

#[tokio::test]
async fn a_key_belongs_to_one_person_and_one_path() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let key = ("idempotency-key", "shared");
    let body = || Some(json!({ "title": "a" }));
    let circle = || Some(json!({ "patient_name": "Rosa" }));
    for (person, path, body) in [
        (&ana, "/tasks", body()),
        (&ben, "/tasks", body()),
        (&ana, "/task-lists", body()),
        (&ana, "/v1/circles", circle()),
        (&ben, "/v1/circles", circle()),
    ] {
        let first = person.with(key, &Method::POST, path, body.clone()).await;
        assert_eq!(first.header("idempotency-replayed"), "", "{path}");
        let again = person.with(key, &Method::POST, path, body).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{path}");
        assert_eq!(first.is(201), again.is(201));
    }
}

#[tokio::test]
async fn stored_answers_are_deleted_after_a_day_and_unsubscribe_links_are_not() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task_soon(&ben).await;
    app.advance(TimeDelta::minutes(30));
    let link = app.mail().await.link("unsubscribe");

    let ask = async || {
        let key = ("idempotency-key", "once");
        let body = Some(json!({ "title": "a" }));
        let ana = ana.later().await;
        let task = ana.with(key, &Method::POST, "/tasks", body).await;
        task.is(201)["id"].clone()
    };
    let first = ask().await;
    app.advance(TimeDelta::hours(24));
    sweep(&app.app).await.unwrap();
    assert_eq!(ask().await, first);
    app.advance(TimeDelta::seconds(1));
    sweep(&app.app).await.unwrap();
    assert_ne!(ask().await, first);

    app.advance(TimeDelta::days(400));
    sweep(&app.app).await.unwrap();
    assert_eq!(app.anybody().act(&link).await.status, 200);
}

#[tokio::test]
async fn a_key_of_an_unfinished_request_is_a_conflict_to_try_again() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    if matches!(app.database.url, DatabaseUrl::Sqlite(_)) {
        // SQLite has a single writer, so the second request never reaches its key.
        return;
    }
    let me = ana.get("/v1/me").await.is(200);
    let in_flight = idempotency_record::ActiveModel {
        user_id: Set(UserId(me["id"].as_str().unwrap().parse().unwrap())),
        method: Set("POST".into()),
        path: Set(ana.path("/tasks")),
        key: Set("slow".into()),
        body_hash: Set(Vec::new()),
        status: Set(0),
        headers: Set("{}".into()),
        body: Set(String::new()),
        topics: Set(None),
        created_at: Set(app.now()),
    };
    let connection = app.database.connect().await;
    let slow = connection.begin().await.unwrap();
    let insert = idempotency_record::Entity::insert(in_flight);
    insert.exec_without_returning(&slow).await.unwrap();

    let key = ("idempotency-key", "slow");
    let ask = || ana.with(key, &Method::POST, "/tasks", Some(json!({ "title": "a" })));
    let reply = ask().await;
    reply.is_problem(409, "request_in_progress");
    assert_eq!(reply.header("retry-after"), "1");
    slow.rollback().await.unwrap();
    connection.close().await.unwrap();
    ask().await.is(201);
}

#[tokio::test]
async fn a_stored_answer_is_not_given_to_a_member_who_lost_the_topic() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let key = ("idempotency-key", "once");
    let body = json!({ "title": "Injection", "topic": "health" });
    let ask = || ben.with(key, &Method::POST, "/tasks", Some(body.clone()));
    let grant = async |level: &str, until: Option<DateTime<Utc>>| {
        let path = format!("/members/{}/topics", ben.member_id);
        let levels = json!({ "health": level, "expires_at": until });
        ana.patch(&path, levels).await.is(200);
    };
    let first = ask().await.is(201);
    grant("read", None).await;
    ask().await.is_problem(404, "not_found");
    grant("write", Some(app.now() + TimeDelta::minutes(5))).await;
    assert_eq!(ask().await.is(201), first);
    app.advance(TimeDelta::minutes(5));
    ask().await.is_problem(404, "not_found");
}

#[tokio::test]
async fn leaving_again_with_the_same_key_answers_the_same_and_gives_no_other_access() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let ask = async |path: &str, key: &str, body: Value| {
        let key = ("idempotency-key", key);
        ben.with(key, &Method::POST, path, Some(body)).await
    };
    ask("/tasks", "a task", json!({ "title": "a" }))
        .await
        .is(201);
    let leave = || ask("/leave", "leaving", json!({}));
    let (first, second) = futures_util::join!(leave(), leave());
    assert_eq!(first.text, second.text);
    let third = leave().await;
    assert_eq!(third.header("idempotency-replayed"), "true");
    assert_eq!(third.is(200), first.is(200));
    let other = ask(
        "/leave",
        "leaving",
        json!({ "reassign_to_member_id": ana.member_id }),
    )
    .await;
    other.is_problem(422, "idempotency_key_reused");
    for (path, key) in [("/leave", "another"), ("/tasks", "a task")] {
        let reply = ask(path, key, json!({ "title": "a" })).await;
        reply.is_problem(404, "not_found");
    }

    app.join(&ana, &ben, json!({ "access": "viewer" })).await;
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    leave().await.is_problem(404, "not_found");
}

#[tokio::test]
async fn creating_again_with_a_chosen_id_changes_nothing() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let body = json!({ "id": Uuid::now_v7(), "title": "Mine" });
    let first = ana.post("/tasks", body.clone()).await.is(201);
    let second = ana.post("/tasks", body.clone()).await.is(200);
    assert_eq!(first, second);
    ben.post("/tasks", body).await.is_problem(409, "id_taken");
}

#[tokio::test]
async fn every_method_that_writes_accepts_a_key() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let task = format!("/tasks/{}", task["id"].as_str().unwrap());
    let list = json!({ "title": "Kitchen" });
    let list = ana.post("/task-lists", list).await.is(201);
    let list = format!("/task-lists/{}", list["id"].as_str().unwrap());
    let key = ("idempotency-key", "once");
    for (method, path, body, status) in [
        (
            Method::PATCH,
            task.as_str(),
            Some(json!({ "title": "Bake" })),
            200,
        ),
        (Method::DELETE, &list, None, 204),
        (Method::PUT, "/deletion", None, 200),
        (Method::DELETE, "/deletion", None, 204),
        (Method::PUT, "/v1/me/deletion", None, 200),
        (Method::DELETE, "/v1/me/deletion", None, 204),
    ] {
        let first = ana.with(key, &method, path, body.clone()).await;
        assert_eq!(first.status, status, "{method} {path}: {}", first.text);
        assert_eq!(first.header("idempotency-replayed"), "", "{method} {path}");
        let again = ana.with(key, &method, path, body).await;
        assert_eq!(
            (again.status, &again.text, again.header("etag")),
            (first.status, &first.text, first.header("etag")),
            "{method} {path}"
        );
        let replayed = again.header("idempotency-replayed");
        assert_eq!(replayed, "true", "{method} {path}");
    }
    // Without the key, the list is gone.
    ana.delete(&list).await.is_problem(404, "not_found");
    app.mails().await;
}

#[tokio::test]
async fn a_key_is_refused_with_another_query() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Cook", "notes": "Soup" })).await;
    let task = format!("/tasks/{}", task["id"].as_str().unwrap());
    let key = ("idempotency-key", "once");
    let change = async |query: &str| {
        let path = format!("{task}{query}");
        ana.with(key, &Method::PATCH, &path, Some(json!({}))).await
    };
    assert_eq!(change("?clear=notes").await.is(200)["notes"], Value::Null);
    let again = change("?clear=notes").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    for other in ["", "?clear=due_local"] {
        let reused = change(other).await;
        reused.is_problem(422, "idempotency_key_reused");
    }
}
