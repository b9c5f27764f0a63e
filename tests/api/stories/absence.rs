//! The main carer goes away for two weeks, and nothing that she carried is silently missed.

use chrono::TimeDelta;
use kith::features::absences::end_over_absences;
use kith::features::series::extend_series;
use serde_json::{Value, json};

use super::{line, mails_until};
use crate::appointments::scan;
use crate::harness::{Client, TestApp};
use crate::needs::{add_need, need_act};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// What still needs somebody: `title day`.
async fn gaps(by: &Client) -> Vec<String> {
    let gaps = by.get("/gaps").await.is(200);
    let gaps = gaps["data"].as_array().unwrap().iter();
    let gap = |gap: &Value| {
        let text = |name: &str| gap[name].as_str().map(str::to_owned);
        let day = text("starts_on")
            .or(text("starts_local"))
            .or(text("ends_local"));
        let title = text("title").or(text("kind")).unwrap();
        let day = day.unwrap_or_else(|| "always".to_owned());
        format!("{title} {}", day.get(5..10).unwrap_or(&day))
    };
    gaps.map(gap).collect()
}

/// The state of each part of the calendar: `title coverage`.
async fn calendar(by: &Client, from: &str, to: &str) -> Vec<String> {
    let page = by
        .get(&format!("/calendar?from={from}&to={to}"))
        .await
        .is(200);
    let items = page["data"].as_array().unwrap().iter();
    let items = items.filter(|item| !item["coverage"].is_null());
    let item = |item: &Value| {
        let title = item["title"].as_str().or(item["kind"].as_str()).unwrap();
        format!("{title} {}", item["coverage"].as_str().unwrap())
    };
    items.map(item).collect()
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "a story from its first day to its last"
)]
async fn the_main_carer_goes_away_for_two_weeks_and_nothing_is_silently_missed() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "helper", "coordinator"];
    let [greta, ulla, tom, _pia] = app.circle_of(access, ["Greta", "Ulla", "Tom", "Pia"]).await;
    let none: Vec<String> = Vec::new();

    // Ulla does nearly everything: a role, a series, a ride and single tasks.
    let night = json!({ "kind": "night_care", "title": "Nights" });
    let night = greta.post("/roles", night).await.is(201);
    ulla.act(&format!("/roles/{}/claim", id(&night)))
        .await
        .is(200);
    let baths = json!({
        "title": "Bath", "topic": "daily", "due_local": "2026-12-03T18:00",
        "recurrence": "FREQ=WEEKLY;BYDAY=TH", "reminder_minutes": [60],
    });
    let baths = greta.post("/task-series", baths).await.is(201);
    ulla.act(&format!("/task-series/{}/claim", id(&baths)))
        .await
        .is(200);
    let when = json!({ "starts_local": "2026-12-09T10:00", "ends_local": "2026-12-09T11:00" });
    let visit = scan(&greta, when).await;
    let ride = add_need(&greta, &visit, json!({ "kind": "driver" })).await;
    need_act(&ulla, &ride, "claim").await.is(200);
    for (title, day) in [
        ("Shop", "2026-12-08"),
        ("Bills", "2026-12-20"),
        ("Photos", ""),
    ] {
        let mut task = json!({ "title": title, "topic": "daily" });
        if !day.is_empty() {
            task["due_on"] = json!(day);
        }
        let task = greta.task(task).await;
        ulla.task_act(&task, "claim").await.is(200);
    }
    app.advance(TimeDelta::minutes(1));
    app.mails().await;
    assert_eq!(gaps(&greta).await, none);

    // She goes away from the 7th to the 20th, and keeps it all for now.
    let days = json!({
        "from_on": "2026-12-07", "until_on": "2026-12-20", "on_affected": "keep",
        "note": "My own operation.",
    });
    let absence = ulla.post("/absences", days).await.is(201);
    let mut affected: Vec<_> = absence["affected"].as_array().unwrap().iter().collect();
    affected.sort_by_key(|item| item["title"].as_str());
    let titles = affected.iter().map(|item| item["title"].as_str().unwrap());
    let titles: Vec<_> = titles.collect();
    assert_eq!(
        titles,
        ["Bath", "Bath", "Bills", "Nights", "Shop", "driver"]
    );
    let seen = tom
        .get(&format!("/absences/{}", id(&absence)))
        .await
        .is(200);
    assert_eq!(
        (&seen["note"], &seen["from_on"]),
        (&Value::Null, &json!("2026-12-07"))
    );

    // What she cannot do is open before she has gone; what she can do is not.
    let expected = [
        "Shop 12-08",
        "driver 12-09",
        "Bath 12-10",
        "Bath 12-17",
        "Bills 12-20",
    ];
    assert_eq!(gaps(&greta).await, expected);
    let week = calendar(&tom, "2026-12-07T00:00:00Z", "2026-12-13T00:00:00Z").await;
    assert_eq!(week, ["Shop none", "driver none", "Bath none"]);
    let before = calendar(&tom, "2026-12-03T00:00:00Z", "2026-12-05T00:00:00Z").await;
    assert_eq!(before, ["Bath full"]);
    let load = ulla.get("/workloads").await.is(200);
    let hers = load["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["member_id"] == *ulla.member_id);
    // The bath on the 3rd and the photos are hers.
    assert_eq!(hers.unwrap()["open_tasks"], 2);

    // She is reminded of the bath on the 3rd, which she does.
    let mails = mails_until(&app, "2026-12-04T00:00:00Z", TimeDelta::hours(1)).await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(mails[0].contains("ulla A reminder"), "{mails:#?}");

    // While she is away she hears nothing. The coordinators hear of each gap in time.
    let mails = mails_until(&app, "2026-12-09T00:00:00Z", TimeDelta::hours(1)).await;
    let later = greta.later().await;
    for mail in &mails {
        assert!(!mail.contains(" ulla "), "{mail}");
    }
    for (name, what) in [
        ("greta", "8 December"),
        ("pia", "8 December"),
        ("greta", "9 December"),
    ] {
        let told = |mail: &String| mail.contains(&format!(" {name} ")) && mail.contains(what);
        assert!(
            mails.iter().any(told),
            "{name} is told of {what}: {mails:#?}"
        );
    }
    // A day before, those who could do it hear of it too.
    let told_tom = |mail: &String| mail.contains(" tom ") && mail.contains("9 December");
    assert!(mails.iter().any(told_tom), "{mails:#?}");
    // From the first day on the role is open as well.
    assert!(gaps(&later).await.contains(&"Nights always".to_owned()));
    let uncovered = later.get("/roles?uncovered=true").await.is(200);
    assert_eq!(uncovered["data"][0]["title"], "Nights");

    // The server makes more baths meanwhile. They are hers, and none of them is in these two weeks.
    extend_series(&app.app).await.unwrap();
    let tasks = later.get("/tasks?uncovered=true").await.is(200);
    assert_eq!(tasks["data"].as_array().unwrap().len(), 4, "{tasks}");

    // She is back on the 21st. What is left is hers again, and she is reminded of the next bath.
    mails_until(&app, "2026-12-21T06:00:00Z", TimeDelta::hours(6)).await;
    assert_eq!(end_over_absences(&app.app).await.unwrap(), 1);
    assert_eq!(end_over_absences(&app.app).await.unwrap(), 0);
    let (greta, ulla) = (greta.later().await, ulla.later().await);
    let ended = ulla
        .get(&format!("/absences/{}", id(&absence)))
        .await
        .is(200);
    assert_eq!(ended["state"], "ended");
    assert_eq!(gaps(&greta).await, none);
    let mails = mails_until(&app, "2026-12-25T00:00:00Z", TimeDelta::hours(1)).await;
    let reminded = |mail: &String| mail.contains("ulla A reminder") && mail.contains("24 December");
    assert!(mails.iter().any(reminded), "{mails:#?}");
}

#[tokio::test]
async fn a_coordinator_who_is_away_is_told_nothing_and_others_are_told_instead() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "helper"];
    let [greta, ulla, _tom] = app.circle_of(access, ["Greta", "Ulla", "Tom"]).await;
    let task = json!({ "title": "Shop", "topic": "daily", "due_local": "2026-12-01T15:00" });
    let task = greta.task(task).await;
    let offer = json!({ "member_id": ulla.member_id });
    greta
        .post(&format!("/tasks/{}/offer", id(&task)), offer)
        .await
        .is(200);
    ulla.task_act(&task, "accept").await.is(200);
    app.advance(TimeDelta::minutes(1));
    app.mails().await;
    let away = json!({ "from_on": "2026-12-01", "until_on": "2026-12-02" });
    greta.post("/absences", away).await.is(201);
    // The only coordinator asked for it, and is away: those who could do it are told.
    ulla.task_act(&task, "release").await.is(200);
    app.advance(TimeDelta::seconds(30));
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().map(line).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("tom "), "{told:#?}");
}
