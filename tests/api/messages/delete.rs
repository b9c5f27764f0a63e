//! `DELETE /v1/circles/{circle_id}/messages/{message_id}`

use axum::http::Method;
use kith::entity::{idempotency_record, message, message_edit};
use sea_orm::EntityTrait;
use serde_json::json;

use crate::harness::TestApp;
use crate::threads::{about, between, bodies, delete, id, listed, messages, say};

#[tokio::test]
async fn a_deleted_message_keeps_its_place_but_not_its_text() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let key = ("idempotency-key", "once");
    let body = json!({ "body": "Secret \"one\"", "mentioned_member_ids": [cem.member_id] });
    let say_it = async || {
        let body = Some(body.clone());
        ben.with(key, &Method::POST, &messages(&thread), body).await
    };
    let message = say_it().await.is(201);
    let path = format!("/messages/{}", id(&message));
    // The text is so long that a thread shows only its beginning.
    ben.patch(&path, json!({ "body": "Secret two. ".repeat(50) }))
        .await
        .is(200);
    let marked = format!("/threads/{}/mark-read", id(&thread));
    let last_read_message_id = json!({ "last_read_message_id": message["id"] });
    cem.with(
        key,
        &Method::POST,
        &marked,
        Some(last_read_message_id.clone()),
    )
    .await
    .is(200);
    let reply = json!({ "body": "An answer", "reply_to_message_id": message["id"] });
    let answer_it = async || {
        let reply = Some(reply.clone());
        cem.with(key, &Method::POST, &messages(&thread), reply)
            .await
    };
    let reply = answer_it().await.is(201);

    delete(&cem, &message).await.is_problem(403, "forbidden");
    delete(&ana, &message).await.is(204);
    let tombstone = ben.get(&path).await.is(200);
    assert_eq!(
        (
            &tombstone["body"],
            &tombstone["mentioned_member_ids"],
            &tombstone["actions"],
            &tombstone["number"],
            &tombstone["deleted_at"]
        ),
        (
            &json!(null),
            &json!([]),
            &json!([]),
            &json!(1),
            &json!("2026-12-01T08:00:00.000Z")
        )
    );
    let logged = app.change_log().await.len();
    delete(&ben, &message).await.is(204);
    assert_eq!(app.change_log().await.len(), logged);
    let again = ben.get(&path).await.is(200);
    assert_eq!(again["version"], tombstone["version"]);
    assert_eq!(
        bodies(&ben, &thread).await,
        [json!("An answer"), json!(null)]
    );
    let answer = ben.get(&format!("/messages/{}", id(&reply))).await.is(200);
    assert_eq!(answer["reply_to_message_id"], message["id"]);
    let history = ben.get(&format!("{path}/revisions")).await.is(200);
    assert_eq!(history["data"], json!([]));
    ben.patch(&path, json!({ "body": "Secret three" }))
        .await
        .is_problem(409, "invalid_transition");
    // Kept answers that contain the text are deleted. An answer that only names the message stays.
    say_it().await.is_problem(409, "replay_unavailable");
    let marked_again = cem
        .with(key, &Method::POST, &marked, Some(last_read_message_id))
        .await;
    marked_again.is_problem(409, "replay_unavailable");
    let replied_again = answer_it().await;
    assert_eq!(replied_again.header("idempotency-replayed"), "true");
    assert_eq!(replied_again.is(201), reply);

    let connection = app.database.connect().await;
    let rows = [
        format!("{:?}", message::Entity::find().all(&connection).await),
        format!("{:?}", message_edit::Entity::find().all(&connection).await),
        format!(
            "{:?}",
            idempotency_record::Entity::find().all(&connection).await
        ),
    ];
    connection.close().await.unwrap();
    for rows in rows {
        assert!(rows.starts_with("Ok") && !rows.contains("Secret"), "{rows}");
    }
}

#[tokio::test]
async fn deleting_a_message_deletes_all_of_its_revisions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let message = say(&ana, &thread, "Version 0").await;
    let path = format!("/messages/{}", id(&message));
    for version in 1..=120 {
        let body = json!({ "body": format!("Version {version}") });
        ana.patch(&path, body).await.is(200);
    }
    let history = format!("{path}/revisions?limit=100");
    let page = ana.get(&history).await.is(200);
    assert_eq!(page["data"][0]["body"], "Version 119");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ana.get(&format!("{history}&cursor={cursor}")).await.is(200);
    assert_eq!(rest["data"][19]["body"], "Version 0");
    delete(&ana, &message).await.is(204);
    let page = ana.get(&history).await.is(200);
    assert_eq!(page, json!({ "data": [], "next_cursor": null }));
}

#[tokio::test]
async fn only_the_author_can_delete_a_message_between_people() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = between(&ben, &[&ana]).await;
    let message = say(&ben, &thread, "Mine").await;
    delete(&ana, &message).await.is_problem(403, "forbidden");
    let access = json!({ "access": "viewer" });
    ana.patch(&format!("/members/{}", ben.member_id), access)
        .await
        .is(200);
    delete(&ben, &message).await.is(204);
    let last = listed(&ana, &thread).await["last_message"].clone();
    assert_eq!(
        (&last["body"], &last["is_deleted"], &last["author_name"]),
        (&json!(null), &json!(true), &json!("Ben Test"))
    );
}
