//! Clock changes and wrong clocks: an item keeps its length, stored instants follow newer zone
//! rules, and the clock of a phone decides nothing.

use chrono::{DateTime, TimeDelta, Utc};
use kith::entity::{appointment, need, reminder, task};
use kith::features::zone_rules;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::{Value, json};

use crate::appointments::{act, answer, path_of, reschedule};
use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_act, need_path};

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn minutes_of(item: &Value) -> i64 {
    (instant(&item["ends_at"]) - instant(&item["starts_at"])).num_minutes()
}

async fn calendar(by: &Client) -> String {
    by.act("/v1/me/export/calendar").await.text
}

/// In Berlin the hour from 02:00 to 03:00 does not exist on 28 March 2027.
#[tokio::test]
async fn a_span_that_begins_in_a_missing_hour_keeps_its_length_everywhere() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let half = |day: &str| {
        let at = |time: &str| format!("{day}T{time}");
        json!({ "starts_local": at("02:30"), "ends_local": at("03:00") })
    };
    let gap = "2027-03-28";
    let with = |mut body: Value, more: Value| {
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    };
    let visit = with(
        half(gap),
        json!({ "title": "Night", "topic": "daily", "without_attendees": true }),
    );
    let visit = ana.post("/appointments", visit).await.is(201);
    assert_eq!(minutes_of(&visit), 30);
    assert_eq!(
        instant(&visit["starts_at"]),
        instant(&json!("2027-03-28T01:30:00Z"))
    );

    let ride = add_need(&ana, &visit, with(half(gap), json!({ "kind": "driver" }))).await;
    assert_eq!(minutes_of(&ride), 30);
    // An appointment that moves into the missing hour keeps its length, and its needs move too.
    let other = with(
        half("2027-03-20"),
        json!({ "title": "Later", "topic": "daily" }),
    );
    let other = ana.post("/appointments", other).await.is(201);
    let along = add_need(&ana, &other, json!({ "kind": "companion" })).await;
    let there = json!({ "starts_local": "2027-03-28T02:30" });
    let moved = reschedule(&ana, &other, there).await.is(200);
    assert_eq!(minutes_of(&moved), 30);
    let along = ana.get(&need_path(&along)).await.is(200);
    assert_eq!(minutes_of(&along), 30);

    // The agenda shows the window of a task that was created there, and of one that moved there.
    let window = |day: &str| {
        let at = |time: &str| format!("{day}T{time}");
        json!({ "starts_local": at("02:30"), "due_local": at("03:00") })
    };
    let made = ana
        .task(with(window(gap), json!({ "title": "Made" })))
        .await;
    let patched = ana
        .task(with(window("2027-03-20"), json!({ "title": "Patched" })))
        .await;
    let path = format!("/tasks/{}", patched["id"].as_str().unwrap());
    ana.patch(&path, window(gap)).await.is(200);
    ben.task_act(&made, "claim").await.is(200);
    let problem = ben.task_act(&patched, "claim").await;
    problem.is_problem(409, "overlap");
    let claim = format!("{path}/claim");
    ben.post(&claim, json!({ "allow_overlap": true }))
        .await
        .is(200);
    // The window is 03:30 to 04:00 local time. An item right after it does not overlap.
    let beside = json!({
        "title": "Beside", "starts_local": "2027-03-28T04:00", "due_local": "2027-03-28T05:00",
    });
    let beside = ana.task(beside).await;
    ben.task_act(&beside, "claim").await.is(200);
    let agenda = ben
        .get("/v1/me/agenda?from=2027-03-28T01:59:00Z")
        .await
        .is(200);
    let titles: Vec<_> = agenda["data"].as_array().unwrap().iter().collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    for item in &titles[..2] {
        assert_eq!(minutes_of(item), 30);
        assert_eq!(
            instant(&item["ends_at"]),
            instant(&json!("2027-03-28T02:00:00Z"))
        );
    }

    let calendar = calendar(&ana).await;
    let begins = calendar
        .matches("DTSTART:20270328T013000Z\r\nDTEND:20270328T020000Z")
        .count();
    assert_eq!(begins, 2, "{calendar}");
}

