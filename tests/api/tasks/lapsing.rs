//! Tasks whose time is over lapse: they are neither done nor overdue for ever.

use chrono::TimeDelta;
use kith::features::tasks::lapse_due_tasks;
use serde_json::{Value, json};

use crate::appointments::{notification_mails, recipients};
use crate::harness::{Client, Person, TestApp};

/// A ride today from 10:00 to 11:00 in Berlin. A test starts at 9:00.
async fn ride(by: &Person) -> Value {
    let task = json!({
        "title": "Ride", "starts_local": "2026-12-01T10:00", "due_local": "2026-12-01T11:00",
        "time_zone": "Europe/Berlin",
    });
    by.task(task).await
}

async fn read(by: &Client, task: &Value) -> Value {
    by.get(&path_of(task)).await.is(200)
}

fn path_of(task: &Value) -> String {
    format!("/tasks/{}", task["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_task_with_a_start_lapses_a_day_after_it_was_due_and_nobody_is_told() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ride(&ana).await;
    assert_eq!(
        (&task["lapses_at"], &task["lapse_after_days"]),
        (&json!("2026-12-02T10:00:00.000Z"), &json!(null))
    );
    ben.task_act(&task, "claim").await.is(200);
    notification_mails(&app).await;
    app.advance(TimeDelta::hours(25));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 0);
    app.advance(TimeDelta::hours(1));
    app.mails().await;
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 0);
    let (ana, ben) = (ana.later().await, ben.later().await);
    let lapsed = read(&ben, &task).await;
    assert_eq!(
        [
            &lapsed["state"],
            &lapsed["my_assignment"],
            &lapsed["completed_at"],
            &lapsed["lapses_at"]
        ],
        [
            &json!("lapsed"),
            &json!("accepted"),
            &json!(null),
            &json!(null)
        ]
    );
    assert!(lapsed["ended_at"].is_string(), "{lapsed}");
    assert_eq!(lapsed["actions"], json!(["reopen", "create_comment"]));
    assert_eq!(notification_mails(&app).await.len(), 0);
    let page = ana.get("/tasks?state=lapsed").await.is(200);
    assert_eq!(page["data"][0]["id"], task["id"]);
    let agenda = ben.get("/v1/me/agenda").await.is(200);
    assert_eq!(agenda["data"], json!([]));
    let line = &ana.get("/activity?limit=1").await.is(200)["data"][0];
    assert_eq!(
        [&line["verb"], &line["subject_id"], &line["actor_member_id"]],
        [&json!("lapsed"), &task["id"], &json!(null)]
    );
    let reminders = ana.get(&format!("{}/reminders", path_of(&task))).await;
    let reminders = reminders.is(200)["data"].to_string();
    assert!(!reminders.contains("\"planned\""), "{reminders}");
}

#[tokio::test]
async fn other_tasks_lapse_only_if_somebody_chose_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let pills = json!({ "title": "Pills", "due_local": "2026-12-01T20:00" });
    let pills = ana.task(pills).await;
    let some_day = ana
        .task(json!({ "title": "Attic", "lapse_after_days": 3 }))
        .await;
    let on_a_day = json!({ "title": "Post", "due_on": "2026-12-03", "lapse_after_days": 0 });
    let on_a_day = ana.task(on_a_day).await;
    for task in [&pills, &some_day] {
        assert_eq!(task["lapses_at"], json!(null), "{task}");
    }
    // A date is over when it is over everywhere.
    assert_eq!(on_a_day["lapses_at"], "2026-12-04T12:00:00.000Z");
    let zone = json!({ "time_zone": "Europe/Berlin", "lapse_after_days": 0 });
    let chosen = ana.patch(&path_of(&pills), zone).await.is(200);
    assert!(chosen["lapses_at"].is_string(), "{chosen}");
    let later = json!({ "lapse_after_days": 2 });
    let later = ana.patch(&path_of(&pills), later).await.is(200);
    assert_ne!(later["lapses_at"], chosen["lapses_at"]);
    let never = json!({ "lapse_after_days": null });
    let never = ana.patch(&path_of(&pills), never).await.is(200);
    assert_eq!(
        (&never["lapses_at"], &never["lapse_after_days"]),
        (&json!(null), &json!(null))
    );
    let due = json!({ "due_on": "2026-12-20" });
    let due = ana.patch(&path_of(&some_day), due).await.is(200);
    assert_eq!(due["lapses_at"], "2026-12-24T12:00:00.000Z");
    let many = json!({ "title": "Post", "lapse_after_days": 3651 });
    let refused = ana.post("/tasks", many).await;
    assert_eq!(refused.is_invalid(), ["/lapse_after_days out_of_range"]);
}

#[tokio::test]
async fn a_task_that_is_entered_late_stays_for_a_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let late = json!({
        "title": "Ride", "starts_local": "2026-11-20T10:00", "due_local": "2026-11-20T11:00",
    });
    let late = ana.task(late).await;
    assert_eq!(late["lapses_at"], "2026-12-02T08:00:00.000Z");
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 0);
    let done = ana.task_act(&late, "complete").await.is(200);
    assert_eq!(done["lapses_at"], json!(null));
    let open = ana.task_act(&late, "reopen").await.is(200);
    assert_eq!(open["lapses_at"], "2026-12-02T08:00:00.000Z");
    app.advance(TimeDelta::hours(24));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
}

