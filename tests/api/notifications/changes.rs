//! Mails about changes of accepted items: a new end, a new place, and attendees who change
//! their response.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{says, told};
use crate::appointments::{answer, notification_mails, path_of, recipients, reschedule, scan};
use crate::harness::TestApp;
use crate::needs::{add_need, need_act, need_path};

#[tokio::test]
async fn a_new_end_is_mailed_and_only_a_longer_need_is_offered_again() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let care = add_need(&ana, &appointment, json!({ "kind": "child_care" })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    need_act(&cem, &care, "claim").await.is(200);
    notification_mails(&app).await;
    let friday = "When: Fri 4 December 2026, 10:00";
    let tells = "- Something ends at another time now.";
    let asked = "- Something ends at another time. You are asked whether you can.";
    for (ends, line, part) in [
        ("2026-12-04T16:00", asked, "offered"),
        ("2026-12-04T10:30", tells, "accepted"),
    ] {
        let to = json!({ "starts_local": "2026-12-04T10:00", "ends_local": ends });
        let moved = reschedule(&ana, &appointment, to.clone()).await.is(200);
        assert_eq!(
            (&moved["schedule_version"], &moved["ends_local"]),
            (&json!(1), &json!(ends))
        );
        let mails = notification_mails(&app).await;
        assert_eq!(recipients(&mails), ["ben", "cem"], "{ends}");
        assert_eq!(says(&mails[0]), [tells, friday], "{ends}");
        assert_eq!(says(&mails[1]), [line, friday], "{ends}");
        let visit = ben.get(&path_of(&appointment)).await.is(200);
        let care_now = cem.get(&need_path(&care)).await.is(200);
        assert_eq!(
            (&visit["my_response"], &care_now["my_assignment"]),
            (&json!("accepted"), &json!(part)),
            "{ends}"
        );
        assert_eq!(care_now["ends_local"], ends);
        reschedule(&ana, &appointment, to).await.is(200);
        need_act(&cem, &care, "claim").await.is(200);
        assert_eq!(notification_mails(&app).await.len(), 0, "{ends}");
    }
    // The reminders of before are still planned, and none is planned twice.
    let reminders = ana
        .get(&format!("{}/reminders", path_of(&appointment)))
        .await
        .is(200);
    let all = reminders["data"].as_array().unwrap();
    let planned = |row: &&Value| row["state"] == "planned" && row["schedule_version"] == 1;
    assert_eq!(all.iter().filter(planned).count(), all.len(), "{reminders}");
    assert!(!all.is_empty());
}

#[tokio::test]
async fn a_driver_who_cannot_see_the_appointment_is_told_of_a_new_place() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let by_hand = json!({ "kind": "driver", "dropoff_location": "Canary gate" });
    let rides = [
        add_need(&ana, &appointment, json!({ "kind": "driver" })).await,
        add_need(&ana, &appointment, by_hand).await,
    ];
    let care = add_need(&ana, &appointment, json!({ "kind": "child_care" })).await;
    need_act(&cem, &care, "claim").await.is(200);
    notification_mails(&app).await;
    for (ride, place) in rides.iter().zip(["Canary one", "Canary two"]) {
        need_act(&ben, ride, "claim").await.is(200);
        ana.patch(&path_of(&appointment), json!({ "location": place }))
            .await
            .is(200);
        let mails = notification_mails(&app).await;
        // Cem is not told: he looks after the children at another place.
        assert_eq!(recipients(&mails), ["ben"]);
        assert_eq!(
            says(&mails[0]),
            [
                "- Something you take part in has changed, but not its time.",
                "When: Fri 4 December 2026, 10:00"
            ]
        );
        let whole = format!("{} {} {}", mails[0].headers, mails[0].text, mails[0].html);
        assert!(!whole.to_lowercase().contains("canary"), "{whole}");
        need_act(&ben, ride, "release").await.is(200);
        notification_mails(&app).await;
    }
}

