//! `POST /v1/circles/{circle_id}/threads/{thread_id}/messages`

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp};
use crate::threads::{about, between, bodies, messages, say};

#[tokio::test]
async fn a_mention_gives_no_access_to_the_thread() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let health = about(&ana, "health").await;
    let daily = about(&ana, "daily").await;
    let direct = between(&ana, &[&ben]).await;
    let mention = async |thread: &Value, members: &[&Person]| {
        let ids: Vec<_> = members.iter().map(|member| &member.member_id).collect();
        let body = json!({ "body": "Look", "mentioned_member_ids": ids });
        ana.post(&messages(thread), body).await
    };
    let unseen = ["/mentioned_member_ids/1 unknown_member"];
    assert_eq!(mention(&health, &[&ana, &cem]).await.is_invalid(), unseen);
    assert_eq!(mention(&direct, &[&ben, &cem]).await.is_invalid(), unseen);
    cem.get(&messages(&direct))
        .await
        .is_problem(404, "not_found");
    let message = mention(&daily, &[&cem, &cem]).await.is(201);
    assert_eq!(message["mentioned_member_ids"], json!([cem.member_id]));
    mention(&direct, &[&ben]).await.is(201);
    let suspend = format!("/members/{}/suspend", cem.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    assert_eq!(mention(&daily, &[&ana, &cem]).await.is_invalid(), unseen);
}

#[tokio::test]
async fn a_reply_must_refer_to_a_message_of_the_same_thread() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (one, two) = (about(&ana, "daily").await, about(&ana, "daily").await);
    let message = say(&ana, &one, "Here").await;
    let reply = json!({ "body": "There", "reply_to_message_id": message["id"] });
    let there = ana.post(&messages(&two), reply.clone()).await;
    assert_eq!(there.is_invalid(), ["/reply_to_message_id unknown_message"]);
    let here = ana.post(&messages(&one), reply).await.is(201);
    assert_eq!(
        (&here["reply_to_message_id"], &here["number"]),
        (&message["id"], &json!(2))
    );
}

#[tokio::test]
async fn a_message_with_an_id_of_the_client_is_created_once() {
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
