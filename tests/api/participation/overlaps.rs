//! A member is asked before they accept two things at one time. Everything that they claimed
//! or accepted counts, in all their circles.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::appointments::{grant, path_of};
use crate::harness::{Person, Reply, TestApp};
use crate::needs::{add_need, need_act, need_path, offer_need};

fn at(time: &str) -> String {
    format!("2026-12-04T{time}")
}

/// A task with a window on 4 December.
async fn sit(by: &Person, from: &str, to: &str) -> Value {
    let window = json!({ "title": "Sit", "starts_local": at(from), "due_local": at(to) });
    by.task(window).await
}

/// An appointment of the daily topic on 4 December without attendees.
async fn visit(by: &Person, starts: &str, ends: Option<&str>) -> Value {
    let mut visit = json!({
        "title": "Walk", "topic": "daily", "starts_local": at(starts), "without_attendees": true,
    });
    if let Some(ends) = ends {
        visit["ends_local"] = json!(at(ends));
    }
    by.post("/appointments", visit).await.is(201)
}

async fn answer(by: &Person, visit: &Value, body: Value) -> Reply {
    by.post(&format!("{}/attendees/me/respond", path_of(visit)), body)
        .await
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_overlap_in_another_circle_is_shown_as_a_time_only() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    app.join(&mia, &ben, json!({ "access": "helper" })).await;
    let elsewhere = ben.inside(mia.circle_id());

    let claimed = sit(&ana, "10:00", "12:00").await;
    ben.task_act(&claimed, "claim").await.is(200);
    let wanted = sit(&mia, "11:00", "13:00").await;
    let claim = format!("/tasks/{}/claim", wanted["id"].as_str().unwrap());
    let refused = elsewhere.act(&claim).await;
    let problem = refused.is_problem(409, "overlap");
    let detail = "You have something else at that time. To do both, send `allow_overlap: true`.";
    assert_eq!(problem["detail"], detail);
    let conflicts = problem["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1);
    let busy = conflicts[0].as_object().unwrap();
    let names: Vec<&str> = busy.keys().map(String::as_str).collect();
    assert_eq!(names, ["ends_at", "starts_at", "type"]);
    assert_eq!(busy["type"], "busy");
    assert_eq!(
        instant(&busy["starts_at"]),
        instant(&json!("2026-12-04T09:00:00Z"))
    );
    assert_eq!(
        instant(&busy["ends_at"]),
        instant(&json!("2026-12-04T11:00:00Z"))
    );
    assert!(!refused.text.contains(claimed["id"].as_str().unwrap()));
    assert!(!refused.text.contains(ana.circle_id()));

    let allowed = json!({ "allow_overlap": true });
    elsewhere.post(&claim, allowed).await.is(200);
    // Another member can claim a task at the same time.
    let theirs = sit(&mia, "10:00", "11:00").await;
    mia.task_act(&theirs, "claim").await.is(200);
    // Assignments in a circle that the member has left do not count.
    elsewhere.post("/leave", json!({})).await;
    let next = sit(&ana, "12:00", "13:00").await;
    ben.task_act(&next, "claim").await.is(200);
}

#[tokio::test]
async fn claiming_in_two_circles_at_once_asks_about_the_overlap() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    app.join(&mia, &ben, json!({ "access": "helper" })).await;
    let elsewhere = ben.inside(mia.circle_id());
    for hour in 8..18 {
        let (from, to) = (format!("{hour:02}:00"), format!("{hour:02}:45"));
        let here = sit(&ana, &from, &to).await;
        let there = sit(&mia, &from, &to).await;
        let claim = format!("/tasks/{}/claim", there["id"].as_str().unwrap());
        let (here, there) = tokio::join!(ben.task_act(&here, "claim"), elsewhere.act(&claim));
        let mut statuses = [here.status.as_u16(), there.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{hour}");
    }
}

#[tokio::test]
async fn a_need_without_an_end_counts_as_one_hour() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = visit(&ana, "10:00", Some("11:00")).await;
    let ride = json!({ "kind": "driver", "starts_local": at("09:15") });
    let ride = add_need(&ana, &walk, ride).await;
    need_act(&ben, &ride, "claim").await.is(200);
    let wanted = sit(&ana, "10:00", "12:00").await;
    let problem = ben.task_act(&wanted, "claim").await;
    let problem = problem.is_problem(409, "overlap");
    let named = json!([{ "type": "need", "id": ride["id"] }]);
    assert_eq!(problem["conflicts"], named);
    let later = sit(&ana, "10:15", "12:00").await;
    ben.task_act(&later, "claim").await.is(200);
    // The same holds when the need comes second.
    let late = json!({ "kind": "companion", "starts_local": at("11:30") });
    let late = add_need(&ana, &walk, late).await;
    let problem = need_act(&ben, &late, "claim").await;
    problem.is_problem(409, "overlap");
}

