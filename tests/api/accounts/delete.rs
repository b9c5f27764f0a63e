//! Scheduling the deletion of an account, and what its owner can do until then.

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use kith::privacy::{GRACE, erase_due};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn an_account_scheduled_for_deletion_is_read_only_for_two_weeks() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    ben.task(json!({ "title": "Shopping" })).await;

    let account = ben.put("/v1/me/deletion").await.is(200);
    let deletion_scheduled_for: DateTime<Utc> = account["deletion_scheduled_for"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(deletion_scheduled_for, app.now() + GRACE);
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    assert!(
        mail.text.contains("Tue 15 December 2026, 09:00"),
        "{}",
        mail.text
    );

    let credentials = json!({ "email": ben.email, "password": PASSWORD });
    let tokens = ben.post("/v1/sessions", credentials).await.session();
    let elsewhere = app.client(&tokens).inside(ben.circle_id());
    for device in [&ben.client, &elsewhere] {
        assert_eq!(
            device.get("/v1/me").await.is(200)["deletion_scheduled_for"],
            account["deletion_scheduled_for"]
        );
        let tasks = device.get("/tasks").await.is(200);
        assert_eq!(tasks["data"][0]["title"], "Shopping");
        assert_eq!(tasks["data"][0]["actions"], json!([]));
        let task = tasks["data"][0]["id"].as_str().unwrap();
        let claim = device.act(&format!("/tasks/{task}/claim")).await;
        claim.is_problem(409, "account_deletion_scheduled");
        let create = device.post("/tasks", json!({ "title": "More" })).await;
        create.is_problem(409, "account_deletion_scheduled");
        let rename = device.patch("/v1/me", json!({ "name": "Bea" })).await;
        assert_eq!(
            rename.is_problem(409, "account_deletion_scheduled")["actions"],
            json!(["cancel_deletion"])
        );
        let found = json!({ "patient_name": "Rosa" });
        let found = device.post("/v1/circles", found).await;
        found.is_problem(409, "account_deletion_scheduled");
    }
    let again = ben.put("/v1/me/deletion").await.is(200);
    assert_eq!(
        again["deletion_scheduled_for"],
        account["deletion_scheduled_for"]
    );
    let listed = ana.get("/members?state=leaving").await.is(200);
    assert_eq!(listed["data"][0]["id"], ben.member_id.as_str());
    elsewhere.act("/v1/sessions/sign-out").await.is(204);
    let mails = app.mails().await;
    let subjects: Vec<&str> = mails.iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects, ["A new device signed in"]);
}

#[tokio::test]
async fn deleting_an_account_releases_its_work_at_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let held = ana.task(json!({ "title": "Shopping" })).await;
    ben.task_act(&held, "claim").await.is(200);
    ben.put("/v1/me/deletion").await.is(200);

    let task = format!("/tasks/{}", held["id"].as_str().unwrap());
    let task = ana.get(&task).await.is(200);
    assert_eq!(task["coverage"], "none");
    assert_eq!(task["assignments"][0]["state"], "released");
    let offer = json!({ "member_id": ben.member_id });
    let path = format!("/tasks/{}/offer", held["id"].as_str().unwrap());
    ana.post(&path, offer).await.is(422);
}

#[tokio::test]
async fn a_person_who_cancels_the_deletion_takes_part_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE - TimeDelta::seconds(1));
    let ben_later = ben.later().await;
    ben_later.delete("/v1/me/deletion").await.is(204);
    let account = ben_later.get("/v1/me").await.is(200);
    assert_eq!(account["deletion_scheduled_for"], Value::Null);
    let claim = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
    ben_later.act(&claim).await.is(200);
    // Nothing is scheduled any more, so nothing happens.
    ben_later.delete("/v1/me/deletion").await.is(204);
    let events = super::security_events::log(&ben_later).await;
    let canceled = events.iter().filter(|kind| *kind == "deletion_canceled");
    assert_eq!(canceled.count(), 1, "{events:?}");
    assert_eq!(ben_later.get("/v1/me").await.is(200), account);

    app.advance(TimeDelta::seconds(1));
    assert_eq!(erase_due(&app.app).await.unwrap(), 0);
    assert_eq!(ben_later.get("/v1/me").await.is(200)["name"], "Ben Test");
    app.mails().await;
}

#[tokio::test]
async fn a_deletion_cannot_be_canceled_after_two_weeks() {
    let app = TestApp::start().await;
    let ben = app.person("Ben").await;
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE);
    let later = ben.later().await;
    later
        .delete("/v1/me/deletion")
        .await
        .is_problem(409, "deletion_in_progress");
    app.mails().await;
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    later.get("/v1/me").await.is_problem(401, "invalid_token");
    let credentials = json!({ "email": ben.email, "password": PASSWORD });
    let refused = ben.post("/v1/sessions", credentials).await;
    refused.is_problem(401, "wrong_credentials");
    let mail = app.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.header("Subject")),
        (ben.email.as_str(), "Your account is deleted")
    );
    assert_eq!(erase_due(&app.app).await.unwrap(), 0);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn the_last_coordinator_of_other_members_cannot_delete_their_account() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let alone = json!({ "patient_name": "Otto" });
    ana.post("/v1/circles", alone).await.is(201);

    let refused = ana.put("/v1/me/deletion").await;
    let refused = refused.is_problem(409, "last_coordinator");
    let circle = json!([{ "type": "circle", "id": ana.circle_id() }]);
    assert_eq!(refused["conflicts"], circle);
    assert_eq!(
        ana.get("/v1/me").await.is(200)["deletion_scheduled_for"],
        Value::Null
    );
    assert!(app.mails().await.is_empty());
    ana.task(json!({ "title": "Goes on" })).await;

    // A coordinator whose account is scheduled for deletion does not count as a coordinator, but
    // still as another member of the circle.
    let member = format!("/members/{}", ben.member_id);
    let coordinator = json!({ "access": "coordinator" });
    ana.patch(&member, coordinator).await.is(200);
    ben.put("/v1/me/deletion").await.is(200);
    ana.put("/v1/me/deletion")
        .await
        .is_problem(409, "last_coordinator");
    let remove = format!("{member}/remove");
    ana.post(&remove, json!({})).await.is(200);
    ana.put("/v1/me/deletion").await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn a_repeated_deletion_request_gets_the_same_answer() {
    let app = TestApp::start().await;
    let ben = app.person("Ben").await;
    let key = ("idempotency-key", "once");
    let path = "/v1/me/deletion";
    let first = ben.with(key, &Method::PUT, path, None).await;
    app.advance(TimeDelta::minutes(1));
    let second = ben.with(key, &Method::PUT, path, None).await;
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(first.is(200), second.is(200));
    app.mails().await;
}

#[tokio::test]
async fn a_deletion_is_scheduled_and_canceled_only_for_the_version_that_was_read() {
    let app = TestApp::start().await;
    let ben = app.person("Ben").await;
    let path = "/v1/me/deletion";
    let old = ("if-match", "\"0\"");
    let refused = ben.with(old, &Method::PUT, path, None).await;
    refused.is_problem(412, "version_mismatch");
    ben.put(path).await.is(200);
    let refused = ben.with(old, &Method::DELETE, path, None).await;
    refused.is_problem(412, "version_mismatch");
    let version = ben.get("/v1/me").await.is(200)["version"].clone();
    let seen = format!("\"{version}\"");
    let seen = ("if-match", seen.as_str());
    ben.with(seen, &Method::DELETE, path, None).await.is(204);
    app.mails().await;
}
