//! Tasks: created, taken on, changed, done.

mod parts;
mod suggestions;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::appointments::{notification_mails, recipients};
use crate::harness::TestApp;

#[tokio::test]
async fn a_task_needs_no_more_than_a_title() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    assert_eq!(task["category"], "other");
    assert_eq!(task["topic"], "daily");
    assert_eq!(task["coverage"], "none");
    assert_eq!(task["reminder_minutes"], json!([1440]));
    assert_eq!(
        task["actions"],
        json!(["change", "cancel", "offer", "claim", "complete"])
    );
}

#[tokio::test]
async fn a_wall_time_keeps_its_zone_and_shows_its_instant() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let due = json!({ "title": "Call", "due_local": "2027-01-02T12:00", "time_zone": "America/New_York" });
    let task = ana.task(due).await;
    assert_eq!(task["due_local"], "2027-01-02T12:00");
    assert_eq!(task["due_at"], "2027-01-02T17:00:00.000Z");
    let id = task["id"].as_str().unwrap();
    let day = json!({ "due_on": "2027-01-05" });
    let task = ana.patch(&format!("/tasks/{id}"), day).await.is(200);
    assert_eq!(
        (
            &task["due_on"],
            &task["due_local"],
            &task["schedule_version"]
        ),
        (&json!("2027-01-05"), &json!(null), &json!(2))
    );
}

#[tokio::test]
async fn of_two_who_claim_the_last_place_one_is_too_late() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for _ in 0..10 {
        let task = ana.task(json!({ "title": "Drive" })).await;
        let (first, second) =
            futures_util::join!(ben.task_act(&task, "claim"), cem.task_act(&task, "claim"));
        let (winner, loser) = match first.status.as_u16() {
            200 => (first, second),
            _ => (second, first),
        };
        assert_eq!(winner.is(200)["coverage"], "full");
        loser.is_problem(409, "slots_full");
    }
}

#[tokio::test]
async fn an_offer_is_accepted_or_declined_by_whom_it_was_made_to() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    for person in [&ben, &cem] {
        let offer = json!({ "member_id": person.member_id });
        ana.post(&path, offer).await.is(200);
    }
    let declined = cem.task_act(&task, "decline").await.is(200);
    assert_eq!(declined["my_assignment"], "declined");
    let accepted = ben.task_act(&task, "accept").await.is(200);
    assert_eq!(
        (&accepted["my_assignment"], &accepted["coverage"]),
        (&json!("accepted"), &json!("full"))
    );
    let again = ben.task_act(&task, "accept").await.is(200);
    assert_eq!(again["version"], accepted["version"]);
    let open = ben.task_act(&task, "withdraw").await.is(200);
    assert_eq!(open["coverage"], "none");
}

#[tokio::test]
async fn a_suggested_task_waits_for_approval() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ben.task(json!({ "title": "A walk" })).await;
    assert_eq!(task["state"], "proposed");
    ben.task_act(&task, "claim")
        .await
        .is_problem(409, "invalid_transition");
    let task = ana.task_act(&task, "approve").await.is(200);
    assert_eq!(task["state"], "open");
    ben.task_act(&task, "claim").await.is(200);
}

#[tokio::test]
async fn a_completed_task_is_reopened_for_a_day() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Post" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let done = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(
        (&done["state"], &done["my_assignment"]),
        (&json!("done"), &json!("done"))
    );
    let open = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(
        (&open["state"], &open["my_assignment"]),
        (&json!("open"), &json!("accepted"))
    );
    ben.task_act(&task, "complete").await.is(200);
    app.advance(TimeDelta::hours(24));
    let path = format!("/tasks/{}/reopen", task["id"].as_str().unwrap());
    ben.later()
        .await
        .act(&path)
        .await
        .is_problem(409, "too_late");
}

#[tokio::test]
async fn what_one_does_not_see_is_not_there() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Injection", "category": "medication" }))
        .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ben.get(&path).await.is_problem(404, "not_found");
    assert_eq!(ben.get("/tasks").await.is(200)["data"], json!([]));
    let grant = format!("/members/{}/grant-topics", ben.member_id);
    ana.post(&grant, json!({ "health": "read" })).await.is(200);
    ben.get(&path).await.is(200);
}

#[tokio::test]
async fn two_windows_at_one_time_are_worth_a_question() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let window =
        |from: &str, to: &str| json!({ "title": "Sit", "from_local": from, "due_local": to });
    let first = ana
        .task(window("2027-01-02T10:00", "2027-01-02T12:00"))
        .await;
    let second = ana
        .task(window("2027-01-02T11:00", "2027-01-02T13:00"))
        .await;
    let third = ana
        .task(window("2027-01-02T12:00", "2027-01-02T13:00"))
        .await;
    ana.task_act(&first, "claim").await.is(200);
    let problem = ana
        .task_act(&second, "claim")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "task", "id": first["id"] }])
    );
    ana.task_act(&third, "claim").await.is(200);
    let path = format!("/tasks/{}/claim", second["id"].as_str().unwrap());
    ana.post(&path, json!({ "allow_overlap": true }))
        .await
        .is(200);
}

