//! News of what people have taken on already: another end, another place, and a yes
//! that is taken back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{says, told};
use crate::appointments::{answer, notification_mails, path_of, recipients, reschedule, scan};
use crate::harness::TestApp;
use crate::needs::{add_need, need_act, need_path};

#[tokio::test]
async fn another_end_is_told_and_only_a_longer_need_is_asked_about_again() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let held = scan(&ana, json!({ "attendee_ids": [ben.member_id] })).await;
    let care = add_need(&ana, &held, json!({ "kind": "child_care" })).await;
    answer(&ben, &held, "accepted").await.is(200);
    need_act(&cem, &care, "take").await.is(200);
    notification_mails(&app).await;
    let friday = "When: Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)";
    let tells = "- Something ends at another time than before.";
    let asked = "- Something ends at another time. You are asked whether you can.";
    for (ends, line, part) in [
        ("2026-12-04T16:00", asked, "offered"),
        ("2026-12-04T10:30", tells, "accepted"),
    ] {
        let to = json!({ "starts_local": "2026-12-04T10:00", "ends_local": ends });
        let moved = reschedule(&ana, &held, to.clone()).await.is(200);
        assert_eq!(
            (&moved["schedule_version"], &moved["ends_local"]),
            (&json!(1), &json!(ends))
        );
        let mails = notification_mails(&app).await;
        assert_eq!(recipients(&mails), ["ben", "cem"], "{ends}");
        assert_eq!(says(&mails[0]), [tells, friday], "{ends}");
        assert_eq!(says(&mails[1]), [line, friday], "{ends}");
        let visit = ben.get(&path_of(&held)).await.is(200);
        let care_now = cem.get(&need_path(&care)).await.is(200);
        assert_eq!(
            (&visit["my_answer"], &care_now["my_commitment"]),
            (&json!("accepted"), &json!(part)),
            "{ends}"
        );
        assert_eq!(care_now["ends_local"], ends);
        reschedule(&ana, &held, to).await.is(200);
        need_act(&cem, &care, "take").await.is(200);
        assert_eq!(notification_mails(&app).await.len(), 0, "{ends}");
    }
    // What was planned before is still planned, and nothing twice.
    let reminders = ana
        .get(&format!("{}/reminders", path_of(&held)))
        .await
        .is(200);
    let all = reminders["data"].as_array().unwrap();
    let planned = |row: &&Value| row["state"] == "planned" && row["schedule_version"] == 1;
    assert_eq!(all.iter().filter(planned).count(), all.len(), "{reminders}");
    assert!(!all.is_empty());
}

#[tokio::test]
async fn a_driver_who_does_not_see_the_visit_hears_of_another_place() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let held = scan(&ana, json!({})).await;
    let by_hand = json!({ "kind": "driver", "drop_off": "Canary gate" });
    let rides = [
        add_need(&ana, &held, json!({ "kind": "driver" })).await,
        add_need(&ana, &held, by_hand).await,
    ];
    let care = add_need(&ana, &held, json!({ "kind": "child_care" })).await;
    need_act(&cem, &care, "take").await.is(200);
    notification_mails(&app).await;
    for (ride, place) in rides.iter().zip(["Canary one", "Canary two"]) {
        need_act(&ben, ride, "take").await.is(200);
        ana.patch(&path_of(&held), json!({ "location": place }))
            .await
            .is(200);
        let mails = notification_mails(&app).await;
        // Who looks after the children is not told: that is somewhere else.
        assert_eq!(recipients(&mails), ["ben"]);
        assert_eq!(
            says(&mails[0]),
            [
                "- Something you take part in has changed, but not its time.",
                "When: Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)"
            ]
        );
        let whole = format!("{} {} {}", mails[0].headers, mails[0].text, mails[0].html);
        assert!(!whole.to_lowercase().contains("canary"), "{whole}");
        need_act(&ben, ride, "withdraw").await.is(200);
        notification_mails(&app).await;
    }
}

