//! The needs of the appointments of a series, while those who have claimed them are away or hand them
//! over.

use serde_json::{Value, json};

use super::dialysis;
use crate::harness::{Client, TestApp};

fn with_driver(starts_local: &str) -> Value {
    let mut body = dialysis();
    body["needs"] = json!([{ "kind": "driver", "starts_local": starts_local }]);
    body
}

async fn hand_over(by: &Client, need: &str) -> String {
    let handover = json!({ "need_id": need });
    let handover = by.post("/handovers", handover).await.is(201);
    format!("/handovers/{}", handover["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_need_that_is_handed_over_stays_with_its_member_when_the_series_has_a_break() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(with_driver("2026-12-08T07:15")).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let id = visits[0]["needs"][0]["id"].as_str().unwrap();
    let path = format!("/needs/{id}");
    ben.act(&format!("{path}/claim")).await.is(200);
    let handover = hand_over(&ben, id).await;
    assert_eq!(ana.get(&path).await.is(200)["coverage"], "none");

    ana.visits_act(&series, "pause").await;
    assert_eq!(ben.get(&handover).await.is(200)["state"], "withdrawn");
    ana.visits_act(&series, "resume").await;
    let need = ben.get(&path).await.is(200);
    assert_eq!(need["coverage"], "full");
    assert_eq!(need["assignments"][0]["is_handing_over"], false);

    // Who is asked again has nothing to hand over.
    let handover = hand_over(&ben, id).await;
    ana.change_visits(&series, json!({ "starts_local": "2026-12-08T10:00" }))
        .await;
    assert_eq!(ben.get(&handover).await.is(200)["state"], "withdrawn");
    let need = ben.get(&path).await.is(200);
    assert_eq!(need["my_assignment"], "offered");
    assert_eq!(need["assignments"][0]["is_handing_over"], false);
}

#[tokio::test]
async fn a_need_that_moves_into_the_absence_of_who_moves_it_is_uncovered() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    // The driver comes on the evening before.
    let series = ana.visits(with_driver("2026-12-07T23:30")).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = format!("/needs/{}", visits[0]["needs"][0]["id"].as_str().unwrap());
    ana.act(&format!("{path}/claim")).await.is(200);
    let day = json!({ "from_on": "2026-12-08", "until_on": "2026-12-08" });
    ana.post("/absences", day).await.is(201);
    assert_eq!(ana.get(&path).await.is(200)["coverage"], "full");

    for (starts_local, coverage, is_away) in [
        ("2026-12-08T09:00", "none", true),
        ("2026-12-08T08:00", "full", false),
    ] {
        ana.change_visits(&series, json!({ "starts_local": starts_local }))
            .await;
        let need = ana.get(&path).await.is(200);
        assert_eq!(need["my_assignment"], "accepted");
        assert_eq!(need["coverage"], coverage, "{starts_local}");
        assert_eq!(need["assignments"][0]["is_away"], is_away, "{starts_local}");
    }
}
