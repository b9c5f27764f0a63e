//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/complete`

use chrono::TimeDelta;
use serde_json::json;

use super::{act, path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn an_appointment_can_be_completed_only_after_it_starts() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let soon = json!({ "starts_local": "2026-12-01T09:08" });
    let appointment = scan(&ana, soon).await;
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
    // The problem says that a future appointment can only be canceled.
    let refused = act(&ana, &tomorrow, "mark-missed").await;
    let problem = refused.is_problem(409, "too_early");
    assert!(problem["detail"].as_str().unwrap().contains("Cancel it"));
    act(&ana, &appointment, "mark-missed")
        .await
        .is_problem(409, "too_early");
    let seen = ana.get(&path_of(&tomorrow)).await.is(200);
    let actions = seen["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("mark_missed")), "{seen}");
    act(&ana, &appointment, "complete")
        .await
        .is_problem(409, "too_early");
    app.advance(TimeDelta::minutes(8));
    let path = format!("{}/complete", path_of(&appointment));
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
    act(&ana, &tomorrow, "mark-missed").await.is(200);
}
