//! A chemotherapy every three weeks. The clinic moves it twice, and everybody is told once each time.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{line, mails_until};
use crate::appointment_series::starts;
use crate::harness::{Person, TestApp};

/// When an appointment reminds, and whether it still does.
async fn reminders(by: &Person, visit: &Value) -> Vec<String> {
    let path = format!("/appointments/{}/reminders", visit["id"].as_str().unwrap());
    let page = by.get(&path).await.is(200);
    let reminders = page["data"].as_array().unwrap().iter();
    let mut all: Vec<_> = reminders
        .filter(|reminder| reminder["state"] == "planned" && reminder["need_id"].is_null())
        .map(|reminder| reminder["fire_at"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

async fn told(app: &TestApp) -> Vec<String> {
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    let mut all: Vec<_> = mails.iter().map(line).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_chemotherapy_every_three_weeks_moves_twice() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "caregiver", "helper"];
    let [ana, ben, cem, dora] = app.circle(access).await;
    app.mails().await;
    // Six cycles from 15 December on. Ben comes along, and somebody has to drive.
    let cycle = json!({
        "title": "Chemotherapy", "kind": "treatment", "starts_local": "2026-12-15T09:00",
        "ends_local": "2026-12-15T13:00", "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY;INTERVAL=3;COUNT=6", "location": "Day ward",
        "attendee_member_ids": [ben.member_id],
        "needs": [{ "kind": "driver", "starts_local": "2026-12-15T08:15" }],
    });
    let cycle = ana.visits(cycle).await;
    assert_eq!(cycle["last_on"], "2027-03-30");
    let visits = ana.visits_of(&cycle, "scheduled").await;
    let days = ["2026-12-15T09:00", "2027-01-05T09:00", "2027-01-26T09:00"];
    assert_eq!(starts(&visits), days);
    assert_eq!(told(&app).await.len(), 2, "Ben is asked, and Cem is told");
    let ride = |visit: &Value| format!("/needs/{}", visit["needs"][0]["id"].as_str().unwrap());
    let (first_ride, second_ride) = (ride(&visits[0]), ride(&visits[1]));
    dora.act(&format!("{first_ride}/claim")).await.is(200);
    dora.act(&format!("{second_ride}/claim")).await.is(200);

    // From the second cycle on it is on Thursdays. Ben and Cem get one email, and Dora one about the
    // ride, which she has to say yes to again. The first cycle stays.
    let thursdays = json!({
        "from_on": "2027-01-05", "starts_local": "2027-01-07T09:00",
        "recurrence": "FREQ=WEEKLY;INTERVAL=3;COUNT=5",
    });
    let second = ana.change_visits(&cycle, thursdays).await;
    assert_eq!(second["previous_series_id"], cycle["id"]);
    let told_once = told(&app).await;
    assert_eq!(told_once.len(), 3, "{told_once:?}");
    let first = ana.visits_of(&cycle, "scheduled").await;
    assert_eq!(starts(&first), ["2026-12-15T09:00"]);
    let visits = ana.visits_of(&second, "scheduled").await;
    assert_eq!(starts(&visits), ["2027-01-07T09:00", "2027-01-28T09:00"]);
    let claimed = dora.get(&first_ride).await.is(200);
    assert_eq!(claimed["my_assignment"], "accepted");

    // Then the ward begins an hour later.
    let later = json!({ "from_on": "2027-01-07", "starts_local": "2027-01-07T10:00" });
    let third = ana.change_visits(&second, later).await;
    assert_eq!(
        third["id"], second["id"],
        "it counts from the first date on"
    );
    let told_once = told(&app).await;
    assert!(told_once.len() <= 3, "{told_once:?}");
    let visits = ana.visits_of(&third, "scheduled").await;
    assert_eq!(starts(&visits), ["2027-01-07T10:00", "2027-01-28T10:00"]);
    assert_eq!(visits[0]["needs"][0]["starts_local"], "2027-01-07T09:15");
    // A day and two hours before ten o'clock in Berlin, and nothing at the former times.
    let planned = ["2027-01-06T09:00:00.000Z", "2027-01-07T07:00:00.000Z"];
    assert_eq!(reminders(&ana, &visits[0]).await, planned);

    // Ben is reminded of the first cycle, which did not move: a day and two hours before.
    let mails = mails_until(&app, "2026-12-15T09:00:00Z", TimeDelta::hours(1)).await;
    let to_ben = mails.iter().filter(|mail| mail.contains(" ben"));
    let at: Vec<_> = to_ben.map(|mail| &mail[..11]).collect();
    assert_eq!(at.len(), 2, "{mails:?}");
    drop(cem);
}
