//! `GET /v1/circles/{circle_id}/appointments/{appointment_id}/brief`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{act, grant, path_of, scan};
use crate::harness::{Client, TestApp};
use crate::needs::{add_need, need_act};
use crate::questions::ask_for;

async fn brief(by: &Client, appointment: &Value) -> Value {
    let path = format!("{}/brief", path_of(appointment));
    by.get(&path).await.is(200)
}

fn each(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_brief_shows_what_people_need_for_the_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let contact = json!({
        "care_contact_name": "Dr. Weber", "care_contact_phone": "+49 30 1234567",
        "attendee_member_ids": [ben.member_id],
    });
    let visit = scan(&ana, contact).await;
    let ride = add_need(&ana, &visit, json!({ "kind": "driver" })).await;
    let overlap = json!({ "allow_overlap": true });
    let claim = format!("/needs/{}/claim", ride["id"].as_str().unwrap());
    ben.post(&claim, overlap).await.is(200);
    ask_for(&ana, "planned", json!({ "appointment_id": visit["id"] })).await;
    ask_for(&ana, "draft", json!({})).await;
    ask_for(&ana, "of another topic", json!({ "topic": "daily" })).await;
    let brief = brief(&ana, &visit).await;
    assert_eq!(
        brief["appointment"],
        ana.get(&path_of(&visit)).await.is(200)
    );
    assert_eq!(brief["appointment"]["care_contact_name"], "Dr. Weber");
    assert_eq!(
        each(&brief["appointment"]["attendees"], "name"),
        ["Ben Test"]
    );
    let takers = &brief["appointment"]["needs"][0]["assignments"];
    assert_eq!(each(takers, "name"), ["Ben Test"]);
    assert_eq!(each(&brief["questions"], "text"), ["planned"]);
    assert_eq!(brief["questions"][0]["appointment_id"], visit["id"]);
    assert_eq!(each(&brief["draft_questions"], "text"), ["draft"]);
    for empty in ["agenda_items", "completed_tasks", "missed_appointments"] {
        assert_eq!(brief[empty], json!([]), "{empty}");
    }
    assert_eq!(brief["last_visit"], Value::Null);
    app.mails().await;
}

#[tokio::test]
async fn the_agenda_of_a_family_meeting_is_in_its_order() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let meeting = scan(&ana, json!({ "kind": "family_meeting" })).await;
    let path = format!("{}/agenda-items", path_of(&meeting));
    for (title, position) in [("third", 2), ("first", 0), ("second", 2)] {
        let item = json!({ "title": title, "position": position });
        ana.post(&path, item).await.is(201);
        app.advance(TimeDelta::seconds(1));
    }
    let brief = brief(&ana, &meeting).await;
    assert_eq!(
        each(&brief["agenda_items"], "title"),
        ["first", "third", "second"]
    );
    assert_eq!(
        brief["agenda_items"][0]["actions"],
        json!(["update", "discuss", "postpone", "delete"])
    );
    app.mails().await;
}