#[tokio::test]
async fn a_yes_that_becomes_a_perhaps_is_told_like_a_no() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let held = scan(&ana, json!({ "attendee_ids": [ben.member_id] })).await;
    notification_mails(&app).await;
    let friday = "When: Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)";
    let unsure = "- Somebody who was going to come is not sure any more.";
    let declined = "- Somebody who was asked to come does not.";
    for (answers, expected) in [
        (vec!["tentative"], vec![]),
        (vec!["accepted", "tentative"], vec![unsure, friday]),
        (vec!["accepted", "tentative", "accepted"], vec![]),
        (vec!["tentative", "declined"], vec![declined, friday]),
    ] {
        for said in &answers {
            app.advance(TimeDelta::seconds(1));
            answer(&ben, &held, said).await.is(200);
        }
        assert_eq!(told(&app, &ana).await, expected, "{answers:?}");
    }
}

#[tokio::test]
async fn the_driver_of_a_ride_that_moved_hears_that_others_took_it_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let held = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &held, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "take").await.is(200);
    notification_mails(&app).await;
    let to = json!({ "starts_local": "2026-12-04T15:00", "ends_local": null });
    reschedule(&ana, &held, to).await.is(200);
    need_act(&ana, &ride, "take").await.is(200);
    assert_eq!(
        told(&app, &ben).await,
        [
            "- You are no longer part of something, and need not do it.",
            "It was: Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)"
        ]
    );

    // The same where it is back where it was: he was asked anew, and was not quick enough.
    let held = scan(
        &ana,
        json!({ "starts_local": "2026-12-05T10:00", "ends_local": null }),
    )
    .await;
    let ride = add_need(&ana, &held, json!({ "kind": "driver" })).await;
    need_act(&ben, &ride, "take").await.is(200);
    notification_mails(&app).await;
    for hour in ["15:00", "10:00"] {
        let to = json!({ "starts_local": format!("2026-12-05T{hour}"), "ends_local": null });
        reschedule(&ana, &held, to).await.is(200);
    }
    need_act(&ana, &ride, "take").await.is(200);
    let line = "- You are no longer part of something, and need not do it.";
    assert_eq!(told(&app, &ben).await[0], line);
}

#[tokio::test]
async fn a_question_is_mailed_before_what_only_happened_and_a_no_before_a_perhaps() {
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

    let attendees = json!({ "attendee_ids": [cem.member_id, ana.member_id] });
    let held = scan(&ana, attendees).await;
    answer(&cem, &held, "accepted").await.is(200);
    notification_mails(&app).await;
    answer(&cem, &held, "tentative").await.is(200);
    app.advance(TimeDelta::seconds(1));
    answer(&cem, &held, "declined").await.is(200);
    answer(&ana, &held, "tentative").await.is(200);
    assert_eq!(
        told(&app, &ana).await[0],
        "- Somebody who was asked to come does not."
    );
}

#[tokio::test]
async fn a_member_who_left_after_a_visit_is_not_asked_when_it_is_rescheduled() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let began = json!({
        "attendee_ids": [ben.member_id],
        "starts_local": "2026-12-01T07:00", "ends_local": "2026-12-01T08:00",
    });
    let held = scan(&ana, began).await;
    let ride = add_need(&ana, &held, json!({ "kind": "driver" })).await;
    answer(&ben, &held, "accepted").await.is(200);
    ana.post(
        &format!("{}/take", need_path(&ride)),
        json!({ "allow_overlap": true }),
    )
    .await
    .is(200);
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    let seen = ana.get(&path_of(&held)).await.is(200);
    assert_eq!(seen["attendees"][0]["answer"], "accepted");
    let to = json!({ "starts_local": "2026-12-08T10:00", "ends_local": null });
    let moved = reschedule(&ana, &held, to).await.is(200);
    assert_eq!(moved["attendees"], json!([]));
    assert_eq!(notification_mails(&app).await.len(), 0);
}