#[tokio::test]
async fn a_lapsed_task_is_reopened_within_a_day_or_by_a_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ride(&ana).await;
    ben.task_act(&task, "claim").await.is(200);
    app.advance(TimeDelta::hours(26));
    app.mails().await;
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
    let reopen = format!("{}/reopen", path_of(&task));
    let cem = cem.later().await;
    cem.act(&reopen).await.is_problem(403, "forbidden");
    let open = ben.later().await.act(&reopen).await.is(200);
    assert_eq!(
        [
            &open["state"],
            &open["my_assignment"],
            &open["coverage"],
            &open["ended_at"],
            &open["lapses_at"]
        ],
        [
            &json!("open"),
            &json!("accepted"),
            &json!("full"),
            &json!(null),
            &json!("2026-12-03T10:00:00.000Z")
        ]
    );
    app.advance(TimeDelta::hours(24));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
    app.advance(TimeDelta::hours(24));
    app.mails().await;
    let late = ben.later().await.act(&reopen).await;
    late.is_problem(409, "too_late");
    let open = ana.later().await.act(&reopen).await.is(200);
    assert_eq!(open["state"], "open");
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), Vec::<String>::new(), "its time is over");
}

#[tokio::test]
async fn a_suggestion_that_lapsed_comes_back_as_a_suggestion() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ride(&ben).await;
    assert_eq!(task["state"], "proposed");
    app.advance(TimeDelta::hours(26));
    app.mails().await;
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
    let ana = ana.later().await;
    let waiting = ana.get("/v1/me/summary").await.is(200);
    assert_eq!(waiting["tasks_to_approve"], json!(0));
    let back = ana.act(&format!("{}/reopen", path_of(&task))).await.is(200);
    assert_eq!(back["state"], "proposed");
}

#[tokio::test]
async fn the_tasks_of_a_series_lapse_after_a_day_and_the_series_leaves_them_as_they_are() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let pills = json!({
        "title": "Pills", "due_local": "2026-12-01T20:00", "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=DAILY;COUNT=3",
    });
    let series = ana.post("/task-series", pills).await.is(201);
    assert_eq!(series["lapse_after_days"], json!(null));
    let list = format!("/tasks?series_id={}", series["id"].as_str().unwrap());
    let lapses = async |by: &Client, which: &str| {
        let page = by.get(&format!("{list}{which}")).await.is(200);
        let tasks = page["data"].as_array().unwrap().iter();
        let lapses: Vec<Value> = tasks.map(|task| task["lapses_at"].clone()).collect();
        lapses
    };
    assert_eq!(
        lapses(&ana, "").await,
        [
            "2026-12-02T19:00:00.000Z",
            "2026-12-03T19:00:00.000Z",
            "2026-12-04T19:00:00.000Z"
        ]
    );
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let at_once = json!({ "lapse_after_days": 0 });
    let changed = ana.patch(&path, at_once).await.is(200);
    assert_eq!(changed["lapse_after_days"], json!(0));
    assert_eq!(lapses(&ana, "").await[0], "2026-12-01T19:00:00.000Z");
    app.advance(TimeDelta::hours(12));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
    let ana = ana.later().await;
    // The series writes its open tasks, also those of today, and none that has lapsed.
    let title = json!({ "title": "Evening pills", "replace_exceptions": true });
    ana.patch(&path, title).await.is(200);
    assert_eq!(lapses(&ana, "&state=lapsed").await, [json!(null)]);
    assert_eq!(lapses(&ana, "&state=open").await.len(), 2);
    ana.act(&format!("{path}/pause")).await.is(200);
    let canceled = ana.get(&format!("{list}&state=canceled")).await.is(200);
    let canceled = &canceled["data"][0];
    assert_eq!(canceled["lapses_at"], json!(null));
    assert!(canceled["ended_at"].is_string(), "{canceled}");
    ana.act(&format!("{path}/resume")).await.is(200);
    assert_eq!(
        lapses(&ana, "&state=open").await,
        ["2026-12-02T19:00:00.000Z", "2026-12-03T19:00:00.000Z"]
    );
    assert_eq!(lapses(&ana, "&state=lapsed").await.len(), 1);
}

#[tokio::test]
async fn nothing_lapses_in_a_circle_that_is_paused_or_kept_in_memory() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ride(&ana).await;
    ana.act("/pause").await.is(200);
    app.advance(TimeDelta::hours(27));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 0);
    let ana = ana.later().await;
    ana.act("/resume").await.is(200);
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);

    let other = json!({ "title": "Post", "due_on": "2026-12-04", "lapse_after_days": 0 });
    let other = ana.post("/tasks", other).await.is(201);
    let sure = json!({ "confirm": true });
    ana.post("/mark-in-memory", sure).await.is(200);
    let canceled = read(&ana, &other).await;
    assert_eq!(
        (&canceled["state"], &canceled["lapses_at"]),
        (&json!("canceled"), &json!(null))
    );
    assert!(canceled["ended_at"].is_string(), "{canceled}");
    let reinstate = format!("{}/reinstate", path_of(&other));
    let refused = ana.act(&reinstate).await;
    refused.is_problem(409, "circle_in_memory");
    app.advance(TimeDelta::days(5));
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_lapsed_task_is_on_no_calendar_and_is_no_gap() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ride(&ana).await;
    let places = [
        "/calendar?from=2026-12-01T00:00:00Z&to=2026-12-03T00:00:00Z",
        "/v1/me/calendar?from=2026-12-01T00:00:00Z&to=2026-12-03T00:00:00Z",
        "/gaps",
    ];
    for place in places {
        let page = ana.get(place).await.is(200);
        assert_eq!(page["data"][0]["id"], task["id"], "{place}");
    }
    super::let_lapse(&app, &path_of(&task)).await;
    for place in places {
        let page = ana.get(place).await.is(200);
        assert_eq!(page["data"], json!([]), "{place}");
    }
}
