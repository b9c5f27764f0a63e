//! Messages: written, replied to, edited for a while, deleted, logged.

use axum::http::Method;
use chrono::TimeDelta;
use kith::entity::{change, idempotency_record, message, message_edit};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp};
use crate::threads::{about, between, bodies, delete, id, listed, mark, messages, say};

#[tokio::test]
async fn a_message_is_edited_by_its_author_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let message = say(&ben, &thread, "At nine").await;
    let path = format!("/messages/{}", id(&message));
    let edit = |body: &str| json!({ "body": body });
    ana.patch(&path, edit("At noon"))
        .await
        .is_problem(409, "not_the_author");
    let same = ben.patch(&path, edit("At nine")).await.is(200);
    assert_eq!(
        (&same["version"], &same["edited_at"]),
        (&json!(1), &json!(null))
    );
    app.advance(TimeDelta::minutes(5));
    let edited = ben.patch(&path, edit("At ten")).await.is(200);
    assert_eq!(edited["edited_at"], "2026-12-01T08:05:00.000Z");
    app.advance(TimeDelta::minutes(9));
    let late = ben.later().await;
    late.patch(&path, edit("At eleven")).await.is(200);
    app.advance(TimeDelta::minutes(1));
    late.patch(&path, edit("At twelve"))
        .await
        .is_problem(409, "too_late");
    assert_eq!(
        late.get(&path).await.is(200)["actions"],
        json!(["change", "delete"])
    );
    let history = ana.later().await.get(&format!("{path}/history")).await;
    assert_eq!(
        history.is(200)["data"],
        json!([
            { "message_version": 2, "body": "At ten", "written_at": "2026-12-01T08:05:00.000Z" },
            { "message_version": 1, "body": "At nine", "written_at": "2026-12-01T08:00:00.000Z" },
        ])
    );
}

#[tokio::test]
async fn a_change_meant_for_an_older_message_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let written = ana.post(&messages(&thread), json!({ "body": "a" })).await;
    let etag = written.header("etag").to_owned();
    let path = format!("/messages/{}", id(&written.is(201)));
    let seen = ("if-match", etag.as_str());
    let edit = |body: &str| Some(json!({ "body": body }));
    ana.with(seen, &Method::PATCH, &path, edit("b"))
        .await
        .is(200);
    let late = ana.with(seen, &Method::PATCH, &path, edit("c")).await;
    late.is_problem(412, "stale");
}

#[tokio::test]
async fn a_deleted_message_keeps_its_place_and_none_of_its_text() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let key = ("idempotency-key", "once");
    let body = json!({ "body": "Secret \"one\"", "mentions": [cem.member_id] });
    let said = ben
        .with(key, &Method::POST, &messages(&thread), Some(body))
        .await;
    let message = said.is(201);
    let path = format!("/messages/{}", id(&message));
    ben.patch(&path, json!({ "body": "Secret two" }))
        .await
        .is(200);
    let marked = format!("/threads/{}/read", id(&thread));
    let up_to = json!({ "up_to": message["id"] });
    cem.with(key, &Method::POST, &marked, Some(up_to.clone()))
        .await
        .is(200);
    let reply = json!({ "body": "An answer", "reply_to": message["id"] });
    let reply = cem.post(&messages(&thread), reply).await.is(201);

    delete(&cem, &message).await.is_problem(403, "forbidden");
    let tombstone = delete(&ana, &message).await.is(200);
    assert_eq!(
        (
            &tombstone["body"],
            &tombstone["mentions"],
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
    let again = delete(&ben, &message).await.is(200);
    assert_eq!(again["version"], tombstone["version"]);
    assert_eq!(
        bodies(&ben, &thread).await,
        [json!("An answer"), json!(null)]
    );
    let answer = ben.get(&format!("/messages/{}", id(&reply))).await.is(200);
    assert_eq!(answer["reply_to"], message["id"]);
    let history = ben.get(&format!("{path}/history")).await.is(200);
    assert_eq!(history["data"], json!([]));
    ben.patch(&path, json!({ "body": "Secret three" }))
        .await
        .is_problem(409, "invalid_transition");
    let replayed = cem.with(key, &Method::POST, &marked, Some(up_to)).await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.is(200)["last_message"]["body"], json!(null));

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
async fn a_message_with_a_long_history_is_deleted_whole() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let message = say(&ana, &thread, "Version 0").await;
    let path = format!("/messages/{}", id(&message));
    for version in 1..=120 {
        let body = json!({ "body": format!("Version {version}") });
        ana.patch(&path, body).await.is(200);
    }
    let history = format!("{path}/history?limit=100");
    let page = ana.get(&history).await.is(200);
    assert_eq!(page["data"][0]["body"], "Version 119");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ana.get(&format!("{history}&cursor={cursor}")).await.is(200);
    assert_eq!(rest["data"][19]["body"], "Version 0");
    delete(&ana, &message).await.is(200);
    let page = ana.get(&history).await.is(200);
    assert_eq!(page, json!({ "data": [], "next_cursor": null }));
}

