//! `PATCH /v1/circles/{circle_id}/task-series/{task_series_id}`

use serde_json::json;

use super::{due_locals, pill_box};
use crate::harness::TestApp;

#[tokio::test]
async fn a_change_of_the_series_changes_what_is_to_come_and_keeps_exceptions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let tasks = ana.tasks_of(&series, "open").await;
    let path = |place: usize| format!("/tasks/{}", tasks[place]["id"].as_str().unwrap());
    ana.task_act(&tasks[0], "complete").await.is(200);
    let alone = json!({ "due_local": "2026-12-14T08:00" });
    let exception = ana.patch(&path(1), alone).await.is(200);
    assert_eq!(exception["is_exception"], true);
    assert_eq!(exception["original_on"], "2026-12-13");
    ana.task_act(&tasks[2], "cancel").await.is(200);

    let later = json!({ "due_local": "2026-12-06T19:30", "title": "Fill both pill boxes" });
    ana.change_series(&series, later).await;
    let now = ana.tasks_of(&series, "open").await;
    assert_eq!(now.len(), 6);
    assert_eq!(now[0]["due_local"], "2026-12-14T08:00");
    assert_eq!(now[0]["title"], "Fill the pill box");
    assert_eq!(now[1]["due_local"], "2026-12-27T19:30");
    assert_eq!(now[1]["title"], "Fill both pill boxes");
    assert_eq!(now[1]["id"], tasks[3]["id"]);
    assert_eq!(
        ana.get(&path(0)).await.is(200)["title"],
        "Fill the pill box"
    );
    assert_eq!(ana.get(&path(2)).await.is(200)["state"], "canceled");

    ana.change_series(&series, json!({ "replace_exceptions": true }))
        .await;
    let now = ana.tasks_of(&series, "open").await;
    assert_eq!(now[0]["due_local"], "2026-12-13T19:30");
    assert_eq!(now[0]["is_exception"], false);
    assert_eq!(now.len(), 6, "what was canceled by itself stays canceled");
}

#[tokio::test]
async fn a_change_from_a_date_on_goes_on_in_a_new_series_with_the_same_members() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let tasks = ana.tasks_of(&series, "open").await;
    let change = json!({ "from_on": "2027-01-02", "due_local": "2027-01-04T09:00", "recurrence": "FREQ=WEEKLY;BYDAY=MO" });
    let new = ana.change_series(&series, change).await;
    assert_ne!(new["id"], series["id"]);
    assert_eq!(new["previous_series_id"], series["id"]);
    assert_eq!(new["members"][0]["member_id"], ben.member_id);
    let old = ana.tasks_of(&series, "open").await;
    assert_eq!(old.len(), 4);
    assert_eq!(old[3]["id"], tasks[3]["id"]);
    let open = ana.tasks_of(&new, "open").await;
    assert_eq!(
        due_locals(&open),
        [
            "2027-01-04T09:00",
            "2027-01-11T09:00",
            "2027-01-18T09:00",
            "2027-01-25T09:00"
        ]
    );
    assert!(open.iter().all(|task| task["coverage"] == "full"));
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let before = ana.get(&path).await.is(200);
    assert_eq!(before["recurrence"], "FREQ=WEEKLY;BYDAY=SU;UNTIL=20270102");
    assert_eq!(before["last_on"], "2026-12-27");
}

#[tokio::test]
async fn a_rule_that_counts_is_divided_when_a_series_is_split() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut body = pill_box();
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=5");
    let series = ana.series(body).await;
    let change = json!({ "from_on": "2026-12-20", "title": "Fill the new box" });
    let new = ana.change_series(&series, change).await;
    assert_eq!(new["recurrence"], "FREQ=WEEKLY;BYDAY=SU;COUNT=3");
    assert_eq!(ana.tasks_of(&series, "open").await.len(), 2);
    let open = ana.tasks_of(&new, "open").await;
    assert_eq!(open.len(), 3);
    assert!(open.iter().all(|task| task["title"] == "Fill the new box"));
    let after = json!({ "from_on": "2027-06-01", "title": "Too late" });
    let path = format!("/task-series/{}", new["id"].as_str().unwrap());
    let reply = ana.patch(&path, after).await;
    assert_eq!(reply.is_invalid(), ["/from_on no_such_date"]);
}

#[tokio::test]
async fn dates_that_the_rule_lost_are_canceled_and_come_back_with_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let before = ana.tasks_of(&series, "open").await;
    ana.change_series(&series, json!({ "recurrence": "FREQ=WEEKLY;INTERVAL=2" }))
        .await;
    assert_eq!(ana.tasks_of(&series, "open").await.len(), 4);
    app.advance(chrono::TimeDelta::minutes(1));
    app.run_jobs().await;
    assert_eq!(app.mails().await.len(), 1, "one email to Ben");
    ana.change_series(&series, json!({ "recurrence": "FREQ=WEEKLY" }))
        .await;
    let after = ana.tasks_of(&series, "open").await;
    let ids = |tasks: &[serde_json::Value]| -> Vec<_> {
        tasks.iter().map(|task| task["id"].clone()).collect()
    };
    assert_eq!(ids(&after), ids(&before));
    assert!(after.iter().all(|task| task["coverage"] == "full"));
}

#[tokio::test]
async fn a_change_to_what_it_is_changes_nothing() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let same = json!({ "title": "Fill the pill box", "recurrence": "FREQ=WEEKLY;BYDAY=SU" });
    let after = ana.change_series(&series, same).await;
    assert_eq!(after["version"], series["version"]);
}

