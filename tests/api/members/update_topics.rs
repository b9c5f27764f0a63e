//! `PATCH /v1/circles/{circle_id}/members/{member_id}/topics`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{grant, letters, member};
use crate::harness::TestApp;

#[tokio::test]
async fn a_coordinator_cannot_grant_more_than_the_patient_allows() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "read" })).await.is(200);
    let above = grant(&ana, &ben, json!({ "daily": "read", "health": "write" })).await;
    assert_eq!(above.is_invalid(), ["/health above_patient_setting"]);
    assert_eq!(letters(&member(&ana, &ben).await), "wwrr");
    for level in ["none", "read"] {
        grant(&ana, &ben, json!({ "health": level })).await.is(200);
    }
    grant(&cem, &ana, json!({ "family": "none" })).await.is(200);
    let own = grant(&ana, &ana, json!({ "family": "read" })).await;
    assert_eq!(own.is_invalid(), ["/family above_patient_setting"]);
    grant(&cem, &ben, json!({ "health": "write" }))
        .await
        .is(200);
    grant(&ana, &ben, json!({ "health": "write" }))
        .await
        .is(200);
}

#[tokio::test]
async fn a_member_who_comes_back_keeps_the_limit_that_the_patient_set() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "none" })).await.is(200);
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    app.join(&ana, &ben, json!({ "access": "caregiver" })).await;
    assert_eq!(letters(&member(&ana, &ben).await), "wwnr");
    let above = grant(&ana, &ben, json!({ "health": "read" })).await;
    assert_eq!(above.is_invalid(), ["/health above_patient_setting"]);
}

#[tokio::test]
async fn a_coordinator_cannot_extend_a_grant_that_the_patient_limited() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    let until =
        |day: &str| json!({ "health": "read", "expires_at": format!("2026-12-{day}T00:00:00Z") });
    grant(&cem, &ben, until("10")).await.is(200);
    for longer in [until("11"), json!({ "health": "read" })] {
        let reply = grant(&ana, &ben, longer).await;
        assert_eq!(reply.is_invalid(), ["/expires_at above_patient_setting"]);
    }
    grant(&ana, &ben, until("09")).await.is(200);
    grant(&ana, &ben, until("10")).await.is(200);
    app.advance(TimeDelta::days(9));
    let late = grant(&ana.later().await, &ben, json!({ "health": "read" })).await;
    assert_eq!(late.is_invalid(), ["/expires_at above_patient_setting"]);
    let none = json!({ "health": "none" });
    grant(&ana.later().await, &ben, none).await.is(200);
    let again = grant(&cem.later().await, &ben, json!({ "health": "read" })).await;
    assert_eq!(letters(&again.is(200)), "rnrn");
}

#[tokio::test]
async fn a_grant_ends_on_time_and_invalidates_cached_answers() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Injection", "topic": "health" }))
        .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let until = "2026-12-01T08:05:00.000Z";
    let granted = grant(&ana, &ben, json!({ "health": "read", "expires_at": until })).await;
    let granted = granted.is(200);
    assert_eq!(
        granted["topic_expiries"],
        json!({ "daily": null, "family": null, "health": until, "decisions": null })
    );
    let etag = ben.get("/tasks").await.header("etag").to_owned();
    ben.get(&path).await.is(200);
    app.advance(TimeDelta::seconds(299));
    ben.get(&path).await.is(200);
    app.advance(TimeDelta::seconds(1));
    ben.get(&path).await.is_problem(404, "not_found");
    let seen = ("if-none-match", etag.as_str());
    let tasks = ben.with(seen, &Method::GET, "/tasks", None).await.is(200);
    assert_eq!(tasks["data"], json!([]));
    let claim = ben.act(&format!("{path}/claim")).await;
    claim.is_problem(404, "not_found");
}

#[tokio::test]
async fn an_invalid_grant_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "patient", "viewer"])
        .await;
    let past = json!({ "health": "read", "expires_at": "2026-12-01T08:00:00Z" });
    let past = grant(&ana, &ben, past).await;
    assert_eq!(past.is_invalid(), ["/expires_at in_the_past"]);
    let patient = grant(&ana, &cem, json!({ "health": "none" })).await;
    patient.is_problem(409, "patient_protected");
    dora.post("/leave", json!({})).await.is(200);
    let gone = grant(&ana, &dora, json!({ "health": "read" })).await;
    let problem = gone.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "left");
}

#[tokio::test]
async fn the_end_of_a_grant_must_be_a_time_that_both_databases_can_store() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let until = async |until: &str| {
        let levels = json!({ "health": "read", "expires_at": until });
        grant(&ana, &ben, levels).await
    };
    for far in [
        "+262142-01-01T00:00:00Z",
        "-262143-01-01T00:00:00Z",
        "2200-01-01T00:00:00Z",
        "2027-12-31T23:59:60Z",
    ] {
        let fields = until(far).await.is_invalid();
        assert_eq!(fields, ["/expires_at invalid_value"], "{far}");
    }
    let member = until("2199-12-31T23:59:59.9999999Z").await.is(200);
    let end = &member["topic_expiries"]["health"];
    assert_eq!(end, "2199-12-31T23:59:59.999Z");
}
