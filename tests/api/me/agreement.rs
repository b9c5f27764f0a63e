//! The views of a person agree with the lists of their circles, which are read by other statements.

use std::sync::Arc;

use chrono::TimeDelta;
use kith::demo::{DemoFamily, fill};
use kith::platform::time::civil::ZoneName;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};

/// All rows of a list, page by page.
async fn all(by: &Client, path: &str) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let mut rows = Vec::new();
    let mut next = format!("{path}{sign}limit=200");
    loop {
        let page = by.get(&next).await.is(200);
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return rows;
        };
        next = format!("{path}{sign}limit=200&cursor={cursor}");
    }
}

/// The state of a member's part in a row, if the member has one.
fn part_of<'a>(row: &'a Value, parts: &str, state: &str, member: &str) -> Option<&'a str> {
    let mut parts = row[parts].as_array()?.iter();
    let mine = parts.find(|part| part["member_id"] == member)?;
    mine[state].as_str()
}

fn has_room(row: &Value) -> bool {
    row["coverage"] != "full"
}

/// How many rows of a list have a part of the member in this state.
async fn count(by: &Client, path: &str, parts: &str, state: &str, member: &str) -> usize {
    let field = if parts == "attendees" {
        "response"
    } else {
        "state"
    };
    let rows = all(by, path).await;
    let mine = rows
        .iter()
        .filter(|row| part_of(row, parts, field, member) == Some(state));
    mine.filter(|row| row["coverage"].is_null() || has_room(row) || parts == "attendees")
        .count()
}

/// What must be on the agenda of a member in a circle, by the lists of the circle.
async fn expected_agenda(by: &Client, member: &str, today: &str) -> Vec<(String, String)> {
    let mut expected = Vec::new();
    let mut add = |row: &Value, state: &str| {
        expected.push((row["id"].as_str().unwrap().to_owned(), state.to_owned()));
    };
    for task in all(by, "/tasks?state=open").await {
        match part_of(&task, "assignments", "state", member) {
            Some(state @ "accepted") => add(&task, state),
            Some(state @ "offered") if has_room(&task) => add(&task, state),
            _ => {}
        }
    }
    for visit in all(by, &format!("/appointments?from={today}")).await {
        let is_on = ["proposed", "scheduled"].contains(&visit["state"].as_str().unwrap());
        match part_of(&visit, "attendees", "response", member) {
            Some(response) if is_on && response != "declined" => add(&visit, response),
            _ => {}
        }
    }
    for need in all(by, &format!("/needs?from={today}&state=open")).await {
        match part_of(&need, "assignments", "state", member) {
            Some(state @ "accepted") => add(&need, state),
            Some(state @ "offered") if has_room(&need) => add(&need, state),
            _ => {}
        }
    }
    for handover in handovers_to(by, member).await {
        let task = handover["task_id"].as_str().unwrap().to_owned();
        expected.push((task, "offered".to_owned()));
    }
    expected.sort();
    expected
}

/// The open handovers in which the member is asked.
async fn handovers_to(by: &Client, member: &str) -> Vec<Value> {
    let mut handovers = all(by, "/handovers").await;
    handovers.retain(|handover| handover["to_member_id"] == member);
    handovers
}

/// How many comments the member has not read, of what they take part in.
async fn unread_comments(by: &Client, member: &str) -> i64 {
    let mut unread = 0;
    for thread in all(by, "/threads?kind=item").await {
        let (path, parts, state) = if let Some(task) = thread["task_id"].as_str() {
            (format!("/tasks/{task}"), "assignments", "state")
        } else {
            let visit = thread["appointment_id"].as_str().unwrap();
            (format!("/appointments/{visit}"), "attendees", "response")
        };
        let item = by.get(&path).await.is(200);
        let has_part = part_of(&item, parts, state, member).is_some();
        if has_part || item["created_by_member_id"] == member {
            unread += thread["unread_count"].as_i64().unwrap();
        }
    }
    unread
}

