//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/reschedule`

use serde_json::json;

use super::attendance::answers;
use super::{answer, notification_mails, path_of, recipients, reminders, reschedule, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn rescheduling_keeps_the_id_and_resets_answers_and_reminders() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let attendees = json!({ "attendee_member_ids": [ben.member_id, cem.member_id] });
    let appointment = scan(&ana, attendees).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    answer(&cem, &appointment, "declined").await.is(200);
    let time = json!({ "starts_local": "2026-12-05T15:30", "ends_local": "2026-12-05T16:00" });
    let moved = reschedule(&ana, &appointment, time.clone()).await.is(200);
    assert_eq!(
        (
            &moved["id"],
            &moved["schedule_version"],
            &moved["starts_at"]
        ),
        (
            &appointment["id"],
            &json!(2),
            &json!("2026-12-05T14:30:00.000Z")
        )
    );
    assert_eq!(
        answers(&moved),
        ["Ben Test no_response", "Cem Test no_response"]
    );
    let planned = [
        "1 120 canceled",
        "1 1440 canceled",
        "2 120 planned",
        "2 1440 planned",
    ];
    assert_eq!(reminders(&ana, &appointment).await, planned);

    let accepted = answer(&ben, &appointment, "accepted").await.is(200);
    let again = reschedule(&ana, &appointment, time).await.is(200);
    assert_eq!(again["version"], accepted["version"]);
    assert_eq!(
        answers(&again),
        ["Ben Test accepted", "Cem Test no_response"]
    );
    assert_eq!(reminders(&ana, &appointment).await, planned);

    let elsewhere = json!({
        "starts_local": "2026-12-05T15:30", "ends_local": "2026-12-05T16:00",
        "time_zone": "America/New_York",
    });
    let moved = reschedule(&ana, &appointment, elsewhere).await.is(200);
    assert_eq!(moved["starts_at"], "2026-12-05T20:30:00.000Z");
    let day = reschedule(&ana, &appointment, json!({ "starts_on": "2026-12-06" }))
        .await
        .is(200);
    assert_eq!(
        (&day["starts_on"], &day["starts_local"], &day["ends_local"]),
        (&json!("2026-12-06"), &json!(null), &json!(null))
    );
    assert_eq!(
        (&day["time_zone"], &day["schedule_version"]),
        (&json!(null), &json!(4))
    );
    let none = reschedule(&ana, &appointment, json!({})).await;
    assert_eq!(none.is_invalid(), ["/starts_local required"]);
}

#[tokio::test]
async fn members_who_see_a_rescheduled_appointment_get_one_email_with_only_both_times() {
    let app = TestApp::start().await;
    let [ana, ben, _cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    ben.patch("/v1/me", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let appointment = scan(&ana, json!({})).await;
    let need =
        json!({ "kind": "driver", "notes": "Canary notes", "pickup_location": "Canary street" });
    let need = ana
        .post(&format!("{}/needs", path_of(&appointment)), need)
        .await
        .is(201);
    let take = format!("/needs/{}/claim", need["id"].as_str().unwrap());
    dora.act(&take).await.is(200);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben", "cem"]);
    assert!(mails[0].text.contains(
        "- Something was scheduled.\n  When: Fri 4 December 2026, 04:00 (America/New_York, UTC-5)\n"
    ));
    let time = json!({ "starts_local": "2026-12-05T15:30" });
    reschedule(&ana, &appointment, time).await.is(200);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben", "cem", "dora"]);
    for (mail, was, now) in [
        (
            &mails[0],
            "Fri 4 December 2026, 04:00 (America/New_York, UTC-5)",
            "Sat 5 December 2026, 09:30 (America/New_York, UTC-5)",
        ),
        (
            &mails[1],
            "Fri 4 December 2026, 10:00",
            "Sat 5 December 2026, 15:30",
        ),
        (
            &mails[2],
            "Fri 4 December 2026, 10:00",
            "Sat 5 December 2026, 15:30",
        ),
    ] {
        assert_eq!(mail.header("Subject"), "Updates from Ana's circle");
        // Ben only sees it. The patient and the driver are asked again.
        let asked = if mail.to.starts_with("ben") {
            ""
        } else {
            " You are asked again whether you can."
        };
        let line = format!("- Something has moved.{asked}\n  It was: {was}\n  It is now: {now}\n");
        assert!(mail.text.contains(&line), "{}", mail.text);
        assert_eq!(mail.text.matches("- ").count(), 1, "{}", mail.text);
        // HTML shows the zone small.
        let small = "<small style=\"font-weight:400\">(";
        let in_html = |time: &str| time.replace('(', small).replace(')', ")</small>");
        for time in [was, now] {
            assert!(mail.html.contains(&in_html(time)), "{}", mail.html);
        }
        let whole = format!("{} {} {}", mail.headers, mail.text, mail.html).to_lowercase();
        for word in ["canary", "rosa", "scan", "driver", "health"] {
            assert!(!whole.contains(word), "{word} in {whole}");
        }
    }
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn a_rescheduled_appointment_keeps_its_duration_unless_an_end_is_given() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({
        "title": "Visit", "starts_local": "2026-12-04T10:00", "ends_local": "2026-12-04T10:30",
    });
    let appointment = ana.post("/appointments", visit).await.is(201);
    let moved = json!({ "starts_local": "2026-12-05T15:00" });
    let moved = reschedule(&ana, &appointment, moved).await.is(200);
    assert_eq!(moved["ends_local"], "2026-12-05T15:30");
    let open = json!({ "starts_local": "2026-12-06T15:00", "without_end": true });
    let open = reschedule(&ana, &appointment, open).await.is(200);
    assert_eq!(open["ends_local"], json!(null));
}
