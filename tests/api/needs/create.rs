//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/needs`

use axum::http::Method;
use serde_json::json;

use super::{need_act, need_path};
use crate::appointments::{path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_need_has_a_time_and_an_id_of_its_own() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({})).await;
    let path = format!("{}/needs", path_of(&appointment));
    let id = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51";
    let body = json!({ "id": id, "kind": "driver" });
    let ride = ana.post(&path, body.clone()).await.is(201);
    assert_eq!(
        (&ride["starts_at"], &ride["ends_at"]),
        (&appointment["starts_at"], &appointment["ends_at"])
    );
    let again = ana.post(&path, body.clone()).await;
    let etag = again.header("etag").to_owned();
    again.is(200);
    ben.post(&path, body).await.is_problem(409, "id_taken");
    let backwards = json!({ "kind": "driver", "ends_local": "2026-12-04T09:59" });
    let refused = ana.post(&path, backwards).await;
    assert_eq!(refused.is_invalid(), ["/ends_local start_after_end"]);
    need_act(&ben, &ride, "claim").await.is(200);
    let change = Some(json!({ "dropoff_location": "Back home" }));
    let seen = ("if-match", etag.as_str());
    let late = ana
        .with(seen, &Method::PATCH, &need_path(&ride), change)
        .await;
    late.is_problem(412, "version_mismatch");
}
