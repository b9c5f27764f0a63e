//! The security events of an account, and the emails about the important ones.

use chrono::TimeDelta;
use kith::privacy::retention::sweep;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

async fn sign_in(person: &Person, password: &str, device: Option<&Value>) -> Reply {
    let mut credentials = json!({
        "email": person.email, "password": password, "device_label": "Ana's tablet",
    });
    if let Some(device) = device {
        credentials["device_token"] = device.clone();
    }
    person.app.advance(TimeDelta::seconds(1));
    let anybody = person.app.anybody();
    anybody.post("/v1/sessions", credentials).await
}

/// The kinds of the security events, newest first.
pub async fn log(client: &Client) -> Vec<String> {
    let page = client.get("/v1/me/security-events").await.is(200);
    let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
    page["data"].as_array().unwrap().iter().map(kind).collect()
}

#[tokio::test]
async fn a_sign_in_on_a_new_device_sends_an_email_and_on_a_known_device_does_not() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let tokens = sign_in(&ana, PASSWORD, None).await.session();
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    assert_eq!(mail.header("Subject"), "A new device signed in");
    insta::assert_snapshot!(mail.text, @r"
    Hello Ana Test,

    A device that had not been used before signed in to your account with Kith.

    When: Tue 1 December 2026, 09:00 (Europe/Berlin, UTC+1)
    Device: Ana's tablet

    If it was you, there is nothing to do. If it was not you, ask your app for a new
    password now: you get a link at this address, and the new password signs out every
    device.
    ");
    let device = &tokens["device_token"];
    sign_in(&ana, PASSWORD, Some(device)).await.session();
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(log(&ana).await, ["signed_in", "signed_in_on_new_device"]);
}

#[tokio::test]
async fn a_sign_in_on_a_new_device_sends_an_email_even_if_no_session_is_stored() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    ana.act("/v1/sessions/sign-out").await.is(204);
    app.advance(TimeDelta::days(40));
    sweep(&app.app).await.unwrap();
    sign_in(&ana, PASSWORD, None).await.session();
    let mail = app.mail().await;
    assert_eq!(mail.header("Subject"), "A new device signed in");
}

#[tokio::test]
async fn a_sign_in_after_five_failures_sends_one_email() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let device = &ana.tokens["device_token"];
    for _ in 0..5 {
        let wrong = sign_in(&ana, "not the password", Some(device)).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    assert_eq!(app.mails().await.len(), 0);
    sign_in(&ana, PASSWORD, Some(device)).await.session();
    let mail = app.mail().await;
    let subject = "Somebody signed in after several wrong tries";
    assert_eq!(mail.header("Subject"), subject);
    assert!(mail.html.contains("five or more wrong tries"));
    sign_in(&ana, PASSWORD, Some(device)).await.session();
    assert_eq!(app.mails().await.len(), 0);
    let expected = ["signed_in", "signed_in_after_failures", "sign_in_refused"];
    assert_eq!(log(&ana).await[..3], expected);
}

#[tokio::test]
async fn reuse_of_a_refresh_token_sends_an_email_to_the_owner() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let refresh = async |tokens: &Value| {
        let token = json!({ "refresh_token": tokens["refresh_token"] });
        anybody.post("/v1/sessions/refresh", token).await
    };
    let second = refresh(&ana.tokens).await.is(200);
    refresh(&second).await.is(200);
    let stolen = refresh(&ana.tokens).await;
    stolen.is_problem(401, "invalid_token");
    let mail = app.mail().await;
    assert_eq!(mail.header("Subject"), "A device was signed out for safety");
    for part in [
        "A device was signed out of your account",
        "This is harmless if an app was open in two tabs",
        "somebody copied the sign-in",
        "Sign in again on this device.",
    ] {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
        assert!(mail.html.contains(part), "{part}: {}", mail.html);
    }
    assert!(!mail.text.contains("If it was you"), "{}", mail.text);
    let device = &ana.tokens["device_token"];
    let tokens = sign_in(&ana, PASSWORD, Some(device)).await.session();
    let log = log(&app.client(&tokens)).await;
    assert_eq!(log, ["signed_in", "refresh_token_reused"]);
}

#[tokio::test]
async fn security_events_are_listed_in_pages_with_their_origin() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ben = app.person("Ben").await;
    sign_in(&ana, "not the password", None).await;
    app.advance(TimeDelta::minutes(1));
    sign_in(&ana, "not the password", None).await;
    assert_eq!(log(&ben).await, Vec::<String>::new());

    let first = ana.get("/v1/me/security-events?limit=1").await.is(200);
    assert_eq!(first["data"][0]["occurred_at"], "2026-12-01T08:01:02.000Z");
    assert_eq!(first["data"][0]["actor_kind"], "session");
    assert_eq!(first["data"][0]["device_label"], "Ana's tablet");
    assert_eq!(first["data"][0]["session_id"], Value::Null);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/v1/me/security-events?limit=1&cursor={cursor}");
    let second = ana.get(&path).await.is(200);
    assert_eq!(second["data"][0]["occurred_at"], "2026-12-01T08:00:01.000Z");
    assert_eq!(second["next_cursor"], Value::Null);
    let others = ben.get(&path).await;
    others.is_problem(400, "invalid_parameters");
}

#[tokio::test]
async fn security_events_are_kept_for_400_days_and_tries_without_an_account_for_one_day() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    sign_in(&ana, "not the password", None).await;
    let nobody = json!({ "email": "nobody@test.example", "password": "not the password" });
    app.anybody().post("/v1/sessions", nobody).await;
    let connection = app.database.connect().await;
    let count = async || {
        let sql = "SELECT id FROM security_events";
        let all = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        connection.query_all_raw(all).await.unwrap().len()
    };
    assert_eq!(count().await, 2);
    for (days, left) in [(1, 2), (1, 1), (398, 1), (1, 0)] {
        app.advance(TimeDelta::days(days));
        sweep(&app.app).await.unwrap();
        assert_eq!(count().await, left);
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_person_renames_and_ends_only_their_own_sessions() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let tablet = sign_in(&ana, PASSWORD, None).await.session();
    app.mails().await;
    let session = tablet["session_id"].as_str().unwrap();
    let path = format!("/v1/me/sessions/{session}");
    let renamed = json!({ "device_label": "Kitchen tablet" });
    let renamed = ana.patch(&path, renamed).await.is(200);
    assert_eq!(renamed["device_label"], "Kitchen tablet");
    assert_eq!(renamed["is_current"], false);
    app.advance(TimeDelta::seconds(1));
    ana.delete(&path).await.is(204);
    let gone = ana.patch(&path, json!({ "device_label": "x" })).await;
    gone.is_problem(404, "not_found");
    app.advance(TimeDelta::seconds(1));
    ana.act("/v1/me/sessions/end-others").await.is(204);

    let ben = app.person("Ben").await;
    let own = ben.tokens["session_id"].as_str().unwrap();
    let foreign = ana
        .patch(
            &format!("/v1/me/sessions/{own}"),
            json!({ "device_label": "x" }),
        )
        .await;
    foreign.is_problem(404, "not_found");
    let expected = ["other_sessions_ended", "session_ended"];
    assert_eq!(log(&ana).await[..2], expected);
}
