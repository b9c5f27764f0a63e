//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/complete`

use chrono::TimeDelta;
use serde_json::json;

use super::{act, path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn it_is_complete_when_it_has_begun_and_not_before() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let soon = json!({ "starts_local": "2026-12-01T09:08" });
    let held = scan(&ana, soon).await;
    let today = scan(
        &ana,
        json!({ "starts_on": "2026-12-01", "starts_local": null, "ends_local": null }),
    )
    .await;
    let tomorrow = scan(
        &ana,
        json!({ "starts_on": "2026-12-02", "starts_local": null, "ends_local": null }),
    )
    .await;
    act(&ana, &tomorrow, "complete")
        .await
        .is_problem(409, "too_early");
    act(&ana, &today, "complete").await.is(200);
    // What is still to come is cancelled, and so told.
    let refused = act(&ana, &tomorrow, "did-not-happen").await;
    let problem = refused.is_problem(409, "too_early");
    assert!(problem["detail"].as_str().unwrap().contains("cancel it"));
    act(&ana, &held, "did-not-happen")
        .await
        .is_problem(409, "too_early");
    let seen = ana.get(&path_of(&tomorrow)).await.is(200);
    let actions = seen["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("did_not_happen")), "{seen}");
    act(&ana, &held, "complete")
        .await
        .is_problem(409, "too_early");
    app.advance(TimeDelta::minutes(8));
    let path = format!("{}/complete", path_of(&held));
    let completed = ana
        .post(&path, json!({ "outcome": "All fine." }))
        .await
        .is(200);
    assert_eq!(
        (
            &completed["state"],
            &completed["outcome"],
            &completed["actions"]
        ),
        (&json!("completed"), &json!("All fine."), &json!([]))
    );
    app.advance(TimeDelta::days(1));
    let ana = ana.later().await;
    act(&ana, &tomorrow, "did-not-happen").await.is(200);
}
