//! A personal access token with only write scopes can read nothing from the answers to its writes.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[tokio::test]
async fn a_token_with_only_write_scopes_gets_answers_without_a_body() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let ids = crate::contract::matrix::fresh(&ana, "canary").await;
    let token = async |scopes: Value| {
        let token = json!({ "name": "a", "circle_ids": [ana.circle_id()], "scopes": scopes });
        let token = ana.post("/v1/me/access-tokens", token).await.is(201);
        let mut client = ana.client.clone();
        client.token = token["token"].as_str().map(str::to_owned);
        client
    };
    let writes = json!([
        "tasks:write",
        "appointments:write",
        "roles:write",
        "messages:write"
    ]);
    let blind = token(writes).await;
    let task = format!("/tasks/{}", ids.task);
    ana.act(&format!("{task}/claim")).await.is(200);
    let made = blind.post("/tasks", json!({ "title": "canary" })).await;
    assert!(made.header("location").contains("/tasks/"), "{made:?}");
    assert_eq!(
        ana.get(made.header("location")).await.is(200)["title"],
        "canary"
    );
    let mut seen = vec![made];
    for (path, body) in [
        // This is already in effect. The answer must not show the task.
        (format!("{task}/claim"), Value::Null),
        (format!("{task}/release"), Value::Null),
        (
            format!("{task}/offer"),
            json!({ "member_id": ben.member_id }),
        ),
        (
            format!("/needs/{}/claim", ids.need),
            json!({ "allow_overlap": true }),
        ),
        (
            format!("/appointments/{}/attendees/me/respond", ids.appointment),
            json!({ "response": "accepted" }),
        ),
        (format!("/roles/{}/archive", ids.role), Value::Null),
        (
            format!("/threads/{}/messages", ids.thread),
            json!({ "body": "canary" }),
        ),
        (format!("/threads/{}/archive", ids.thread), Value::Null),
    ] {
        let body = (!body.is_null()).then_some(body);
        let request = blind.request(&Method::POST, &path, body.as_ref());
        let reply = app.send(request).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text);
        seen.push(reply);
    }
    seen.push(blind.patch(&task, json!({ "notes": "canary" })).await);
    for reply in &seen {
        assert_eq!(
            (reply.status.as_u16(), reply.text.as_str()),
            (204, ""),
            "{reply:?}"
        );
        assert!(!reply.header("etag").is_empty());
    }
    // A refusal does not show the state either.
    let refused = blind.act(&format!("{task}/approve")).await;
    let refused = refused.status.as_u16();
    assert_eq!(refused, 204, "the task is already open");
    ana.act(&format!("{task}/cancel")).await.is(200);
    let refused = blind.act(&format!("{task}/claim")).await;
    let problem = refused.is_problem(409, "invalid_transition");
    assert!(
        problem["state"].is_null() && problem["actions"].is_null(),
        "{problem}"
    );

    // A stored answer is hidden too. A token with both scopes sees all of it.
    let both = token(json!(["tasks:read", "tasks:write"])).await;
    let key = ("idempotency-key", "once");
    let body = || Some(json!({ "title": "canary" }));
    both.with(key, &Method::POST, "/tasks", body())
        .await
        .is(201);
    let hidden = blind.with(key, &Method::POST, "/tasks", body()).await;
    assert_eq!((hidden.status.as_u16(), hidden.text.as_str()), (204, ""));
    app.mails().await;
}

#[tokio::test]
async fn reminders_do_not_name_a_helper_to_a_member_who_cannot_see_the_need() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let visit = json!({
        "title": "Blood count", "starts_local": "2026-12-01T12:00", "reminder_minutes": [120],
        "attendee_member_ids": [ana.member_id],
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    let visit = format!("/appointments/{}", visit["id"].as_str().unwrap());
    let need = ana
        .post(&format!("{visit}/needs"), json!({ "kind": "driver" }))
        .await;
    let need = need.is(201);
    let take = format!("/needs/{}/claim", need["id"].as_str().unwrap());
    cem.act(&take).await.is(200);
    let grants = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grants, json!({ "daily": "none" })).await.is(200);
    app.mails().await;
    app.advance(chrono::TimeDelta::hours(2));
    app.mails().await;
    let reminders = format!("{visit}/reminders");
    let all = ana.later().await.get(&reminders).await;
    assert!(all.text.contains(&cem.member_id), "{}", all.text);
    let some = ben.later().await.get(&reminders).await;
    assert!(some.text.contains(&ana.member_id), "{}", some.text);
    assert!(!some.text.contains(&cem.member_id), "{}", some.text);
    app.mails().await;
}
