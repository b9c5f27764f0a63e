//! The devices one is signed in on, and changing the password on one of them.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

const ANOTHER: &str = "seventeen green umbrellas";

async fn sign_in(person: &Person, label: &str) -> Client {
    let credentials = json!({ "email": person.email, "password": PASSWORD, "device_label": label });
    let tokens = person.post("/v1/sessions", credentials).await.is(201);
    person.app.client(&tokens)
}

async fn sessions(by: &Client) -> Vec<Value> {
    let listed = by.get("/v1/me/sessions").await.is(200);
    listed["data"].as_array().unwrap().clone()
}

async fn revoke(by: &Client, session: &Value) -> Reply {
    let id = session.as_str().unwrap();
    by.act(&format!("/v1/me/sessions/{id}/revoke")).await
}

async fn change(by: &Client, current: &str, new: &str) -> Reply {
    let change = json!({ "current_password": current, "new_password": new });
    by.post("/v1/me/password", change).await
}

#[tokio::test]
async fn one_sees_the_devices_one_is_signed_in_on_and_no_secret_of_theirs() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.person("Ben").await;
    app.advance(TimeDelta::minutes(1));
    let tablet = sign_in(&ana, "Tablet").await;
    let listed = sessions(&tablet).await;
    assert_eq!(
        listed[0],
        json!({
            "id": listed[0]["id"], "device_label": "Tablet", "created_at": "2026-12-01T08:01:00.000Z",
            "last_used_at": "2026-12-01T08:01:00.000Z", "is_current": true,
        })
    );
    let first = (&listed[1]["id"], &listed[1]["device_label"]);
    assert_eq!(first, (&ana.tokens["session_id"], &Value::Null));
    assert_eq!((listed.len(), &listed[1]["is_current"]), (2, &json!(false)));

    app.advance(TimeDelta::days(90));
    let phone = sign_in(&ana, "Phone").await;
    assert_eq!(sessions(&phone).await.len(), 1, "the idle ones have ended");
}

#[tokio::test]
async fn a_device_is_signed_out_from_another_and_nobody_elses_is() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let tablet = sign_in(&ana, "Tablet").await;
    let foreign = revoke(&tablet, &ben.tokens["session_id"]).await;
    foreign.is_problem(404, "not_found");
    ben.get("/v1/me").await.is(200);
    for _ in 0..2 {
        revoke(&tablet, &ana.tokens["session_id"]).await.is(204);
    }
    ana.get("/v1/me").await.is_problem(401, "unauthenticated");
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let refresh = ana.post("/v1/sessions/refresh", refresh).await;
    refresh.is_problem(401, "unauthenticated");
    assert_eq!(sessions(&tablet).await.len(), 1);
}

#[tokio::test]
async fn all_other_devices_are_signed_out_at_once() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let others = [sign_in(&ana, "Tablet").await, sign_in(&ana, "Phone").await];
    ana.act("/v1/me/sessions/revoke-others").await.is(204);
    for other in others {
        other.get("/v1/me").await.is_problem(401, "unauthenticated");
    }
    ben.get("/v1/me").await.is(200);
    assert_eq!(sessions(&ana).await.len(), 1);
}

#[tokio::test]
async fn of_more_than_fifty_devices_the_oldest_is_signed_out() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut last = None;
    for _ in 1..50 {
        app.advance(TimeDelta::seconds(1));
        last = Some(sign_in(&ana, "Another").await);
    }
    ana.get("/v1/me").await.is(200);
    app.advance(TimeDelta::seconds(1));
    sign_in(&ana, "One more").await;
    ana.get("/v1/me").await.is_problem(401, "unauthenticated");
    assert_eq!(sessions(&last.unwrap()).await.len(), 50);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_is_told_by_mail() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let tablet = sign_in(&ana, "Tablet").await;
    app.mail().await;
    let wrong = change(&ana, "not the password", ANOTHER).await;
    assert_eq!(wrong.is_invalid(), ["/current_password wrong"]);
    let short = change(&ana, PASSWORD, "short").await;
    assert_eq!(short.is_invalid(), ["/new_password too_short"]);
    tablet.get("/v1/me").await.is(200);
    assert_eq!(app.mails().await.len(), 0);

    change(&ana, PASSWORD, ANOTHER).await.is(204);
    ana.get("/v1/me").await.is(200);
    let other = tablet.get("/v1/me").await;
    other.is_problem(401, "unauthenticated");
    let told = app.mail().await;
    assert_eq!(told.to, ana.email);
    insta::assert_snapshot!(told.text, @r"
    Hello Ana Test,

    the password of your account with Kith was changed.

    When: Tue 1 December 2026, 09:00 (Europe/Berlin, UTC+1)

    If it was you, there is nothing to do. If it was not, ask your app for a new
    password now: it sends a link to this address and signs out every device.
    ");
    for (password, status) in [(PASSWORD, 401), (ANOTHER, 201)] {
        let credentials = json!({ "email": ana.email, "password": password });
        ana.post("/v1/sessions", credentials).await.is(status);
    }
    app.mail().await;
}

#[tokio::test]
async fn a_change_that_is_repeated_under_its_key_is_answered_as_before() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    for replayed in ["", "true"] {
        let key = ("idempotency-key", "once");
        let path = "/v1/me/password";
        let reply = ana.with(key, &Method::POST, path, Some(body.clone())).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
        assert_eq!(reply.header("idempotency-replayed"), replayed);
    }
    app.mail().await;
}
