//! `from` and `to` mean the same in every list: they select the items that overlap them. The
//! days are those of the reader's time zone.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_path};

/// Every operation with `from` and `to`, and the types of the items that it lists. An item is
/// named by its title. A need has no title and is named by its kind.
const LISTS: [(&str, &[&str]); 7] = [
    ("/v1/circles/{circle_id}/tasks", &["task"]),
    ("/v1/circles/{circle_id}/appointments", &["appointment"]),
    ("/v1/circles/{circle_id}/needs", &["need"]),
    (
        "/v1/circles/{circle_id}/calendar",
        &["task", "appointment", "need"],
    ),
    // Two people are needed, so each item is a gap although Ana takes part.
    ("/v1/circles/{circle_id}/gaps", &["task", "need"]),
    ("/v1/me/agenda", &["task", "appointment", "need"]),
    ("/v1/me/calendar", &["task", "appointment", "need"]),
];

/// The times in a circle in Berlin, each with one item of each type: 10 December all day, its
/// noon, the night before it, and a stay of five days around it. Each has a kind of need.
const TIMES: [(&str, &str); 4] = [
    ("day", "driver"),
    ("moment", "companion"),
    ("night", "note_taker"),
    ("stay", "interpreter"),
];

fn time_of(name: &str) -> Value {
    let on = |starts: &str, ends: &str| json!({ "starts_local": starts, "ends_local": ends });
    match name {
        "day" => json!({ "starts_on": "2026-12-10" }),
        "moment" => json!({ "starts_local": "2026-12-10T12:00" }),
        "night" => on("2026-12-09T22:00", "2026-12-10T06:00"),
        _ => on("2026-12-08T10:00", "2026-12-13T10:00"),
    }
}

/// Creates one item of each type at each time. Ana takes part in all of them.
async fn fill(ana: &Person) {
    let overlap = json!({ "allow_overlap": true });
    for (name, kind) in TIMES {
        let mut visit = time_of(name);
        let (starts, ends) = (visit["starts_local"].clone(), visit["ends_local"].clone());
        let task = match (name, ends) {
            ("day", _) => json!({ "title": name, "due_on": "2026-12-10" }),
            (_, Value::Null) => json!({ "title": name, "due_local": starts }),
            (_, ends) => json!({ "title": name, "starts_local": starts, "due_local": ends }),
        };
        let mut task = task;
        task["people_needed"] = json!(2);
        let task = ana.task(task).await;
        let claim = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
        ana.post(&claim, overlap.clone()).await.is(200);
        visit["title"] = json!(name);
        visit["attendee_member_ids"] = json!([ana.member_id]);
        let visit = ana.post("/appointments", visit).await.is(201);
        let need = add_need(ana, &visit, json!({ "kind": kind, "people_needed": 2 })).await;
        let take = format!("{}/claim", need_path(&need));
        ana.post(&take, overlap.clone()).await.is(200);
    }
}

