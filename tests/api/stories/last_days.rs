//! The patient dies. No reminder and no email about anything planned follows, and everything stays
//! readable.

use chrono::TimeDelta;
use kith::features::series::extend_series;
use serde_json::{Value, json};

use crate::appointments::{answer, path_of, scan};
use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_act, need_path};

/// What a family has planned, and where it is read.
async fn plans(ana: &Person, ben: &Person) -> Vec<String> {
    let series = json!({
        "title": "Give the drops", "topic": "daily", "due_local": "2026-12-01T20:00",
        "recurrence": "FREQ=DAILY", "reminder_minutes": [30],
    });
    let series = ana.series(series).await;
    ben.series_act(&series, "claim").await;
    let paused = json!({ "title": "Wash up", "due_on": "2026-12-02", "recurrence": "FREQ=WEEKLY" });
    let paused = ana.series(paused).await;
    ana.series_act(&paused, "pause").await;
    let alone = ana.tasks_of(&series, "open").await[3].clone();
    let alone_path = format!("/tasks/{}", alone["id"].as_str().unwrap());
    let other_hour = json!({ "due_local": "2026-12-04T21:00" });
    ana.patch(&alone_path, other_hour).await.is(200);
    let visit = scan(ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    answer(ben, &visit, "accepted").await.is(200);
    let ride = add_need(ana, &visit, json!({ "kind": "driver" })).await;
    let anyway = json!({ "allow_overlap": true });
    ben.post(&format!("{}/claim", need_path(&ride)), anyway)
        .await
        .is(200);
    let open = add_need(ana, &visit, json!({ "kind": "companion" })).await;
    let question = json!({ "text": "How long?", "topic": "health" });
    let question = ana.post("/questions", question).await.is(201);
    let thread = json!({ "title": "How is she?", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let thread = format!("/threads/{}", thread["id"].as_str().unwrap());
    ben.post(
        &format!("{thread}/messages"),
        json!({ "body": "She slept." }),
    )
    .await
    .is(201);
    vec![
        format!("/task-series/{}", series["id"].as_str().unwrap()),
        format!("/task-series/{}", paused["id"].as_str().unwrap()),
        alone_path,
        path_of(&visit),
        need_path(&ride),
        need_path(&open),
        format!("/questions/{}", question["id"].as_str().unwrap()),
        format!("{thread}/messages"),
        thread,
    ]
}

async fn states(by: &Client, paths: &[String]) -> Vec<String> {
    let mut states = Vec::new();
    for path in paths {
        let body = by.get(path).await.is(200);
        let state = body["state"].as_str().unwrap_or("-").to_owned();
        states.push(format!("{} {state}", path.split('/').nth(1).unwrap()));
    }
    states
}

#[tokio::test]
async fn nobody_is_reminded_of_what_was_planned_with_a_person_who_has_died() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let paths = plans(&ana, &ben).await;
    app.mails().await;
    // The first evening is as always: half an hour before, Ben is reminded.
    app.advance(TimeDelta::minutes(10 * 60 + 30));
    let before = app.mails().await;
    assert!(before.iter().any(|mail| mail.to == ben.email), "{before:?}");
    let first = ana
        .later()
        .await
        .get("/tasks?state=open&limit=1")
        .await
        .is(200);
    let first = first["data"][0].clone();
    assert_eq!(first["due_local"], "2026-12-01T20:00");
    let done = format!("/tasks/{}/complete", first["id"].as_str().unwrap());
    ben.later().await.act(&done).await.is(200);
    app.mails().await;

    // In the night she dies. Ana says so with one request.
    app.advance(TimeDelta::hours(9));
    let ana_now = ana.later().await;
    app.mails().await;
    let before = ana_now.get("/tasks?limit=200").await.is(200)["data"].clone();
    ana_now
        .post("/mark-in-memory", json!({ "confirm": true }))
        .await
        .is(200);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "Ben is told once: {mails:#?}");
    assert!(mails[0].text.contains("is kept in memory"));

    // Weeks pass, and the jobs of the server run as on every day.
    for _ in 0..40 {
        app.advance(TimeDelta::hours(36));
        let extended = extend_series(&app.app).await.unwrap();
        assert_eq!((extended.extended, extended.ended), (0, 0));
        assert!(app.mails().await.is_empty(), "{}", app.now());
    }
    // Everything can still be read, the series with all its tasks included.
    for person in [&ana, &ben, &rosa] {
        let person = person.later().await;
        let expected = [
            "task-series ended",
            "task-series ended",
            "tasks canceled",
            "appointments canceled",
            "needs canceled",
            "needs canceled",
            "questions draft",
            "threads -",
            "threads open",
        ];
        assert_eq!(states(&person, &paths).await, expected);
        let after = person.get("/tasks?limit=200").await.is(200)["data"].clone();
        let ids = |list: &Value| -> Vec<Value> {
            let tasks = list.as_array().unwrap().iter();
            tasks.map(|task| task["id"].clone()).collect()
        };
        assert_eq!(ids(&after).len(), ids(&before).len());
        let done = person.get("/tasks?state=completed").await.is(200)["data"].clone();
        assert_eq!(ids(&done), [first["id"].clone()]);
        person.get("/activity?limit=200").await.is(200);
        let agenda = person.get("/v1/me/agenda").await.is(200);
        assert_eq!(agenda["data"], json!([]));
        let summary = person.get("/v1/me/summary").await.is(200);
        assert_eq!(summary["waiting_for_you"], 0);
        assert_eq!(person.get("/gaps").await.is(200)["data"], json!([]));
    }
    // People still write to each other. Nothing is planned any more.
    let ben = ben.later().await;
    let messages = &paths[7];
    let mourning = json!({ "body": "I miss her." });
    ben.post(messages, mourning).await.is(201);
    let more = json!({ "title": "Flowers", "due_on": "2027-02-01", "recurrence": "FREQ=WEEKLY" });
    let refused = ana.later().await.post("/task-series", more).await;
    refused.is_problem(409, "circle_in_memory");
    let claim = format!("{}/claim", paths[0]);
    let refused = ben.act(&claim).await;
    refused.is_problem(409, "circle_in_memory");
    let ride = paths[4].clone();
    let need = json!({ "id": ride.rsplit('/').next().unwrap() });
    let refused = need_act(&ben, &need, "claim").await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(app.mails().await.is_empty());
}
