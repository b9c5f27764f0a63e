//! The job that makes the appointments of series as time passes.

use chrono::TimeDelta;
use kith::features::series::{Extended, extend_series};
use serde_json::json;

use super::{dialysis, starts};
use crate::harness::TestApp;

#[tokio::test]
async fn a_series_gets_more_appointments_with_attendees_and_needs_as_time_passes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ana.member_id, ben.member_id]);
    body["needs"] = json!([{ "kind": "driver" }]);
    let series = ana.visits(body).await;
    assert_eq!(extend_series(&app.app).await.unwrap(), Extended::default());
    app.advance(TimeDelta::days(14));
    let (one, other) = futures_util::join!(extend_series(&app.app), extend_series(&app.app));
    let together = one.unwrap().extended + other.unwrap().extended;
    assert_eq!(together, 1, "two servers do it at once");
    let ana = ana.later().await;
    let id = series["id"].as_str().unwrap();
    let page = ana
        .get(&format!("/appointments?series_id={id}"))
        .await
        .is(200);
    let visits = page["data"].as_array().unwrap();
    assert_eq!(visits.len(), 10);
    assert_eq!(starts(visits)[9], "2027-02-09T08:00");
    let last = &visits[9];
    assert_eq!(last["my_response"], "accepted");
    assert_eq!(last["attendees"].as_array().unwrap().len(), 2);
    assert_eq!(last["needs"].as_array().unwrap().len(), 1);
    assert_eq!(last["needs"][0]["starts_local"], "2027-02-09T08:00");
}
