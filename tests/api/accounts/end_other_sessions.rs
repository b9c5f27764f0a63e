//! `POST /v1/me/sessions/end-others`

use super::{sessions, sign_in};
use crate::harness::TestApp;

#[tokio::test]
async fn all_other_devices_are_signed_out_at_once() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let others = [sign_in(&ana, "Tablet").await, sign_in(&ana, "Phone").await];
    ana.act("/v1/me/sessions/end-others").await.is(204);
    for other in others {
        other.get("/v1/me").await.is_problem(401, "invalid_token");
    }
    ben.get("/v1/me").await.is(200);
    assert_eq!(sessions(&ana).await.len(), 1);
}
