//! Rules that compare fields of a body: they are told together with all its other faults.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

#[tokio::test]
async fn rules_that_compare_fields_are_told_together_with_all_other_faults() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let sorted = async |path: &str, body: Value| {
        let mut faults = ana.post(path, body).await.is_invalid();
        faults.sort();
        faults
    };
    let appointment = json!({
        "title": "", "starts_on": "2027-01-02", "starts_local": "2027-01-02T12:00",
        "ends_local": "2027-01-02T11:00", "time_zone": "Nowhere/Land", "is_proposal": 3,
    });
    assert_eq!(
        sorted("/appointments", appointment).await,
        [
            "/ends_local start_after_end",
            "/is_proposal wrong_type",
            "/starts_on date_and_time",
            "/time_zone invalid_value",
            "/title too_short"
        ]
    );
    let task = json!({ "title": 1, "due_on": "2027-01-02", "starts_local": "2027-01-02T11:00" });
    assert_eq!(
        sorted("/tasks", task).await,
        ["/starts_local start_without_due", "/title wrong_type"]
    );
    let thread = json!({ "topic": "daily", "member_ids": [Uuid::now_v7()], "x": 1 });
    assert_eq!(
        sorted("/threads", thread).await,
        [
            "/member_ids topic_and_members",
            "/title required",
            "/x unknown_field"
        ]
    );
    let role = json!({ "kind": "custom", "effort_minutes_per_week": 0 });
    assert_eq!(
        sorted("/roles", role).await,
        ["/effort_minutes_per_week out_of_range", "/title required"]
    );
}

#[tokio::test]
async fn a_rule_says_nothing_about_a_field_that_cannot_be_read() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let refused = async |path: &str, body: Value| ana.post(path, body).await.is_invalid();
    let appointment =
        json!({ "title": "Visit", "starts_local": 12, "ends_local": "2027-01-02T11:00" });
    assert_eq!(
        refused("/appointments", appointment).await,
        ["/starts_local wrong_type"]
    );
    let task = json!({ "title": "Visit", "due_local": 12, "starts_local": "2027-01-02T11:00" });
    assert_eq!(refused("/tasks", task).await, ["/due_local wrong_type"]);
    let thread = json!({ "member_ids": "all" });
    assert_eq!(
        refused("/threads", thread).await,
        ["/member_ids wrong_type"]
    );
}
