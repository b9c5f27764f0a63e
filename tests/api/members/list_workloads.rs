//! `GET /v1/circles/{circle_id}/workloads`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_act};

async fn workloads(by: &Client) -> Vec<Value> {
    let page = by.get("/workloads").await.is(200);
    page["data"].as_array().unwrap().clone()
}

async fn names(by: &Client) -> Vec<String> {
    let name = |workload: &Value| workload["name"].as_str().unwrap().replace(" Test", "");
    workloads(by).await.iter().map(name).collect()
}

fn numbers(workload: &Value) -> [i64; 6] {
    [
        "open_tasks",
        "open_needs",
        "open_minutes",
        "completed_tasks",
        "completed_needs",
        "completed_minutes",
    ]
    .map(|name| workload[name].as_i64().unwrap())
}

#[tokio::test]
async fn members_see_who_carries_what_as_far_as_they_may() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "caregiver", "viewer", "patient"])
        .await;
    let all = ["Ana", "Ben", "Cem", "Dora", "Eli"];
    assert_eq!(names(&ana).await, all);
    assert_eq!(names(&cem).await, all);
    assert_eq!(names(&ben).await, ["Ben"]);
    assert_eq!(names(&dora).await, ["Dora"]);
    assert_eq!(
        names(&eli).await,
        ["Eli"],
        "the patient sees only themselves"
    );
    ana.post(&format!("/members/{}/suspend", dora.member_id), json!({}))
        .await
        .is(200);
    assert_eq!(names(&ana).await, ["Ana", "Ben", "Cem", "Eli"]);
}

#[tokio::test]
async fn a_workload_counts_what_is_claimed_soon_and_what_was_done_lately() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let task = async |body: Value, verb: &str| {
        let task = ana.task(body).await;
        ben.task_act(&task, verb).await.is(200);
    };
    task(
        json!({ "title": "a", "due_on": "2026-12-05", "effort_minutes": 30 }),
        "claim",
    )
    .await;
    task(
        json!({ "title": "b", "due_on": "2026-11-05", "effort_minutes": 20 }),
        "claim",
    )
    .await;
    task(json!({ "title": "c" }), "claim").await;
    task(
        json!({ "title": "d", "due_on": "2026-12-25", "effort_minutes": 500 }),
        "claim",
    )
    .await;
    let done = ana
        .task(json!({ "title": "e", "effort_minutes": 45 }))
        .await;
    ben.task_act(&done, "claim").await.is(200);
    ben.task_act(&done, "complete").await.is(200);
    let walk = json!({
        "title": "Walk", "topic": "daily", "starts_local": "2026-12-03T10:00",
        "ends_local": "2026-12-03T12:00", "without_attendees": true,
    });
    let walk = ana.post("/appointments", walk).await.is(201);
    let need = add_need(&ana, &walk, json!({ "kind": "companion" })).await;
    need_act(&ben, &need, "claim").await.is(200);
    let role = json!({ "kind": "pets", "effort_minutes_per_week": 70 });
    let role = ana.post("/roles", role).await.is(201);
    let role = format!("/roles/{}/claim", role["id"].as_str().unwrap());
    cem.act(&role).await.is(200);
    // Cem sees and does something about health, which Ben does not see.
    let pills = json!({ "title": "f", "topic": "health", "effort_minutes": 5 });
    let pills = ana.task(pills).await;
    cem.task_act(&pills, "claim").await.is(200);

    let seen = workloads(&ana).await;
    assert_eq!(numbers(&seen[0]), [0; 6]);
    assert_eq!(numbers(&seen[1]), [3, 1, 50 + 120, 1, 0, 45]);
    assert_eq!(numbers(&seen[2]), [1, 0, 5, 0, 0, 0]);
    assert_eq!(seen[2]["roles"][0]["title"], "Pets");
    assert_eq!(seen[2]["roles"][0]["effort_minutes_per_week"], 70);
    assert_eq!(seen[1]["roles"], json!([]));
    assert_eq!(numbers(&workloads(&ben).await[0]), numbers(&seen[1]));

    app.advance(TimeDelta::days(4));
    let seen = workloads(&ana.later().await).await;
    assert_eq!(numbers(&seen[1]), [3, 0, 50, 1, 1, 45 + 120]);
    app.advance(TimeDelta::days(30));
    let seen = workloads(&ana.later().await).await;
    assert_eq!(numbers(&seen[1])[3..], [0; 3], "longer than 28 days ago");
}