/// Reads a list page by page and returns type and name of each item.
async fn listed(by: &Client, path: &str, kind: &str, window: &str) -> Vec<String> {
    let path = path.replace("/v1/circles/{circle_id}", "");
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = by
            .get(&format!("{path}?limit=2{window}{cursor}"))
            .await
            .is(200);
        for item in page["data"].as_array().unwrap() {
            let kind = item["type"].as_str().unwrap_or(kind);
            let name = item["title"].as_str().unwrap_or_else(|| {
                let kind = item["kind"].as_str().unwrap();
                TIMES.iter().find(|(_, need)| *need == kind).unwrap().0
            });
            found.push(format!("{kind} {name}"));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn live_in(person: &Client, zone: &str) {
    let zone = json!({ "time_zone": zone });
    person.patch("/v1/me", zone).await.is(200);
}

#[test]
fn every_list_with_a_window_is_tested_here() {
    let document = kith::api::operations();
    let has = |operation: &Value, name: &str| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["name"] == name))
    };
    let mut missing = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let get = &item["get"];
        let is_windowed = has(get, "from") || has(get, "to");
        if is_windowed && !LISTS.iter().any(|(listed, _)| listed == path) {
            missing.push(path);
        }
    }
    assert!(
        missing.is_empty(),
        "{missing:?} take `from` or `to`: filter them with `Window::condition` \
         (base/src/schedule/window.rs) and add a line to LISTS in tests/api/time/windows.rs"
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn from_and_to_select_items_that_overlap_the_readers_days_in_every_list() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    fill(&ana).await;
    let (berlin, west, east) = ("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland");
    // The reader's zone, from, to, and the items that overlap.
    let cases = [
        (
            berlin,
            "2026-12-09T23:00:00Z",
            "2026-12-10T23:00:00Z",
            "day moment night stay",
        ),
        (
            west,
            "2026-12-10T08:00:00Z",
            "2026-12-11T08:00:00Z",
            "day moment stay",
        ),
        (
            west,
            "2026-12-09T08:00:00Z",
            "2026-12-10T08:00:00Z",
            "night stay",
        ),
        (west, "2026-12-11T08:00:00Z", "2026-12-12T08:00:00Z", "stay"),
        (
            east,
            "2026-12-09T11:00:00Z",
            "2026-12-10T11:00:00Z",
            "day night stay",
        ),
        (
            east,
            "2026-12-10T11:00:00Z",
            "2026-12-11T11:00:00Z",
            "moment stay",
        ),
        (east, "2026-12-08T11:00:00Z", "2026-12-09T11:00:00Z", "stay"),
        (
            "Pacific/Kiritimati",
            "2026-12-09T10:00:00Z",
            "2026-12-10T10:00:00Z",
            "day night stay",
        ),
        (
            "Pacific/Kiritimati",
            "2026-12-10T10:00:00Z",
            "2026-12-11T10:00:00Z",
            "moment stay",
        ),
        (
            "Pacific/Pago_Pago",
            "2026-12-10T11:00:00Z",
            "2026-12-11T11:00:00Z",
            "day moment stay",
        ),
        (
            "Pacific/Pago_Pago",
            "2026-12-09T11:00:00Z",
            "2026-12-10T11:00:00Z",
            "night stay",
        ),
        // An item in progress: the night, after midnight, until it ends.
        (berlin, "2026-12-10T01:00:00Z", "", "day moment night stay"),
        (berlin, "2026-12-10T04:59:59Z", "", "day moment night stay"),
        (berlin, "2026-12-10T05:00:00Z", "", "day moment stay"),
        (
            berlin,
            "2026-12-10T11:00:00Z",
            "2026-12-10T11:00:01Z",
            "day moment stay",
        ),
        (berlin, "2026-12-10T11:00:01Z", "", "day stay"),
        (berlin, "2026-12-10T22:59:59Z", "", "day stay"),
        (berlin, "2026-12-10T23:00:00Z", "", "stay"),
        (
            berlin,
            "2026-12-11T10:00:00Z",
            "2026-12-11T11:00:00Z",
            "stay",
        ),
        (berlin, "2026-12-13T09:00:00Z", "", ""),
        // An item that starts at `to` does not overlap.
        (berlin, "", "2026-12-08T09:00:00Z", ""),
        (berlin, "", "2026-12-08T09:00:01Z", "stay"),
        (berlin, "", "2026-12-09T21:00:00Z", "stay"),
        (berlin, "", "2026-12-09T23:00:00Z", "night stay"),
        (berlin, "", "2026-12-09T23:00:01Z", "day night stay"),
        (berlin, "2026-12-10T11:00:00Z", "2026-12-10T11:00:00Z", ""),
        (berlin, "2026-12-11T00:00:00Z", "2026-12-10T00:00:00Z", ""),
    ];
    for (zone, from, to, names) in cases {
        live_in(&ana, zone).await;
        let mut window = String::new();
        for (name, value) in [("from", from), ("to", to)] {
            if !value.is_empty() {
                write!(window, "&{name}={value}").unwrap();
            }
        }
        for (path, kinds) in LISTS {
            let found = listed(&ana, path, kinds[0], &window).await;
            let once: BTreeSet<String> = found.iter().cloned().collect();
            assert_eq!(once.len(), found.len(), "{path}{window} repeats: {found:?}");
            let expected: BTreeSet<String> = kinds
                .iter()
                .flat_map(|kind| {
                    names
                        .split_whitespace()
                        .map(move |name| format!("{kind} {name}"))
                })
                .collect();
            assert_eq!(once, expected, "{path}{window} for a reader in {zone}");
        }
    }
}

#[tokio::test]
async fn a_list_changes_when_its_reader_changes_the_time_zone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    fill(&ana).await;
    let path = "/appointments?from=2026-12-10T23:00:00Z";
    let before = ana.get(path).await;
    let etag = before.header("etag").to_owned();
    assert_eq!(before.is(200)["data"].as_array().unwrap().len(), 1);
    live_in(&ana, "America/Los_Angeles").await;
    let seen = ("if-none-match", etag.as_str());
    let after = ana.with(seen, &Method::GET, path, None).await.is(200);
    assert_eq!(after["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_agenda_begins_with_items_in_progress() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let stays = [
        ("over", "2026-11-28T10:00", "2026-11-30T10:00"),
        ("goes on", "2026-11-28T10:00", "2026-12-02T10:00"),
        ("this night", "2026-11-30T22:00", "2026-12-01T06:00"),
    ];
    for (title, starts, ends) in stays {
        let stay = json!({
            "title": title, "starts_local": starts, "ends_local": ends,
            "attendee_member_ids": [ana.member_id],
        });
        ana.post("/appointments", stay).await.is(201);
    }
    let found = listed(&ana, "/v1/me/agenda", "", "").await;
    assert_eq!(found, ["appointment goes on", "appointment this night"]);
}

#[tokio::test]
async fn an_all_day_appointment_can_be_completed_where_its_day_has_begun() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({ "title": "Visit", "starts_on": "2026-12-02" });
    let visit = ana.post("/appointments", visit).await.is(201);
    let complete = format!("/appointments/{}/complete", visit["id"].as_str().unwrap());
    // A test starts on 1 December at 08:00 UTC: in Kiritimati it is 22:00.
    app.advance(chrono::TimeDelta::hours(3));
    let ana = ana.later().await;
    ana.act(&complete).await.is_problem(409, "too_early");
    live_in(&ana, "Pacific/Kiritimati").await;
    ana.act(&complete).await.is(200);
}
