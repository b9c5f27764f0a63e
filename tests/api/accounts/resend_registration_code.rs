//! `POST /v1/registrations/{registration_id}/resend`

use super::register;
use crate::harness::TestApp;

#[tokio::test]
async fn a_registration_gets_five_codes() {
    let app = TestApp::start().await;
    let path = register(&app.anybody(), "ana@test.example").await;
    for _ in 1..5 {
        app.anybody().act(&format!("{path}/resend")).await.is(202);
        app.mails().await;
    }
    let reply = app.anybody().act(&format!("{path}/resend")).await;
    reply.is_problem(409, "limit_reached");
}
