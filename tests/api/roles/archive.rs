//! `POST /v1/circles/{circle_id}/roles/{role_id}/archive`

use chrono::TimeDelta;
use serde_json::json;

use super::{offer, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn nobody_carries_an_archived_role_until_it_is_unarchived() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let nights = role(&ana, json!({ "kind": "night_care", "shared": true })).await;
    let path = path_of(&nights);
    ana.act(&format!("{path}/claim")).await.is(200);
    app.advance(TimeDelta::minutes(1));
    offer(&ana, &nights, &ben, json!({})).await.is(200);
    let retired = ana.act(&format!("{path}/archive")).await.is(200);
    assert_eq!(
        (
            &retired["state"],
            &retired["assignments"],
            &retired["actions"]
        ),
        (&json!("archived"), &json!([]), &json!(["unarchive"]))
    );
    assert_eq!(
        timeline(&ana, &nights).await,
        ["Ana Test ended", "Ben Test withdrawn"]
    );
    let again = ana.act(&format!("{path}/archive")).await.is(200);
    assert_eq!(again["version"], retired["version"]);
    for refused in [
        ana.patch(&path, json!({ "title": "x" })).await,
        ana.act(&format!("{path}/claim")).await,
        offer(&ana, &nights, &ben, json!({})).await,
    ] {
        let problem = refused.is_problem(409, "invalid_transition");
        assert_eq!(problem["actions"], json!(["unarchive"]));
    }
    ana.act(&format!("{path}/unarchive")).await.is(200);
    let revived = ana.act(&format!("{path}/unarchive")).await.is(200);
    assert_eq!(revived["state"], "active");
    ana.act(&format!("{path}/claim")).await.is(200);
}