#[tokio::test]
async fn a_list_is_read_page_by_page_soonest_first() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for day in [5, 3, 9, 1, 7] {
        let due = json!({ "title": format!("{day}"), "due_on": format!("2027-01-0{day}") });
        ana.task(due).await;
    }
    ana.task(json!({ "title": "some day" })).await;
    let mut titles = Vec::new();
    let mut path = "/tasks?limit=4".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        for task in page["data"].as_array().unwrap() {
            titles.push(task["title"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/tasks?limit=4&cursor={cursor}");
    }
    assert_eq!(titles, ["1", "3", "5", "7", "9", "some day"]);
}

#[tokio::test]
async fn a_change_meant_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let created = ana.post("/tasks", json!({ "title": "One" })).await;
    let etag = created.header("etag").to_owned();
    let task = created.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let change = |title: &str| Some(json!({ "title": title }));
    let seen = ("if-match", etag.as_str());
    ana.with(seen, &Method::PATCH, &path, change("Two"))
        .await
        .is(200);
    let late = ana.with(seen, &Method::PATCH, &path, change("Three")).await;
    late.is_problem(412, "stale");
}

#[tokio::test]
async fn whoever_holds_a_task_or_was_asked_is_told_when_it_moves_and_when_it_is_called_off() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "caregiver", "helper"])
        .await;
    let task = json!({ "title": "Canary", "due_on": "2026-12-05", "helpers_needed": 4 });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ana.task_act(&task, "claim").await.is(200);
    ben.task_act(&task, "claim").await.is(200);
    dora.task_act(&task, "claim").await.is(200);
    dora.task_act(&task, "withdraw").await.is(200);
    let offer = json!({ "member_id": cem.member_id });
    ana.post(&format!("{path}/offer"), offer).await.is(200);
    assert_eq!(recipients(&notification_mails(&app).await), ["ana", "cem"]);
    ana.patch(&path, json!({ "due_on": "2026-12-06" }))
        .await
        .is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let moved = "It was: Sat 5 December 2026\n  It is now: Sun 6 December 2026\n";
    assert!(told[0].text.contains(moved), "{}", told[0].text);
    ana.patch(&path, json!({ "title": "Canary too" }))
        .await
        .is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
    ana.task_act(&task, "cancel").await.is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let off = "Something was called off.\n  It was: Sun 6 December 2026\n";
    assert!(told[1].text.contains(off), "{}", told[1].text);
    let whole = format!("{} {} {}", told[1].headers, told[1].text, told[1].html);
    assert!(!whole.contains("Canary"));
}

#[tokio::test]
async fn who_left_does_not_hold_again_what_is_reopened() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Cook", "helpers_needed": 2 }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    cem.task_act(&task, "claim").await.is(200);
    ana.task_act(&task, "complete").await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    let open = ana.task_act(&task, "reopen").await.is(200);
    assert_eq!(
        (&open["state"], &open["coverage"]),
        (&json!("open"), &json!("partial"))
    );
    let mut states: Vec<_> = open["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            [&held["name"], &held["state"]]
                .map(|text| text.as_str().unwrap())
                .join(" ")
        })
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["Ben Test released", "Cem Test accepted"]);
    ana.task_act(&task, "claim").await.is(200);
}

#[tokio::test]
async fn a_dated_task_is_in_the_window_of_its_own_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (title, due) in [
        ("day before", json!({ "due_on": "2027-01-04" })),
        ("that day", json!({ "due_on": "2027-01-05" })),
        ("that hour", json!({ "due_local": "2027-01-05T10:00" })),
        ("day after", json!({ "due_on": "2027-01-06" })),
        ("some day", json!({})),
    ] {
        let mut task = due;
        task["title"] = json!(title);
        ana.task(task).await;
    }
    let titles = async |query: &str| -> Vec<String> {
        let page = ana.get(&format!("/tasks?{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|task| task["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let day = "from=2027-01-04T23:00:00Z&to=2027-01-05T23:00:00Z";
    assert_eq!(titles(day).await, ["that hour", "that day"]);
    let from = "from=2027-01-04T23:00:00Z";
    assert_eq!(titles(from).await, ["that hour", "that day", "day after"]);
    assert_eq!(titles("to=2027-01-04T23:00:00Z").await, ["day before"]);
}

#[tokio::test]
async fn nobody_holds_what_is_out_of_their_reach() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let member = format!("/members/{}", ben.member_id);
    let hide = json!({ "daily": "none" });
    let demote = json!({ "access": "viewer" });
    for what in ["hide", "demote", "move"] {
        let task = ana.task(json!({ "title": "Cook" })).await;
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        ben.task_act(&task, "claim").await.is(200);
        match what {
            "hide" => {
                ana.post(&format!("{member}/grant-topics"), hide.clone())
                    .await
            }
            "demote" => ana.patch(&member, demote.clone()).await,
            _ => ana.patch(&path, json!({ "topic": "health" })).await,
        }
        .is(200);
        let task = ana.get(&path).await.is(200);
        let of_ben = &task["assignments"][0];
        assert_eq!(
            (&of_ben["state"], &task["coverage"]),
            (&json!("released"), &json!("none")),
            "{what}"
        );
        if what != "move" {
            cem.task_act(&task, "claim").await.is(200);
        }
        ana.patch(&member, json!({ "access": "helper" }))
            .await
            .is(200);
        let show = json!({ "daily": "read" });
        ana.post(&format!("{member}/grant-topics"), show)
            .await
            .is(200);
    }
}
