//! `DELETE /v1/me/sessions/{session_id}`

use serde_json::json;

use super::security_events::log;
use super::{end_session, sessions, sign_in};
use crate::harness::TestApp;

#[tokio::test]
async fn a_person_can_end_only_their_own_sessions() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let tablet = sign_in(&ana, "Tablet").await;
    let foreign = end_session(&tablet, &ben.tokens["session_id"]).await;
    foreign.is_problem(404, "not_found");
    ben.get("/v1/me").await.is(200);
    for _ in 0..2 {
        end_session(&tablet, &ana.tokens["session_id"])
            .await
            .is(204);
    }
    ana.get("/v1/me").await.is_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let refresh = ana.post("/v1/sessions/refresh", refresh).await;
    refresh.is_problem(401, "invalid_token");
    assert_eq!(sessions(&tablet).await.len(), 1);
    let events = log(&tablet).await;
    let ended = events.iter().filter(|kind| *kind == "session_ended");
    assert_eq!(ended.count(), 1, "{events:?}");
}
