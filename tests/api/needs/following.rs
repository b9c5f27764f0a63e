//! Needs follow their appointment, and members who claimed them can leave the circle.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{add_need, need_act, offer_need, read};
use crate::appointments::{act, answer, notification_mails, path_of, recipients, reschedule, scan};
use crate::harness::{Client, Person, TestApp};
use crate::notifications::says;

/// The start of a need, its coverage, and the state of the reader's assignment.
fn part(need: &Value) -> (&str, &str, &str) {
    let text = |name: &str| need[name].as_str().unwrap_or("-");
    (
        text("starts_local"),
        text("coverage"),
        text("my_assignment"),
    )
}

#[tokio::test]
async fn a_claimed_need_moves_with_its_appointment_and_is_offered_again() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = json!({ "kind": "driver", "starts_local": "2026-12-04T09:15" });
    let ride = add_need(&ana, &appointment, ride).await;
    let company = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    for need in [&ride, &company] {
        need_act(&ben, need, "claim").await.is(200);
    }
    offer_need(&ana, &ride, &cem).await.is(200);
    need_act(&cem, &ride, "decline").await.is(200);
    let time = json!({ "starts_local": "2026-12-05T15:30", "ends_local": "2026-12-05T17:00" });
    reschedule(&ana, &appointment, time).await.is(200);
    let moved = read(&ben, &ride).await;
    assert_eq!(part(&moved), ("2026-12-05T14:45", "none", "offered"));
    assert_eq!(moved["starts_at"], "2026-12-05T13:45:00.000Z");
    assert_eq!(moved["actions"], json!(["claim", "accept", "decline"]));
    let moved = read(&ben, &company).await;
    assert_eq!(part(&moved), ("2026-12-05T15:30", "none", "offered"));
    assert_eq!(moved["ends_local"], "2026-12-05T17:00");
    assert_eq!(read(&cem, &ride).await["my_assignment"], "declined");
    let taken = need_act(&ben, &ride, "claim").await.is(200);
    assert_eq!(taken["coverage"], "full");
}

#[tokio::test]
async fn a_ride_to_an_all_day_appointment_keeps_its_time_of_day() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let day = json!({ "starts_on": "2026-12-04", "starts_local": null, "ends_local": null });
    let appointment = scan(&ana, day).await;
    let ride = json!({ "kind": "driver", "starts_local": "2026-12-04T09:15", "ends_local": "2026-12-04T10:00" });
    let ride = add_need(&ana, &appointment, ride).await;
    let company = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    reschedule(&ana, &appointment, json!({ "starts_on": "2026-12-07" }))
        .await
        .is(200);
    let moved = read(&ben, &ride).await;
    assert_eq!(part(&moved), ("2026-12-07T09:15", "none", "offered"));
    assert_eq!(
        (&moved["ends_local"], &moved["starts_on"]),
        (&json!("2026-12-07T10:00"), &json!(null))
    );
    let company = read(&ben, &company).await;
    assert_eq!(company["starts_on"], "2026-12-07");
    reschedule(
        &ana,
        &appointment,
        json!({ "starts_local": "2026-12-07T11:00" }),
    )
    .await
    .is(200);
    let moved = read(&ben, &company).await;
    assert_eq!(
        (&moved["starts_local"], &moved["starts_on"]),
        (&json!("2026-12-07T11:00"), &json!(null))
    );
}