#[tokio::test]
async fn times_in_a_repeated_hour_mean_its_first_occurrence() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({
        "title": "Night",
        "starts_local": "2027-10-31T02:15", "ends_local": "2027-10-31T02:45",
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    assert_eq!(minutes_of(&visit), 30);
    assert_eq!(
        instant(&visit["starts_at"]),
        instant(&json!("2027-10-31T00:15:00Z"))
    );
    let back = json!({ "starts_local": "2027-10-31T02:45", "ends_local": "2027-10-31T02:15" });
    let refused = reschedule(&ana, &visit, back).await;
    assert_eq!(refused.is_invalid(), ["/ends_local start_after_end"]);
}

/// Whether a row has no time.
fn never(row: &str) -> bool {
    row.contains("sort_at: 9999")
}

/// Moves every stored instant of a table by one hour, as if older rules had computed it.
macro_rules! spoil {
    ($connection:ident, $entity:ident, [$($always:ident)*], [$($maybe:ident)*]) => {
        for row in $entity::Entity::find().all($connection).await.unwrap() {
            if never(&format!("{row:?}")) {
                continue;
            }
            let mut spoiled = row.clone().into_active_model();
            let hour = TimeDelta::hours(1);
            $(spoiled.$always = Set(row.$always + hour);)*
            $(spoiled.$maybe = Set(row.$maybe.map(|at| at + hour));)*
            spoiled.update($connection).await.unwrap();
        }
    };
}

/// The columns that follow from zone rules, and columns that must not change with them.
async fn stored(app: &TestApp) -> Vec<String> {
    let connection = app.database.connect().await;
    let mut lines = Vec::new();
    let tasks = task::Entity::find().order_by_asc(task::Column::Id);
    for row in tasks.all(&connection).await.unwrap() {
        let times = (row.due_at, row.begins_at, row.sort_at, row.over_at);
        lines.push(format!("{} {times:?} {}", row.title, row.schedule_version));
    }
    let visits = appointment::Entity::find().order_by_asc(appointment::Column::Id);
    for row in visits.all(&connection).await.unwrap() {
        let times = (row.starts_at, row.ends_at, row.sort_at, row.over_at);
        lines.push(format!("{} {times:?} {}", row.title, row.schedule_version));
    }
    let needs = need::Entity::find().order_by_asc(need::Column::Id);
    for row in needs.all(&connection).await.unwrap() {
        let times = (row.starts_at, row.ends_at, row.sort_at, row.over_at);
        lines.push(format!("{times:?} {}", row.people_accepted));
    }
    let reminders = reminder::Entity::find().order_by_asc(reminder::Column::Id);
    for row in reminders.all(&connection).await.unwrap() {
        let times = (row.fire_at, row.not_after);
        lines.push(format!(
            "{times:?} {:?} {}",
            row.state, row.schedule_version
        ));
    }
    connection.close().await.unwrap();
    lines
}

async fn spoil(app: &TestApp) {
    let connection = app.database.connect().await;
    let connection = &connection;
    spoil!(connection, task, [begins_at sort_at over_at], [due_at]);
    spoil!(connection, appointment, [sort_at over_at], [starts_at ends_at]);
    spoil!(connection, need, [sort_at over_at], [starts_at ends_at]);
    spoil!(connection, reminder, [fire_at not_after], []);
}

async fn promises(ana: &Person, ben: &Person) -> Value {
    let visit = json!({
        "title": "Walk", "topic": "daily", "attendee_member_ids": [ben.member_id],
        "starts_local": "2027-07-04T10:00", "ends_local": "2027-07-04T11:00",
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    answer(ben, &visit, "accepted").await.is(200);
    let ride = add_need(ana, &visit, json!({ "kind": "driver" })).await;
    need_act(ben, &ride, "claim").await.is(200);
    let all_day = json!({ "title": "Fair", "starts_on": "2027-07-05" });
    ana.post("/appointments", all_day).await.is(201);
    for due in [
        json!({ "title": "Window", "starts_local": "2027-07-04T12:00", "due_local": "2027-07-04T14:00" }),
        json!({ "title": "Hour", "due_local": "2027-07-04T15:00" }),
        json!({ "title": "Date", "due_on": "2027-07-06" }),
        json!({ "title": "Some day" }),
    ] {
        let task = ana.task(due).await;
        ben.task_act(&task, "claim").await.is(200);
    }
    visit
}

#[tokio::test]
async fn stored_instants_follow_newer_zone_rules_without_any_mail() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let visit = promises(&ana, &ben).await;
    app.advance(TimeDelta::minutes(1));
    app.mails().await;
    // The same rules change nothing.
    assert_eq!(zone_rules::follow(&app.app, "2020a").await.unwrap(), 0);
    let right = stored(&app).await;
    spoil(&app).await;
    let wrong = stored(&app).await;
    assert_ne!(wrong, right);
    let list = ana.get("/appointments").await;
    let etag = list.header("etag").to_owned();

    // Rules that are known already or older change nothing.
    for known in ["2020a", "2019c"] {
        assert_eq!(zone_rules::follow(&app.app, known).await.unwrap(), 0);
    }
    assert_eq!(stored(&app).await, wrong);

    // All items change except the task without a date.
    let version = zone_rules::version();
    assert_eq!(zone_rules::follow(&app.app, version).await.unwrap(), 6);
    assert_eq!(stored(&app).await, right);
    assert_eq!(zone_rules::follow(&app.app, version).await.unwrap(), 0);
    let seen = ("if-none-match", etag.as_str());
    let again = ana
        .with(seen, &axum::http::Method::GET, "/appointments", None)
        .await;
    assert_eq!(again.status, 200, "the list has changed");
    let again = ana.get(&path_of(&visit)).await.is(200);
    assert_eq!(again["attendees"][0]["response"], "accepted");
    assert_eq!(again["needs"][0]["coverage"], "full");
    app.advance(TimeDelta::minutes(1));
    assert!(app.mails().await.is_empty(), "no member moved an item");
}

#[tokio::test]
async fn past_items_keep_their_instants() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({ "title": "Walk", "starts_local": "2026-12-02T10:00" });
    let visit = ana.post("/appointments", visit).await.is(201);
    app.advance(TimeDelta::days(5));
    let ana = ana.later().await;
    act(&ana, &visit, "complete").await.is(200);
    spoil(&app).await;
    let before = stored(&app).await;
    let version = zone_rules::version();
    assert_eq!(zone_rules::follow(&app.app, version).await.unwrap(), 0);
    assert_eq!(stored(&app).await, before);
}

async fn complete(by: &Client, task: &Value, at: DateTime<Utc>) -> crate::harness::Reply {
    let path = format!("/tasks/{}/complete", task["id"].as_str().unwrap());
    by.post(&path, json!({ "occurred_at": at.to_rfc3339() }))
        .await
}

#[tokio::test]
async fn a_completion_from_a_clock_that_is_ahead_counts_as_now() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let now = app.now();
    for (ahead, done_after) in [(-3600, 0), (-1, 0), (0, 0), (5, 0), (900, 0)] {
        let task = ana.task(json!({ "title": "Cook" })).await;
        let said = now + TimeDelta::seconds(ahead);
        let done = complete(&ana, &task, said).await.is(200);
        let expected = now + TimeDelta::seconds(done_after);
        assert!(
            (instant(&done["completed_at"]) - expected).abs() < TimeDelta::seconds(1),
            "{ahead}"
        );
    }
    let task = ana.task(json!({ "title": "Cook" })).await;
    for (at, code) in [
        (now + TimeDelta::minutes(16), "/occurred_at in_the_future"),
        (now + TimeDelta::days(400), "/occurred_at in_the_future"),
        (DateTime::UNIX_EPOCH, "/occurred_at before_creation"),
        (now - TimeDelta::days(31), "/occurred_at before_creation"),
    ] {
        let refused = complete(&ana, &task, at).await;
        assert_eq!(refused.is_invalid(), [code], "{at}");
    }
    app.advance(TimeDelta::hours(2));
    let ana = ana.later().await;
    let while_offline = now + TimeDelta::minutes(30);
    let done = complete(&ana, &task, while_offline).await.is(200);
    assert_eq!(instant(&done["completed_at"]), while_offline);
}

#[tokio::test]
async fn the_time_to_undo_a_completion_starts_when_it_is_written() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    ben.task_act(&task, "claim").await.is(200);
    app.advance(TimeDelta::days(3));
    let later = ben.later().await;
    let two_days_ago = app.now() - TimeDelta::days(2);
    complete(&later, &task, two_days_ago).await.is(200);
    let reopen = format!("/tasks/{}/reopen", task["id"].as_str().unwrap());
    app.advance(TimeDelta::hours(23));
    let later = ben.later().await;
    later.act(&reopen).await.is(200);
    complete(&later, &task, app.now()).await.is(200);
    app.advance(TimeDelta::hours(25));
    let later = ben.later().await;
    later.act(&reopen).await.is_problem(409, "too_late");
}