async fn check(by: &Client, circle: &Value, today: &str, now: &str) {
    let member = circle["circle"]["my_member_id"].as_str().unwrap();
    let mut agenda: Vec<(String, String)> = all(by, "/v1/me/agenda")
        .await
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("id"), text("my_state"))
        })
        .collect();
    agenda.sort();
    assert_eq!(agenda, expected_agenda(by, member, today).await);

    let threads = all(by, "/threads").await;
    let mut unread = 0;
    for thread in &threads {
        let path = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
        let messages = all(by, &path).await;
        let read = thread["last_read_number"].as_i64().unwrap();
        let later = messages.iter().filter(|message| {
            message["number"].as_i64().unwrap() > read
                && message["deleted_at"].is_null()
                && message["created_by_member_id"] != member
        });
        let later = i64::try_from(later.count()).unwrap();
        assert_eq!(thread["unread_count"], later, "{thread}");
        let newest = messages
            .iter()
            .max_by_key(|message| message["number"].as_i64());
        let id = newest.map_or(&Value::Null, |message| &message["id"]);
        assert_eq!(&thread["last_message"]["id"], id, "{thread}");
        let name = newest.map_or(&Value::Null, |message| &message["author_name"]);
        assert_eq!(&thread["last_message"]["author_name"], name);
        unread += later;
    }
    unread += unread_comments(by, member).await;
    assert_eq!(circle["summary"]["unread_messages"], unread);

    let counted = &circle["summary"];
    let number = |name: &str| usize::try_from(counted[name].as_i64().unwrap()).unwrap();
    let uncovered = "/tasks?uncovered=true";
    let task_offers = count(by, uncovered, "assignments", "offered", member).await;
    assert_eq!(number("task_offers"), task_offers, "{counted}");
    let needs = format!("/needs?state=open&from={now}");
    let need_offers = count(by, &needs, "assignments", "offered", member).await;
    assert_eq!(number("need_offers"), need_offers, "{counted}");
    let visits = format!("/appointments?state=proposed&state=scheduled&from={now}");
    let requests = count(by, &visits, "attendees", "no_response", member).await;
    assert_eq!(number("appointment_requests"), requests, "{counted}");
    let role_offers = count(by, "/roles", "assignments", "offered", member).await;
    assert_eq!(number("role_offers"), role_offers, "{counted}");
    let handovers = handovers_to(by, member).await.len();
    assert_eq!(number("handover_offers"), handovers, "{counted}");
    let waiting = task_offers + need_offers + requests + role_offers + handovers;
    assert_eq!(number("waiting_for_you"), waiting, "{counted}");
    let proposed = all(by, "/tasks?state=proposed").await;
    let to_approve = proposed.iter().filter(|task| {
        let mut actions = task["actions"].as_array().unwrap().iter();
        actions.any(|action| action == "approve")
    });
    assert_eq!(number("tasks_to_approve"), to_approve.count(), "{counted}");
}

async fn residents(app: &Arc<TestApp>, family: &DemoFamily) -> Vec<Client> {
    let mut clients = Vec::new();
    for resident in &family.residents {
        let credentials = json!({ "email": resident.email, "password": resident.password });
        let tokens = app.anybody().post("/v1/sessions", credentials).await;
        clients.push(app.client(&tokens.session()));
    }
    clients
}

#[tokio::test]
async fn the_views_of_a_person_agree_with_the_lists_of_their_circle() {
    let app = TestApp::start().await;
    let zone = ZoneName::named("Etc/UTC").unwrap();
    let family = fill(&app.app, &zone).await.unwrap();
    let mut seen = 0;
    for days in [0, 3] {
        app.advance(TimeDelta::days(days));
        let today = app.now().format("%Y-%m-%dT00:00:00Z").to_string();
        let now = app.now() + TimeDelta::microseconds(1);
        let now = now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        for by in residents(&app, &family).await {
            let circles = by.get("/v1/me/circles").await.is(200);
            for circle in circles["data"].as_array().unwrap() {
                let inside = by.inside(circle["circle"]["id"].as_str().unwrap());
                check(&inside, circle, &today, &now).await;
                seen += 1;
            }
        }
    }
    assert!(seen > 6, "{seen}");
}