#[tokio::test]
async fn a_brief_tells_what_has_changed_since_the_last_visit_of_the_same_kind() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let on = |day: &str| json!({ "starts_on": day, "starts_local": null, "ends_local": null });
    let older = scan(&ana, on("2026-11-10")).await;
    let older = format!("{}/complete", path_of(&older));
    ana.post(&older, json!({ "outcome": "Older." }))
        .await
        .is(200);
    // A missed appointment from before the last visit is not news.
    let long_ago = scan(&ana, on("2026-11-15")).await;
    act(&ana, &long_ago, "mark-missed").await.is(200);
    let last = scan(&ana, on("2026-11-20")).await;
    let complete = format!("{}/complete", path_of(&last));
    ana.post(&complete, json!({ "outcome": "Values are fine." }))
        .await
        .is(200);
    let mut other = on("2026-11-25");
    other["kind"] = json!("therapy");
    let other = scan(&ana, other).await;
    act(&ana, &other, "complete").await.is(200);
    let mut missed = on("2026-11-26");
    missed["kind"] = json!("medical");
    let missed = scan(&ana, missed).await;
    act(&ana, &missed, "mark-missed").await.is(200);
    for (title, topic) in [("Prescription", "health"), ("Will", "decisions")] {
        let task = json!({ "title": title, "topic": topic });
        if topic == "decisions" {
            grant(&ana, &ana, json!({ "decisions": "write" })).await;
        }
        let task = ana.task(task).await;
        ana.task_act(&task, "complete").await.is(200);
    }
    ana.task(json!({ "title": "Still open" })).await;
    grant(&ana, &ben, json!({ "decisions": "none" })).await;
    let next = scan(&ana, json!({})).await;
    let seen = brief(&ana, &next).await;
    assert_eq!(
        (&seen["last_visit"]["id"], &seen["last_visit"]["outcome"]),
        (&last["id"], &json!("Values are fine."))
    );
    assert_eq!(
        each(&seen["missed_appointments"], "id"),
        each(&json!([missed]), "id")
    );
    let mut titles = each(&seen["completed_tasks"], "title");
    titles.sort();
    assert_eq!(titles, ["Prescription", "Will"]);
    // Everybody sees it as far as their topics reach.
    let of_ben = brief(&ben, &next).await;
    assert_eq!(each(&of_ben["completed_tasks"], "title"), ["Prescription"]);
    app.mails().await;
}

#[tokio::test]
async fn the_tag_of_a_brief_follows_everything_in_it_and_only_that() {
    let app = TestApp::start().await;
    let [ana, cem] = app.circle(["coordinator", "helper"]).await;
    let visit = scan(&ana, json!({})).await;
    let path = format!("{}/brief", path_of(&visit));
    cem.get(&path).await.is_problem(404, "not_found");
    let last = json!({ "starts_on": "2026-11-20", "starts_local": null, "ends_local": null });
    let last = scan(&ana, last).await;
    let complete = format!("{}/complete", path_of(&last));
    let tag = async || ana.get(&path).await.header("etag").to_owned();
    let mut before = tag().await;
    ana.post(&complete, json!({ "outcome": "Fine." }))
        .await
        .is(200);
    for step in [
        "the last visit",
        "a question",
        "a task",
        "a missed appointment",
    ] {
        match step {
            "a question" => drop(ask_for(&ana, "a", json!({})).await),
            "a task" => {
                let task = ana.task(json!({ "title": "a" })).await;
                ana.task_act(&task, "complete").await.is(200);
            }
            "a missed appointment" => {
                let day = json!({
                    "starts_on": "2026-11-25", "starts_local": null, "ends_local": null,
                });
                let missed = scan(&ana, day).await;
                act(&ana, &missed, "mark-missed").await.is(200);
            }
            _ => {}
        }
        let seen = ("if-none-match", before.as_str());
        let after = ana.with(seen, &Method::GET, &path, None).await;
        assert_eq!(after.status, 200, "{step}");
        before = after.header("etag").to_owned();
        let seen = ("if-none-match", before.as_str());
        let same = ana.with(seen, &Method::GET, &path, None).await;
        assert_eq!(same.status, 304, "{step}");
    }
    app.mails().await;
}

#[tokio::test]
async fn a_brief_costs_as_many_statements_however_much_is_in_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let day = json!({ "starts_on": "2026-11-20", "starts_local": null, "ends_local": null });
    let last = scan(&ana, day).await;
    act(&ana, &last, "complete").await.is(200);
    let visit = scan(&ana, json!({ "kind": "scan" })).await;
    let path = format!("{}/brief", path_of(&visit));
    ana.get(&path).await.is(200);
    let read = async || {
        let request = ana.request(&Method::GET, &path, None);
        let (reply, count) = app.with_statements(app.send(request)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        count
    };
    let few = read().await;
    for number in 0..3 {
        let need = add_need(&ana, &visit, json!({ "kind": "companion" })).await;
        need_act(&ben, &need, "decline").await;
        ask_for(&ana, "a", json!({ "appointment_id": visit["id"] })).await;
        ask_for(&ana, "b", json!({})).await;
        let task = ana.task(json!({ "title": format!("{number}") })).await;
        ana.task_act(&task, "complete").await.is(200);
    }
    app.advance(TimeDelta::minutes(1));
    assert_eq!(read().await, few);
    app.mails().await;
}