#[tokio::test]
async fn an_accepted_appointment_counts_as_an_overlap() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = visit(&ana, "10:00", Some("11:00")).await;
    let wanted = sit(&ana, "10:30", "12:00").await;
    for said in ["tentative", "declined"] {
        answer(&ben, &walk, json!({ "response": said }))
            .await
            .is(200);
        ben.task_act(&wanted, "claim").await.is(200);
        ben.task_act(&wanted, "release").await.is(200);
    }
    answer(&ben, &walk, json!({ "response": "accepted" }))
        .await
        .is(200);
    let problem = ben.task_act(&wanted, "claim").await;
    let problem = problem.is_problem(409, "overlap");
    let named = json!([{ "type": "appointment", "id": walk["id"] }]);
    assert_eq!(problem["conflicts"], named);
    let allowed = json!({ "allow_overlap": true });
    let claim = format!("/tasks/{}/claim", wanted["id"].as_str().unwrap());
    ben.post(&claim, allowed).await.is(200);
    // Repeating the current response asks nothing.
    answer(&ben, &walk, json!({ "response": "accepted" }))
        .await
        .is(200);

    let other = visit(&ana, "11:30", None).await;
    let refused = answer(&ben, &other, json!({ "response": "accepted" })).await;
    let problem = refused.is_problem(409, "overlap");
    let named = json!([{ "type": "task", "id": wanted["id"] }]);
    assert_eq!(problem["conflicts"], named);
    answer(&ben, &other, json!({ "response": "tentative" }))
        .await
        .is(200);
    let all_the_same = json!({ "response": "accepted", "allow_overlap": true });
    answer(&ben, &other, all_the_same).await.is(200);
}

#[tokio::test]
async fn accepting_an_overlapping_offer_asks_for_confirmation() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let claimed = sit(&ana, "10:00", "12:00").await;
    ben.task_act(&claimed, "claim").await.is(200);
    let wanted = sit(&ana, "11:00", "13:00").await;
    let offer = format!("/tasks/{}/offer", wanted["id"].as_str().unwrap());
    let to_ben = json!({ "member_id": ben.member_id });
    ana.post(&offer, to_ben).await.is(200);
    let walk = visit(&ana, "11:00", None).await;
    let ride = add_need(&ana, &walk, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    let refused = ben.task_act(&wanted, "accept").await;
    refused.is_problem(409, "overlap");
    let refused = need_act(&ben, &ride, "claim").await;
    refused.is_problem(409, "overlap");
    let accept = format!("/tasks/{}/accept", wanted["id"].as_str().unwrap());
    let allowed = json!({ "allow_overlap": true });
    ben.post(&accept, allowed.clone()).await.is(200);
    let take = format!("{}/claim", need_path(&ride));
    ben.post(&take, allowed).await.is(200);
}

#[tokio::test]
async fn all_day_items_do_not_overlap_and_an_attendee_can_also_drive() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let all_day = json!({ "title": "Fair", "topic": "daily", "starts_on": "2026-12-04", "without_attendees": true });
    let all_day = ana.post("/appointments", all_day).await.is(201);
    answer(&ben, &all_day, json!({ "response": "accepted" }))
        .await
        .is(200);
    let forms = ana
        .task(json!({ "title": "Forms", "due_on": "2026-12-04" }))
        .await;
    ben.task_act(&forms, "claim").await.is(200);
    let by_then = ana
        .task(json!({ "title": "Post", "due_local": at("10:30") }))
        .await;
    ben.task_act(&by_then, "claim").await.is(200);

    let walk = visit(&ana, "10:00", Some("11:00")).await;
    answer(&ben, &walk, json!({ "response": "accepted" }))
        .await
        .is(200);
    let ride = add_need(&ana, &walk, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    let children = add_need(&ana, &walk, json!({ "kind": "child_care" })).await;
    let refused = need_act(&ben, &children, "claim").await;
    refused.is_problem(409, "overlap");
}

#[tokio::test]
async fn an_overlap_that_the_caller_can_no_longer_see_is_shown_as_a_time() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    grant(
        &ana,
        &ben,
        json!({ "health": "read", "expires_at": "2026-12-01T09:00:00Z" }),
    )
    .await;
    let scan = crate::appointments::scan(&ana, json!({})).await;
    answer(&ben, &scan, json!({ "response": "accepted" }))
        .await
        .is(200);
    app.advance(TimeDelta::hours(2));
    let ben_later = ben.later().await;
    ben_later
        .get(&path_of(&scan))
        .await
        .is_problem(404, "not_found");
    let wanted = sit(
        &Person {
            client: ana.later().await,
            ..ana
        },
        "10:30",
        "12:00",
    )
    .await;
    let claim = format!("/tasks/{}/claim", wanted["id"].as_str().unwrap());
    let refused = ben_later.act(&claim).await;
    let problem = refused.is_problem(409, "overlap");
    assert_eq!(problem["conflicts"][0]["type"], "busy");
    assert!(!refused.text.contains(scan["id"].as_str().unwrap()));
    assert!(!refused.text.to_lowercase().contains("canary"));
}
