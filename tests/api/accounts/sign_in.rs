//! `POST /v1/sessions`

use chrono::TimeDelta;

use super::{sessions, sign_in};
use crate::harness::TestApp;

#[tokio::test]
async fn the_oldest_of_more_than_fifty_sessions_is_ended() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut last = None;
    for _ in 1..50 {
        app.advance(TimeDelta::seconds(1));
        last = Some(sign_in(&ana, "Another").await);
    }
    ana.get("/v1/me").await.is(200);
    app.advance(TimeDelta::seconds(1));
    sign_in(&ana, "One more").await;
    ana.get("/v1/me").await.is_problem(401, "invalid_token");
    assert_eq!(sessions(&last.unwrap()).await.len(), 50);
}