#[tokio::test]
async fn nobody_counts_what_was_declined_or_released() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "a", "due_on": "2026-12-05", "effort_minutes": 30 }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    ben.task_act(&task, "release").await.is(200);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    ben.task_act(&task, "decline").await.is(200);
    assert_eq!(numbers(&workloads(&ana).await[1]), [0; 6]);
}

#[tokio::test]
async fn nobody_counts_what_was_claimed_for_an_appointment_that_did_not_take_place() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = json!({
        "title": "Walk", "topic": "daily", "starts_local": "2026-12-03T10:00",
        "ends_local": "2026-12-03T12:00", "without_attendees": true,
    });
    let walk = ana.post("/appointments", walk).await.is(201);
    let need = add_need(&ana, &walk, json!({ "kind": "companion" })).await;
    need_act(&ben, &need, "claim").await.is(200);
    app.advance(TimeDelta::days(4));
    let ana = ana.later().await;
    let seen = numbers(&workloads(&ana).await[1]);
    assert_eq!(seen, [0, 0, 0, 0, 1, 120]);
    let path = format!("/appointments/{}", walk["id"].as_str().unwrap());
    ana.act(&format!("{path}/mark-missed")).await.is(200);
    assert_eq!(numbers(&workloads(&ana).await[1]), [0; 6]);
}

/// The room of each member whom the reader sees, by name.
async fn rooms(by: &Client) -> Vec<(String, Value)> {
    let room = |workload: &Value| {
        let name = workload["name"].as_str().unwrap().replace(" Test", "");
        (name, workload["room"].clone())
    };
    workloads(by).await.iter().map(room).collect()
}

/// The room of the reader.
async fn my_room(by: &Client, name: &str) -> Value {
    let rooms = rooms(by).await.into_iter();
    let mut mine = rooms.filter(|(other, _)| other == name);
    mine.next().unwrap().1
}

/// A task that the member has completed.
async fn did(by: &Person, minutes: i64) {
    let task = json!({ "title": "a", "effort_minutes": minutes });
    let task = by.task(task).await;
    by.task_act(&task, "claim").await.is(200);
    by.task_act(&task, "complete").await.is(200);
}

#[tokio::test]
async fn coordinators_and_caregivers_see_who_has_room_and_others_only_their_own() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "caregiver", "viewer", "patient"])
        .await;
    let room = json!("has_room");
    let none = json!(null);
    let all = [
        ("Ana".to_owned(), room.clone()),
        ("Ben".to_owned(), room.clone()),
        ("Cem".to_owned(), room.clone()),
        ("Dora".to_owned(), none.clone()),
        ("Eli".to_owned(), none.clone()),
    ];
    for plans in [&ana, &cem] {
        assert_eq!(rooms(plans).await, all);
    }
    assert_eq!(rooms(&ben).await, all[1..2]);
    assert_eq!(rooms(&dora).await, all[3..4]);
    assert_eq!(rooms(&eli).await, all[4..5]);
    // No member sees the room of others in the list of members.
    let members = ana.get("/members").await.is(200);
    assert!(members["data"][0].get("room").is_none());
    // A patient who coordinates sees nobody's room, and has none.
    let founder = json!({ "access": "coordinator" });
    ana.patch(&format!("/members/{}", eli.member_id), founder)
        .await
        .is(200);
    assert_eq!(rooms(&eli).await, all[4..5]);
    // A circle in memory asks nobody for anything.
    ana.post("/mark-in-memory", json!({ "confirm": true }))
        .await
        .is(200);
    app.mails().await;
    assert!(rooms(&ana).await.iter().all(|(_, room)| room.is_null()));
}

