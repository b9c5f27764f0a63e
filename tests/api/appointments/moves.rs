//! Appointments that move, are called off and are on again.

use chrono::TimeDelta;
use kith::entity::change;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::attendance::answers;
use super::{act, answer, notification_mails, path_of, recipients, reschedule, scan};
use crate::harness::{Client, TestApp};

/// The reminders of an appointment, each as version, minutes and state.
async fn reminders(by: &Client, appointment: &Value) -> Vec<String> {
    let path = format!("{}/reminders", path_of(appointment));
    let reminders = by.get(&path).await.is(200);
    let line = |reminder: &Value| {
        let number = |name: &str| reminder[name].as_i64().unwrap();
        let (version, minutes) = (number("schedule_version"), number("offset_minutes"));
        format!(
            "{version} {minutes} {}",
            reminder["state"].as_str().unwrap()
        )
    };
    let mut lines: Vec<_> = reminders["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn what_is_rescheduled_is_the_same_and_asked_and_planned_anew() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let attendees = json!({ "attendee_ids": [ben.member_id, cem.member_id] });
    let held = scan(&ana, attendees).await;
    answer(&ben, &held, "accepted").await.is(200);
    answer(&cem, &held, "declined").await.is(200);
    let time = json!({ "starts_local": "2026-12-05T15:30", "ends_local": "2026-12-05T16:00" });
    let moved = reschedule(&ana, &held, time.clone()).await.is(200);
    assert_eq!(
        (
            &moved["id"],
            &moved["schedule_version"],
            &moved["starts_at"]
        ),
        (&held["id"], &json!(2), &json!("2026-12-05T14:30:00.000Z"))
    );
    assert_eq!(
        answers(&moved),
        ["Ben Test needs_action", "Cem Test needs_action"]
    );
    let planned = [
        "1 120 cancelled",
        "1 1440 cancelled",
        "2 120 planned",
        "2 1440 planned",
    ];
    assert_eq!(reminders(&ana, &held).await, planned);

    let accepted = answer(&ben, &held, "accepted").await.is(200);
    let again = reschedule(&ana, &held, time).await.is(200);
    assert_eq!(again["version"], accepted["version"]);
    assert_eq!(
        answers(&again),
        ["Ben Test accepted", "Cem Test needs_action"]
    );
    assert_eq!(reminders(&ana, &held).await, planned);

    let elsewhere = json!({
        "starts_local": "2026-12-05T15:30", "ends_local": "2026-12-05T16:00",
        "time_zone": "America/New_York",
    });
    let moved = reschedule(&ana, &held, elsewhere).await.is(200);
    assert_eq!(moved["starts_at"], "2026-12-05T20:30:00.000Z");
    let day = reschedule(&ana, &held, json!({ "starts_on": "2026-12-06" }))
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
    let none = reschedule(&ana, &held, json!({})).await;
    assert_eq!(none.is_invalid(), ["/starts_local missing"]);
}

#[tokio::test]
async fn everybody_who_sees_it_is_told_both_times_once_in_their_own_zone_and_nothing_else() {
    let app = TestApp::start().await;
    let [ana, ben, _cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    ben.patch("/v1/me", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let held = scan(&ana, json!({})).await;
    let need = json!({ "kind": "driver", "notes": "Canary notes", "pick_up": "Canary street" });
    let need = ana
        .post(&format!("{}/needs", path_of(&held)), need)
        .await
        .is(201);
    let take = format!("/needs/{}/take", need["id"].as_str().unwrap());
    dora.act(&take).await.is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    assert!(told[0].text.contains(
        "- Something was scheduled.\n  When: Fri 4 December 2026, 04:00 (America/New_York, UTC-5)\n"
    ));
    let time = json!({ "starts_local": "2026-12-05T15:30" });
    reschedule(&ana, &held, time).await.is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem", "dora"]);
    for (mail, was, now) in [
        (
            &told[0],
            "Fri 4 December 2026, 04:00 (America/New_York, UTC-5)",
            "Sat 5 December 2026, 09:30 (America/New_York, UTC-5)",
        ),
        (
            &told[1],
            "Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)",
            "Sat 5 December 2026, 15:30 (Europe/Berlin, UTC+1)",
        ),
        (
            &told[2],
            "Fri 4 December 2026, 10:00 (Europe/Berlin, UTC+1)",
            "Sat 5 December 2026, 15:30 (Europe/Berlin, UTC+1)",
        ),
    ] {
        assert_eq!(mail.header("Subject"), "News from Ana's circle");
        // Ben only sees it; Rosa and whoever drives her are asked again.
        let asked = if mail.to.starts_with("ben") {
            ""
        } else {
            " You are asked again whether you can."
        };
        let line = format!("- Something has moved.{asked}\n  It was: {was}\n  It is now: {now}\n");
        assert!(mail.text.contains(&line), "{}", mail.text);
        assert_eq!(mail.text.matches("- ").count(), 1, "{}", mail.text);
        assert!(mail.html.contains(was) && mail.html.contains(now));
        let whole = format!("{} {} {}", mail.headers, mail.text, mail.html).to_lowercase();
        for word in ["canary", "rosa", "scan", "driver", "health"] {
            assert!(!whole.contains(word), "{word} in {whole}");
        }
    }
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn what_is_cancelled_reminds_nobody_until_it_is_reinstated() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let held = scan(&ana, json!({})).await;
    notification_mails(&app).await;
    act(&ana, &held, "cancel").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 cancelled"]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben"]);
    assert!(
        told[0]
            .text
            .contains("- Something was called off.\n  It was: Fri 4 December 2026, 10:00")
    );
    let reinstated = act(&ben, &held, "reinstate").await.is(200);
    assert_eq!(reinstated["schedule_version"], 1);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ana"]);
    let on_again =
        "- Something that was called off is on again.\n  When: Fri 4 December 2026, 10:00";
    assert!(told[0].text.contains(on_again));
    app.advance(TimeDelta::days(3) + TimeDelta::hours(1));
    let ana = ana.later().await;
    act(&ana, &held, "did-not-happen").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 cancelled"]
    );
}