#[tokio::test]
async fn between_people_only_the_author_deletes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = between(&ben, &[&ana]).await;
    let message = say(&ben, &thread, "Mine").await;
    delete(&ana, &message).await.is_problem(403, "forbidden");
    let access = json!({ "access": "viewer" });
    ana.patch(&format!("/members/{}", ben.member_id), access)
        .await
        .is(200);
    delete(&ben, &message).await.is(200);
    let last = listed(&ana, &thread).await["last_message"].clone();
    assert_eq!(
        (&last["body"], &last["is_deleted"], &last["author_name"]),
        (&json!(null), &json!(true), &json!("Ben Test"))
    );
}

#[tokio::test]
async fn a_mention_lets_nobody_in() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let health = about(&ana, "health").await;
    let daily = about(&ana, "daily").await;
    let direct = between(&ana, &[&ben]).await;
    let mention = async |thread: &Value, members: &[&Person]| {
        let ids: Vec<_> = members.iter().map(|member| &member.member_id).collect();
        let body = json!({ "body": "Look", "mentions": ids });
        ana.post(&messages(thread), body).await
    };
    let unseen = ["/mentions/1 unknown_member"];
    assert_eq!(mention(&health, &[&ana, &cem]).await.is_invalid(), unseen);
    assert_eq!(mention(&direct, &[&ben, &cem]).await.is_invalid(), unseen);
    cem.get(&messages(&direct))
        .await
        .is_problem(404, "not_found");
    let message = mention(&daily, &[&cem, &cem]).await.is(201);
    assert_eq!(message["mentions"], json!([cem.member_id]));
    mention(&direct, &[&ben]).await.is(201);
    let suspend = format!("/members/{}/suspend", cem.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    assert_eq!(mention(&daily, &[&ana, &cem]).await.is_invalid(), unseen);
}

#[tokio::test]
async fn a_reply_stays_in_its_thread() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (one, two) = (about(&ana, "daily").await, about(&ana, "daily").await);
    let message = say(&ana, &one, "Here").await;
    let reply = json!({ "body": "There", "reply_to": message["id"] });
    let there = ana.post(&messages(&two), reply.clone()).await;
    assert_eq!(there.is_invalid(), ["/reply_to unknown_message"]);
    let here = ana.post(&messages(&one), reply).await.is(201);
    assert_eq!(
        (&here["reply_to"], &here["number"]),
        (&message["id"], &json!(2))
    );
}

#[tokio::test]
async fn a_message_with_ones_own_id_is_written_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let (one, two) = (about(&ana, "daily").await, about(&ana, "daily").await);
    let body = json!({ "id": Uuid::now_v7(), "body": "Once" });
    let first = ana.post(&messages(&one), body.clone()).await.is(201);
    let second = ana.post(&messages(&one), body.clone()).await.is(200);
    assert_eq!(first, second);
    let other = ana.post(&messages(&two), body.clone()).await;
    other.is_problem(409, "id_reused");
    let other = ben.post(&messages(&one), body).await;
    other.is_problem(409, "id_taken");
    assert_eq!(bodies(&ben, &one).await, ["Once"]);
}

#[tokio::test]
async fn messages_are_numbered_and_read_page_by_page_newest_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let path = messages(&thread);
    let people = [&ana, &ben].into_iter().cycle().take(7);
    let writes = people.map(|by| by.post(&path, json!({ "body": "a" })));
    for reply in futures_util::future::join_all(writes).await {
        reply.is(201);
    }
    let mut numbers = Vec::new();
    let mut page_path = format!("{path}?limit=3");
    loop {
        let page = ben.get(&page_path).await.is(200);
        for message in page["data"].as_array().unwrap() {
            numbers.push(message["number"].as_i64().unwrap());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        page_path = format!("{path}?limit=3&cursor={cursor}");
    }
    assert_eq!(numbers, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn the_log_names_the_thread_and_reading_is_not_in_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let topic = about(&ana, "daily").await;
    let direct = between(&ana, &[&ben]).await;
    let path = |thread: &Value, verb: &str| format!("/threads/{}{verb}", id(thread));
    ana.patch(&path(&topic, ""), json!({ "title": "Canary" }))
        .await
        .is(200);
    ana.act(&path(&topic, "/archive")).await.is(200);
    ana.act(&path(&topic, "/reopen")).await.is(200);
    let message = say(&ana, &direct, "Canary").await;
    mark(&ben, &direct, &message).await.is(200);
    ana.patch(
        &format!("/messages/{}", id(&message)),
        json!({ "body": "b" }),
    )
    .await
    .is(200);
    delete(&ana, &message).await.is(200);

    let connection = app.database.connect().await;
    let log = change::Entity::find().order_by_asc(change::Column::Seq);
    let log = log.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let mut text = String::new();
    for line in log.iter().filter(|line| line.thread_id.is_some()) {
        let thread = match line.thread_id.unwrap().to_string() {
            thread if thread == id(&topic) => "topic",
            _ => "direct",
        };
        let about = line
            .topic
            .map_or("-", kith::entity::topic_grant::Topic::as_str);
        let parts = [thread, &line.subject_type, &line.verb, about, &line.fields];
        text += &parts.join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    topic thread created daily []
    direct thread created - []
    topic thread changed daily ["title"]
    topic thread archived daily ["state"]
    topic thread reopened daily ["state"]
    direct message created - []
    direct message changed - ["body"]
    direct message deleted - []
    "#);
}