#[tokio::test]
async fn room_is_what_a_member_did_lately_beside_the_time_that_they_have() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    // Without a capacity a week has four hours: 960 minutes in 28 days.
    for (minutes, room) in [
        (479, "has_room"),
        (1, "balanced"),
        (480, "balanced"),
        (1, "could_use_help"),
    ] {
        did(&ana, minutes).await;
        assert_eq!(my_room(&ana, "Ana").await, room);
    }
    for (capacity, room) in [
        (json!("a_little"), "could_use_help"),
        (json!("some_hours"), "could_use_help"),
        (json!("a_lot"), "has_room"),
        (json!(null), "could_use_help"),
    ] {
        let capacity = json!({ "capacity": capacity });
        ana.patch("/members/me", capacity).await.is(200);
        assert_eq!(my_room(&ana, "Ana").await, room);
    }
    // What was done longer than 28 days ago counts no more.
    app.advance(TimeDelta::days(28));
    assert_eq!(my_room(&ana.later().await, "Ana").await, "could_use_help");
    app.advance(TimeDelta::minutes(1));
    assert_eq!(my_room(&ana.later().await, "Ana").await, "has_room");
}

#[tokio::test]
async fn roles_take_time_and_what_has_no_estimate_takes_some() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let a_little = json!({ "capacity": "a_little" });
    ana.patch("/members/me", a_little).await.is(200);
    // It is about 240 minutes. A task of which nobody said how long it takes counts 30.
    for room in ["has_room", "has_room", "has_room", "balanced"] {
        let task = ana.task(json!({ "title": "a" })).await;
        ana.task_act(&task, "claim").await.is(200);
        let before = my_room(&ana, "Ana").await;
        ana.task_act(&task, "complete").await.is(200);
        assert_eq!(my_room(&ana, "Ana").await, room);
        assert_eq!(before, "has_room", "what is only claimed does not count");
    }
    // A role counts each week: 30 minutes are another 120.
    for (minutes, room) in [(30, "balanced"), (1, "could_use_help")] {
        let role = json!({ "kind": "pets", "effort_minutes_per_week": minutes });
        let role = ana.post("/roles", role).await.is(201);
        let role = format!("/roles/{}/claim", role["id"].as_str().unwrap());
        ana.act(&role).await.is(200);
        assert_eq!(my_room(&ana, "Ana").await, room);
    }
}

#[tokio::test]
async fn a_role_without_an_estimate_and_a_need_that_takes_all_day_count_too() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let role = format!("/roles/{}/claim", role["id"].as_str().unwrap());
    ana.patch("/members/me", json!({ "capacity": "a_little" }))
        .await
        .is(200);
    ana.act(&role).await.is(200);
    assert_eq!(my_room(&ana, "Ana").await, "balanced");
    ben.patch("/members/me", json!({ "capacity": "a_little" }))
        .await
        .is(200);
    for after in ["balanced", "could_use_help"] {
        let stay = json!({
            "title": "Stay", "topic": "daily", "starts_on": "2026-12-02",
            "without_attendees": true,
        });
        let stay = ana.post("/appointments", stay).await.is(201);
        let need = add_need(&ana, &stay, json!({ "kind": "companion" })).await;
        need_act(&ben, &need, "claim").await.is(200);
        if after == "balanced" {
            assert_eq!(my_room(&ben, "Ben").await, "has_room");
        }
    }
    app.advance(TimeDelta::days(3));
    assert_eq!(my_room(&ben.later().await, "Ben").await, "could_use_help");
}

#[tokio::test]
async fn a_member_who_is_away_has_no_room() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let away = json!({ "from_on": "2026-12-02", "until_on": "2026-12-03" });
    ben.post("/absences", away).await.is(201);
    for (days, room) in [
        (0, json!("has_room")),
        (1, json!(null)),
        (1, json!(null)),
        (1, json!("has_room")),
    ] {
        app.advance(TimeDelta::days(days));
        assert_eq!(my_room(&ana.later().await, "Ben").await, room);
    }
}

#[tokio::test]
async fn a_helper_sees_the_room_of_a_member_without_an_account_for_whom_they_act() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = json!({ "name": "Rosa", "access": "helper", "contact_member_id": ben.member_id });
    ana.post("/members", rosa).await.is(201);
    let room = json!("has_room");
    let both = [("Ben".to_owned(), room.clone()), ("Rosa".to_owned(), room)];
    assert_eq!(rooms(&ben).await, both);
}