#[tokio::test]
async fn what_is_proposed_reminds_nobody_before_it_is_confirmed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let held = scan(&ana, json!({ "proposed": true })).await;
    assert_eq!(reminders(&ana, &held).await, [""; 0]);
    act(&ana, &held, "confirm").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let offsets = json!({ "reminder_minutes": [60, 1440] });
    ana.patch(&path_of(&held), offsets).await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 planned", "1 60 planned"]
    );
}

#[tokio::test]
async fn the_log_names_what_happened_and_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let held = scan(&ana, json!({})).await;
    let path = path_of(&held);
    let texts = json!({ "title": "Canary", "location": null, "preparation": "Canary" });
    ana.patch(&path, texts).await.is(200);
    let need = json!({ "kind": "driver", "notes": "Canary" });
    let need = ana.post(&format!("{path}/needs"), need).await.is(201);
    let need = format!("/needs/{}", need["id"].as_str().unwrap());
    ana.patch(&need, json!({ "drop_off": "Canary" }))
        .await
        .is(200);
    let ben_too = json!({ "member_ids": [ben.member_id] });
    ana.post(&format!("{path}/invite"), ben_too).await.is(200);
    answer(&ben, &held, "accepted").await.is(200);
    ben.act(&format!("{need}/take")).await.is(200);
    reschedule(&ana, &held, json!({ "starts_local": "2026-12-01T09:00" }))
        .await
        .is(200);
    act(&ana, &held, "cancel").await.is(200);
    act(&ana, &held, "reinstate").await.is(200);
    ana.post(&format!("{path}/complete"), json!({ "outcome": "Canary" }))
        .await
        .is(200);

    let connection = app.database.connect().await;
    let log = change::Entity::find().order_by_asc(change::Column::Seq);
    let log = log.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| ["appointment", "need"].contains(&line.subject_type.as_str()))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    appointment created []
    appointment changed ["title","location","preparation"]
    need created []
    need changed ["drop_off"]
    appointment invited ["attendees"]
    appointment answered ["attendees"]
    need taken []
    appointment rescheduled ["starts","ends"]
    need moved ["starts","ends"]
    appointment cancelled ["state"]
    need cancelled ["state"]
    appointment reinstated ["state"]
    need reinstated ["state"]
    appointment completed ["state","outcome"]
    need ended ["state"]
    "#);
}

#[tokio::test]
async fn it_takes_as_long_as_before_unless_somebody_says_otherwise() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({
        "title": "Visit", "starts_local": "2026-12-04T10:00", "ends_local": "2026-12-04T10:30",
    });
    let held = ana.post("/appointments", visit).await.is(201);
    let moved = json!({ "starts_local": "2026-12-05T15:00" });
    let moved = reschedule(&ana, &held, moved).await.is(200);
    assert_eq!(moved["ends_local"], "2026-12-05T15:30");
    let open = json!({ "starts_local": "2026-12-06T15:00", "ends_local": null });
    let open = reschedule(&ana, &held, open).await.is(200);
    assert_eq!(open["ends_local"], json!(null));
}
