//! The agenda of a family meeting: `…/appointments/{appointment_id}/agenda-items` and
//! `…/agenda-items/{agenda_item_id}`.

use axum::http::Method;
use serde_json::{Value, json};

use super::{act, grant, path_of, scan};
use crate::harness::{Client, TestApp};

async fn meeting(by: &Client) -> Value {
    scan(by, json!({ "kind": "family_meeting" })).await
}

async fn add(by: &Client, meeting: &Value, item: Value) -> Value {
    let path = format!("{}/agenda-items", path_of(meeting));
    by.post(&path, item).await.is(201)
}

fn item_path(item: &Value) -> String {
    format!("/agenda-items/{}", item["id"].as_str().unwrap())
}

#[tokio::test]
async fn only_a_family_meeting_has_an_agenda() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = scan(&ana, json!({})).await;
    assert!(!visit["actions"].to_string().contains("create_agenda_item"));
    let path = format!("{}/agenda-items", path_of(&visit));
    let refused = ana.post(&path, json!({ "title": "Nights" })).await;
    refused.is_problem(409, "not_a_family_meeting");
    let meeting = meeting(&ana).await;
    assert!(
        meeting["actions"]
            .to_string()
            .contains("create_agenda_item")
    );
    let item = add(&ana, &meeting, json!({ "title": "Nights" })).await;
    assert_eq!(
        (&item["state"], &item["position"], &item["appointment_id"]),
        (&json!("open"), &json!(0), &meeting["id"])
    );
    app.mails().await;
}

#[tokio::test]
async fn a_change_of_the_agenda_counts_up_the_version_of_the_meeting() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let meeting = meeting(&ana).await;
    let version = async || ana.get(&path_of(&meeting)).await.is(200)["version"].clone();
    assert_eq!(version().await, 1);
    let item = add(&ana, &meeting, json!({ "title": "Nights" })).await;
    assert_eq!(version().await, 2);
    let path = item_path(&item);
    let moved = ana.patch(&path, json!({ "position": 3 })).await.is(200);
    assert_eq!((&moved["position"], version().await), (&json!(3), json!(3)));
    for (verb, state, number) in [
        ("discuss", "discussed", 4),
        ("discuss", "discussed", 4),
        ("postpone", "postponed", 5),
        ("reopen", "open", 6),
    ] {
        let item = ana.act(&format!("{path}/{verb}")).await.is(200);
        assert_eq!(
            (&item["state"], version().await),
            (&json!(state), json!(number))
        );
    }
    ana.delete(&path).await.is(204);
    assert_eq!(version().await, 7);
    ana.get(&path).await.is_problem(404, "not_found");
    ana.delete(&path).await.is_problem(404, "not_found");
    app.mails().await;
}

#[tokio::test]
async fn the_outcome_is_written_after_the_meeting_and_nothing_is_added_then() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let today = json!({
        "kind": "family_meeting", "starts_on": "2026-12-01", "starts_local": null,
        "ends_local": null,
    });
    let meeting = scan(&ana, today).await;
    let item = add(
        &ana,
        &meeting,
        json!({ "title": "Nights", "notes": "Since May" }),
    )
    .await;
    act(&ana, &meeting, "complete").await.is(200);
    let outcome = json!({ "outcome": "Ben stays on Fridays." });
    let item = ana.patch(&item_path(&item), outcome).await.is(200);
    assert_eq!(
        (&item["notes"], &item["outcome"]),
        (&json!("Since May"), &json!("Ben stays on Fridays."))
    );
    let path = format!("{}/agenda-items", path_of(&meeting));
    let refused = ana.post(&path, json!({ "title": "Weekends" })).await;
    refused.is_problem(409, "invalid_transition");
    app.mails().await;
}

#[tokio::test]
async fn who_does_not_see_the_meeting_sees_no_agenda_and_who_reads_it_changes_nothing() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let meeting = meeting(&ana).await;
    let item = add(&ana, &meeting, json!({ "title": "Nights" })).await;
    let list = format!("{}/agenda-items", path_of(&meeting));
    cem.get(&list).await.is_problem(404, "not_found");
    cem.get(&item_path(&item))
        .await
        .is_problem(404, "not_found");
    grant(&ana, &ben, json!({ "family": "read" })).await;
    let page = ben.get(&list).await.is(200);
    assert_eq!(page["data"][0]["actions"], json!([]));
    let refused = ben.patch(&item_path(&item), json!({ "title": "a" })).await;
    refused.is_problem(403, "forbidden");
    let stale = ("if-match", "\"0\"");
    let body = Some(json!({ "title": "a" }));
    ana.with(stale, &Method::PATCH, &item_path(&item), body)
        .await
        .is_problem(412, "version_mismatch");
    app.mails().await;
}