#[tokio::test]
async fn a_response_that_changes_from_accepted_to_tentative_is_mailed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    notification_mails(&app).await;
    let friday = "When: Fri 4 December 2026, 10:00";
    let unsure = "- Somebody who was going to come is no longer sure.";
    let declined = "- Somebody who was asked to come has declined.";
    for (answers, expected) in [
        (vec!["tentative"], vec![]),
        (vec!["accepted", "tentative"], vec![unsure, friday]),
        (vec!["accepted", "tentative", "accepted"], vec![]),
        (vec!["tentative", "declined"], vec![declined, friday]),
    ] {
        for said in &answers {
            app.advance(TimeDelta::seconds(1));
            answer(&ben, &appointment, said).await.is(200);
        }
        assert_eq!(told(&app, &ana).await, expected, "{answers:?}");
    }
}

#[tokio::test]
async fn the_driver_of_a_moved_ride_is_told_when_another_member_claims_it_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    notification_mails(&app).await;
    let to = json!({ "starts_local": "2026-12-04T15:00", "without_end": true });
    reschedule(&ana, &appointment, to).await.is(200);
    need_act(&ana, &ride, "claim").await.is(200);
    assert_eq!(
        told(&app, &ben).await,
        [
            "- You are no longer part of something. You do not need to do it.",
            "It was: Fri 4 December 2026, 10:00"
        ]
    );

    // The same happens if the appointment moves back to its former time: Ben was asked again,
    // and Ana claimed the ride first.
    let appointment = scan(
        &ana,
        json!({ "starts_local": "2026-12-05T10:00", "ends_local": null }),
    )
    .await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "claim").await.is(200);
    notification_mails(&app).await;
    for hour in ["15:00", "10:00"] {
        let to = json!({ "starts_local": format!("2026-12-05T{hour}"), "without_end": true });
        reschedule(&ana, &appointment, to).await.is(200);
    }
    need_act(&ana, &ride, "claim").await.is(200);
    let line = "- You are no longer part of something. You do not need to do it.";
    assert_eq!(told(&app, &ben).await[0], line);
}

#[tokio::test]
async fn a_mail_shows_a_question_before_news_and_declined_before_tentative() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let suggested = ben.task(json!({ "title": "Shopping" })).await;
    let task = format!("/tasks/{}", suggested["id"].as_str().unwrap());
    ana.act(&format!("{task}/approve")).await.is(200);
    app.advance(TimeDelta::seconds(1));
    let offer = json!({ "member_id": ben.member_id });
    ana.post(&format!("{task}/offer"), offer).await.is(200);
    let asked = "- You are asked whether you can take something on.";
    assert_eq!(told(&app, &ben).await[0], asked);

    let attendees = json!({ "attendee_member_ids": [cem.member_id, ana.member_id] });
    let appointment = scan(&ana, attendees).await;
    answer(&cem, &appointment, "accepted").await.is(200);
    notification_mails(&app).await;
    answer(&cem, &appointment, "tentative").await.is(200);
    app.advance(TimeDelta::seconds(1));
    answer(&cem, &appointment, "declined").await.is(200);
    answer(&ana, &appointment, "tentative").await.is(200);
    assert_eq!(
        told(&app, &ana).await[0],
        "- Somebody who was asked to come has declined."
    );
}

#[tokio::test]
async fn a_member_who_left_after_a_visit_is_not_asked_when_it_is_rescheduled() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let began = json!({
        "attendee_member_ids": [ben.member_id],
        "starts_local": "2026-12-01T07:00", "ends_local": "2026-12-01T08:00",
    });
    let appointment = scan(&ana, began).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    ana.post(
        &format!("{}/claim", need_path(&ride)),
        json!({ "allow_overlap": true }),
    )
    .await
    .is(200);
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    let seen = ana.get(&path_of(&appointment)).await.is(200);
    assert_eq!(seen["attendees"][0]["response"], "accepted");
    let to = json!({ "starts_local": "2026-12-08T10:00", "without_end": true });
    let moved = reschedule(&ana, &appointment, to).await.is(200);
    assert_eq!(moved["attendees"], json!([]));
    assert_eq!(notification_mails(&app).await.len(), 0);
}
