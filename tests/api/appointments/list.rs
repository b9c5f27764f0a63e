//! `GET /v1/circles/{circle_id}/appointments`

use serde_json::json;

use super::act;
use crate::harness::TestApp;

#[tokio::test]
async fn appointments_can_be_filtered_and_sorted_in_both_directions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (title, when, kind) in [
        ("third", "2027-01-05T10:00", "therapy"),
        ("first", "2026-11-30T10:00", "medical"),
        ("second", "2027-01-04T08:00", "medical"),
    ] {
        let body = json!({ "title": title, "starts_local": when, "kind": kind });
        ana.post("/appointments", body).await.is(201);
    }
    let body = json!({ "title": "day", "starts_on": "2027-01-04", "kind": "scan" });
    let day = ana.post("/appointments", body).await.is(201);
    act(&ana, &day, "cancel").await.is(200);
    let titles = async |query: &str| -> Vec<String> {
        let page = ana.get(&format!("/appointments?{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|appointment| appointment["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("").await, ["first", "day", "second", "third"]);
    assert_eq!(titles("sort=-starts_at&limit=2").await, ["third", "second"]);
    assert_eq!(
        titles("state=scheduled&kind=medical").await,
        ["first", "second"]
    );
    let fourth = "from=2027-01-03T23:00:00Z&to=2027-01-04T23:00:00Z";
    assert_eq!(titles(fourth).await, ["day", "second"]);
}