#[tokio::test]
async fn needs_wait_while_their_appointment_is_canceled_and_end_when_it_is_completed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let begun = json!({ "starts_local": "2026-12-01T09:00", "ends_local": null });
    let appointment = scan(&ana, begun).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    let other = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    need_act(&ana, &other, "cancel").await.is(200);
    let states = async || {
        let appointment = ana.get(&path_of(&appointment)).await.is(200);
        let state = |need: &Value| need["state"].as_str().unwrap().to_owned();
        let mut states: Vec<_> = appointment["needs"]
            .as_array()
            .unwrap()
            .iter()
            .map(state)
            .collect();
        states.sort_unstable();
        states
    };
    act(&ana, &appointment, "cancel").await.is(200);
    assert_eq!(states().await, ["canceled", "on_hold"]);
    act(&ana, &appointment, "reinstate").await.is(200);
    assert_eq!(states().await, ["canceled", "open"]);
    let own_need = read(&ben, &ride).await;
    assert_eq!(
        (&own_need["my_assignment"], &own_need["coverage"]),
        (&json!("accepted"), &json!("full"))
    );
    act(&ana, &appointment, "complete").await.is(200);
    assert_eq!(states().await, ["canceled", "past"]);
    let begun = json!({ "starts_local": "2026-12-01T09:00", "ends_local": null });
    let appointment = scan(&ana, begun).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    act(&ana, &appointment, "mark-missed").await.is(200);
    assert_eq!(read(&ben, &ride).await["state"], "past");
}

#[tokio::test]
async fn the_ride_home_is_still_needed_when_the_visit_is_completed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let begun = json!({ "starts_local": "2026-12-01T08:30", "ends_local": "2026-12-01T09:30" });
    let appointment = scan(&ana, begun).await;
    let company = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    let there = json!({ "kind": "driver", "starts_local": "2026-12-01T08:00" });
    let there = add_need(&ana, &appointment, there).await;
    let home = json!({ "kind": "driver", "starts_local": "2026-12-01T12:00" });
    let home = add_need(&ana, &appointment, home).await;
    let care = json!({ "kind": "child_care", "ends_local": "2026-12-01T11:00" });
    let care = add_need(&ana, &appointment, care).await;
    need_act(&ben, &home, "claim").await.is(200);
    need_act(&cem, &care, "claim").await.is(200);
    act(&ana, &appointment, "complete").await.is(200);
    for over in [&company, &there] {
        assert_eq!(read(&ana, over).await["state"], "past");
    }
    for (by, need) in [(&ben, &home), (&cem, &care)] {
        let seen = read(by, need).await;
        assert_eq!(
            (&seen["state"], &seen["my_assignment"], &seen["actions"]),
            (
                &json!("open"),
                &json!("accepted"),
                &json!(["release", "hand_over"])
            )
        );
        let agenda = by.get("/v1/me/agenda").await.is(200);
        assert_eq!(agenda["data"][0]["id"], need["id"], "{agenda}");
    }
    need_act(&ben, &home, "release").await.is(200);
    let uncovered = cem.get("/needs?uncovered=true").await.is(200);
    assert_eq!(uncovered["data"][0]["id"], home["id"], "{uncovered}");
    let ended = need_act(&ana, &home, "cancel").await.is(200);
    assert_eq!(ended["state"], "canceled");
    let mails = notification_mails(&app).await;
    // Nobody is told of Ben's release, because the need is canceled by now.
    assert_eq!(recipients(&mails), [""; 0]);
}

#[tokio::test]
async fn a_driver_is_told_that_the_appointment_was_missed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let begun = json!({ "starts_local": "2026-12-01T08:30", "ends_local": null });
    let appointment = scan(&ana, begun).await;
    let home = json!({ "kind": "driver", "starts_local": "2026-12-01T13:00" });
    let home = add_need(&ana, &appointment, home).await;
    need_act(&ben, &home, "claim").await.is(200);
    let there = json!({ "kind": "driver", "starts_local": "2026-12-01T06:00" });
    let there = add_need(&ana, &appointment, there).await;
    need_act(&cem, &there, "claim").await.is(200);
    notification_mails(&app).await;
    act(&ana, &appointment, "mark-missed").await.is(200);
    assert_eq!(read(&ben, &home).await["state"], "past");
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    assert_eq!(
        says(&mails[0]),
        [
            "- Something was canceled.",
            "It was: Tue 1 December 2026, 13:00"
        ]
    );
}