#[tokio::test]
async fn the_date_that_the_series_has_stands_for_the_first_date_of_the_rest() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let mut body = pill_box();
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=5");
    let series = ana.series(body).await;
    let change = json!({ "from_on": "2026-12-20", "due_local": "2026-12-06T19:30" });
    let new = ana.change_series(&series, change).await;
    let hours = ["2026-12-20T19:30", "2026-12-27T19:30", "2027-01-03T19:30"];
    assert_eq!(due_locals(&ana.tasks_of(&new, "open").await), hours);
    ben.series_act(&new, "claim").await;
    assert_eq!(due_locals(&ana.tasks_of(&new, "open").await), hours);
    assert_eq!(ana.tasks_of(&series, "open").await.len(), 2);
    let path = format!("/task-series/{}", new["id"].as_str().unwrap());
    let early = json!({ "from_on": "2026-12-27", "due_local": "2026-12-13T19:30" });
    let reply = ana.patch(&path, early).await;
    assert_eq!(reply.is_invalid(), ["/from_on start_after_end"]);
}

#[tokio::test]
async fn a_series_that_is_split_goes_on_with_the_next_turn() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for (from_on, rule, is_first) in [
        ("2026-12-20", None, 2),
        ("2026-12-27", None, 3),
        ("2027-01-02", Some("FREQ=WEEKLY;BYDAY=SU,WE"), 4),
    ] {
        let series = ana.series(pill_box()).await;
        let path = format!("/task-series/{}/set-turns", series["id"].as_str().unwrap());
        let turns = [&ana, &ben, &cem].map(|member| member.member_id.as_str());
        ana.post(&path, json!({ "member_ids": turns }))
            .await
            .is(200);
        ben.series_act(&series, "accept").await;
        cem.series_act(&series, "accept").await;
        let mut change = json!({ "from_on": from_on, "title": "Fill the new box" });
        if let Some(rule) = rule {
            change["recurrence"] = json!(rule);
        }
        let new = ana.change_series(&series, change).await;
        let of_turn = |turn: usize| turns[turn % 3];
        for (place, task) in ana.tasks_of(&series, "open").await.iter().enumerate() {
            assert_eq!(task["assignments"][0]["member_id"], of_turn(place));
        }
        let tasks = ana.tasks_of(&new, "open").await;
        assert!(tasks.len() > 3, "{from_on}");
        for (place, task) in tasks.iter().enumerate() {
            let holders = task["assignments"].as_array().unwrap().iter();
            let holders: Vec<_> = holders
                .filter(|part| part["state"] == "accepted")
                .map(|part| part["member_id"].as_str().unwrap())
                .collect();
            // With more dates, a task may have been done by another member before.
            if rule.is_none() {
                assert_eq!(holders, [of_turn(is_first + place)], "{from_on} {place}");
            }
        }
        let first = new["members"].as_array().unwrap().iter();
        let first: Vec<_> = first.filter(|member| member["turn"] == 0).collect();
        assert_eq!(first[0]["member_id"], of_turn(is_first), "{from_on}");
    }
}

#[tokio::test]
async fn what_moves_to_the_new_series_is_in_the_change_log_also_what_stays_as_it_was() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let tasks = ana.tasks_of(&series, "open").await;
    let path = |place: usize| format!("/tasks/{}", tasks[place]["id"].as_str().unwrap());
    ana.task_act(&tasks[3], "complete").await.is(200);
    ana.patch(&path(4), json!({ "title": "By the nurse" }))
        .await
        .is(200);
    ana.task_act(&tasks[5], "cancel").await.is(200);
    let mut before = Vec::new();
    for place in 0..8 {
        before.push(ana.get(&path(place)).await.is(200));
    }
    let lines = app.change_log().await.len();
    let change = json!({ "from_on": "2026-12-20", "title": "Fill the new box" });
    let new = ana.change_series(&series, change).await;
    let log = app.change_log().await.split_off(lines);
    for (place, before) in before.iter().enumerate() {
        let after = ana.get(&path(place)).await.is(200);
        let id = before["id"].as_str().unwrap();
        let told = log.iter().filter(|line| line.subject_id.to_string() == id);
        let moved = place >= 2;
        let version = before["version"].as_i64().unwrap() + i64::from(moved);
        assert_eq!(after["version"].as_i64().unwrap(), version, "{place}");
        assert_eq!(told.count(), usize::from(moved), "{place}");
        let belongs_to = if moved { &new } else { &series };
        assert_eq!(after["series_id"], belongs_to["id"], "{place}");
    }
    let fourth = &tasks[4]["id"];
    let open = ana.tasks_of(&new, "open").await;
    assert_eq!(open.len(), 4, "{open:#?}");
    assert_eq!(&open[1]["id"], fourth);
    assert_eq!(open[1]["title"], "By the nurse");
}

/// An app that moves a task to another day for all that follows sends the rule for that day as well.
#[tokio::test]
async fn another_day_without_another_rule_is_refused_with_what_to_send() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let refused = ana
        .patch(&path, json!({ "due_local": "2026-12-07T08:00" }))
        .await;
    assert_eq!(refused.is_invalid(), ["/due_local first_not_in_series"]);
    assert!(
        refused.text.contains("send recurrence too"),
        "{}",
        refused.text
    );
    let monday = json!({ "due_local": "2026-12-07T08:00", "recurrence": "FREQ=WEEKLY" });
    let changed = ana.patch(&path, monday).await.is(200);
    assert_eq!(changed["recurrence"], "FREQ=WEEKLY;BYDAY=MO");
}
