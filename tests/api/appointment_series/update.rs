//! `PATCH /v1/circles/{circle_id}/appointment-series/{appointment_series_id}`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{dialysis, path_of, starts};
use crate::harness::TestApp;

fn visit_path(visit: &Value) -> String {
    format!("/appointments/{}", visit["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_change_of_the_series_changes_what_is_to_come_and_keeps_exceptions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let alone = json!({ "starts_local": "2026-12-16T08:00" });
    let reschedule = format!("{}/reschedule", visit_path(&visits[1]));
    ana.post(&reschedule, alone).await.is(200);
    ana.act(&format!("{}/cancel", visit_path(&visits[2])))
        .await
        .is(200);

    let later = json!({ "starts_local": "2026-12-08T09:00", "title": "Dialysis, ward 3" });
    let changed = ana.change_visits(&series, later).await;
    assert_eq!(
        changed["ends_local"], "2026-12-08T13:30",
        "as long as before"
    );
    let now = ana.visits_of(&series, "scheduled").await;
    assert_eq!(now.len(), 7);
    assert_eq!(now[0]["starts_local"], "2026-12-08T09:00");
    assert_eq!(now[0]["schedule_version"], 2);
    assert_eq!(now[0]["id"], visits[0]["id"]);
    assert_eq!(now[1]["starts_local"], "2026-12-16T08:00");
    assert_eq!(now[1]["title"], "Dialysis");
    assert_eq!(now[2]["starts_local"], "2026-12-29T09:00");

    ana.change_visits(&series, json!({ "replace_exceptions": true }))
        .await;
    let now = ana.visits_of(&series, "scheduled").await;
    assert_eq!(now[1]["starts_local"], "2026-12-15T09:00");
    assert_eq!(now[1]["is_exception"], false);
    assert_eq!(now.len(), 7, "what was canceled by itself stays canceled");
}

#[tokio::test]
async fn another_time_asks_attendees_again_and_tells_everybody_once() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let visits = ben.visits_of(&series, "scheduled").await;
    let respond = format!("{}/attendees/me/respond", visit_path(&visits[0]));
    ben.post(&respond, json!({ "response": "accepted" }))
        .await
        .is(200);
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    app.mails().await;
    ana.change_visits(&series, json!({ "starts_local": "2026-12-08T09:00" }))
        .await;
    let visits = ben.visits_of(&series, "scheduled").await;
    assert_eq!(visits[0]["my_response"], "no_response");
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    let mut to: Vec<_> = mails.iter().map(|mail| mail.to.clone()).collect();
    to.sort();
    assert_eq!(to.len(), 2, "one email to Ben, and one to Cem: {to:?}");
    assert!(
        mails
            .iter()
            .all(|mail| mail.text.contains("Something that repeats has changed")),
        "{mails:?}"
    );
    drop(cem);
}

#[tokio::test]
async fn a_change_from_a_date_on_goes_on_in_a_new_series_with_the_same_attendees() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ana.member_id, ben.member_id]);
    body["needs"] = json!([{ "kind": "driver", "starts_local": "2026-12-08T07:15" }]);
    let series = ana.visits(body).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let change = json!({
        "from_on": "2026-12-31", "starts_local": "2027-01-07T08:00",
        "recurrence": "FREQ=WEEKLY;BYDAY=TH",
    });
    let new = ana.change_visits(&series, change).await;
    assert_eq!(new["previous_series_id"], series["id"]);
    assert_eq!(new["attendees"].as_array().unwrap().len(), 2);
    assert_eq!(new["needs"][0]["starts_local"], "2027-01-07T07:15");
    let old = ana.visits_of(&series, "scheduled").await;
    assert_eq!(old.len(), 4);
    assert_eq!(old[3]["id"], visits[3]["id"]);
    let now = ana.visits_of(&new, "scheduled").await;
    assert_eq!(
        starts(&now),
        [
            "2027-01-07T08:00",
            "2027-01-14T08:00",
            "2027-01-21T08:00",
            "2027-01-28T08:00"
        ]
    );
    assert!(now.iter().all(|visit| visit["my_response"] == "accepted"));
    assert!(
        now.iter()
            .all(|visit| visit["needs"].as_array().unwrap().len() == 1),
        "{now:?}"
    );
    assert_eq!(now[0]["needs"][0]["starts_local"], "2027-01-07T07:15");
    let before = ana.get(&path_of(&series)).await.is(200);
    assert_eq!(before["last_on"], "2026-12-29");
}

#[tokio::test]
async fn attendees_of_the_series_are_those_of_what_is_to_come() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let change = json!({ "attendee_member_ids": [ana.member_id, cem.member_id] });
    let changed = ana.change_visits(&series, change.clone()).await;
    let version = changed["version"].clone();
    let visits = cem.visits_of(&series, "scheduled").await;
    assert_eq!(visits.len(), 8);
    for visit in &visits {
        assert_eq!(visit["my_response"], "no_response");
        let attendees = visit["attendees"].as_array().unwrap();
        assert_eq!(attendees.len(), 2, "{attendees:?}");
    }
    assert!(
        ana.visits_of(&series, "scheduled")
            .await
            .iter()
            .all(|visit| visit["my_response"] == "accepted")
    );
    let again = ana.change_visits(&series, change).await;
    assert_eq!(again["version"], version);
}

#[tokio::test]
async fn a_date_that_the_rule_lost_comes_back_with_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    let before = ana.visits_of(&series, "scheduled").await;
    ana.change_visits(&series, json!({ "recurrence": "FREQ=WEEKLY;INTERVAL=2" }))
        .await;
    assert_eq!(ana.visits_of(&series, "scheduled").await.len(), 4);
    ana.change_visits(&series, json!({ "recurrence": "FREQ=WEEKLY" }))
        .await;
    let after = ana.visits_of(&series, "scheduled").await;
    assert_eq!(after.len(), 8);
    assert_eq!(after[1]["id"], before[1]["id"]);
}

#[tokio::test]
async fn an_appointment_that_was_changed_by_itself_moves_to_the_new_series_with_a_new_version() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = format!("/appointments/{}", visits[3]["id"].as_str().unwrap());
    let alone = ana
        .patch(&path, json!({ "location": "Ward 7" }))
        .await
        .is(200);
    let change = json!({ "from_on": visits[2]["original_on"], "title": "Dialysis, new ward" });
    let new = ana.change_visits(&series, change).await;
    let after = ana.get(&path).await.is(200);
    assert_eq!(after["series_id"], new["id"]);
    assert_eq!(after["location"], "Ward 7");
    assert_eq!(after["title"], visits[3]["title"]);
    let version = alone["version"].as_i64().unwrap() + 1;
    assert_eq!(after["version"].as_i64(), Some(version));
}