#[tokio::test]
async fn a_ride_keeps_its_times_when_its_appointment_becomes_all_day() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = json!({ "kind": "driver", "starts_local": "2026-12-04T09:15", "ends_local": "2026-12-04T12:00" });
    let ride = add_need(&ana, &appointment, ride).await;
    need_act(&ben, &ride, "claim").await.is(200);
    for time in [
        json!({ "starts_on": "2026-12-04" }),
        json!({ "starts_local": "2026-12-04T10:00" }),
    ] {
        reschedule(&ana, &appointment, time).await.is(200);
        let seen = read(&ben, &ride).await;
        assert_eq!(part(&seen), ("2026-12-04T09:15", "full", "accepted"));
        assert_eq!(
            (&seen["ends_local"], &seen["starts_on"]),
            (&json!("2026-12-04T12:00"), &json!(null))
        );
    }
}

async fn leave(by: &Client, reassign_to_member_id: Option<&Person>) -> Value {
    let reassign_to_member_id = reassign_to_member_id.map(|person| &person.member_id);
    by.post(
        "/leave",
        json!({ "reassign_to_member_id": reassign_to_member_id }),
    )
    .await
    .is(200)
}

#[tokio::test]
async fn the_work_of_a_member_who_leaves_is_offered_to_another_member() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    let asked = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    offer_need(&ana, &asked, &ben).await.is(200);
    app.advance(TimeDelta::minutes(1));
    let left = leave(&ben, Some(&cem)).await;
    let mut released: Vec<_> = left["released"].as_array().unwrap().iter().collect();
    released.sort_unstable_by_key(|item| item["title"].as_str());
    assert_eq!(
        released,
        [
            &json!({ "type": "need", "id": asked["id"], "title": "companion" }),
            &json!({ "type": "need", "id": ride["id"], "title": "driver" }),
        ]
    );
    let ride = read(&cem, &ride).await;
    assert_eq!(
        (
            &ride["my_assignment"],
            &ride["coverage"],
            &ride["assignments"][0]["state"]
        ),
        (&json!("offered"), &json!("none"), &json!("released"))
    );
    assert_eq!(read(&cem, &asked).await["my_assignment"], json!(null));
    need_act(&cem, &ride, "claim").await.is(200);
    leave(&cem, None).await;
    let open = read(&ana, &ride).await;
    assert_eq!(
        (&open["coverage"], &open["assignments"][1]["state"]),
        (&json!("none"), &json!("released"))
    );
}

#[tokio::test]
async fn reinstating_an_appointment_does_not_bring_back_a_member_who_left() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "viewer"]).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    act(&ana, &appointment, "cancel").await.is(200);
    leave(&ben, Some(&cem)).await;
    let appointment = act(&ana, &appointment, "reinstate").await.is(200);
    assert_eq!(
        (
            &appointment["attendees"],
            &appointment["needs"][0]["coverage"]
        ),
        (&json!([]), &json!("none"))
    );
    assert_eq!(
        appointment["needs"][0]["assignments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    need_act(&ana, &ride, "claim").await.is(200);
}

#[tokio::test]
async fn a_member_who_leaves_attends_no_future_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let asked = json!({ "attendee_member_ids": [ben.member_id, ana.member_id] });
    let mut over = asked.clone();
    over["starts_local"] = json!("2026-11-30T10:00");
    over["ends_local"] = json!(null);
    let over = scan(&ana, over).await;
    act(&ana, &over, "complete").await.is(200);
    let coming = scan(&ana, asked).await;
    let before = answer(&ben, &coming, "accepted").await.is(200);
    leave(&ben, None).await;
    let after = ana.get(&path_of(&coming)).await.is(200);
    assert_eq!(after["attendees"].as_array().unwrap().len(), 1);
    assert_ne!(after["version"], before["version"]);
    let over = ana.get(&path_of(&over)).await.is(200);
    assert_eq!(over["attendees"].as_array().unwrap().len(), 2);
}
