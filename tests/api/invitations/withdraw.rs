//! `POST /v1/circles/{circle_id}/invitations/{invitation_id}/withdraw`

use serde_json::json;

use super::{accept, act, invite};
use crate::harness::TestApp;

#[tokio::test]
async fn a_withdrawn_invitation_cannot_be_accepted() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    let withdrawn = act(&ana, &invitation, "withdraw").await.is(200);
    assert_eq!(
        (&withdrawn["state"], &withdrawn["actions"]),
        (&json!("withdrawn"), &json!([]))
    );
    let again = act(&ana, &invitation, "withdraw").await.is(200);
    assert_eq!(again, withdrawn);
    accept(&ben, &mail).await.is_problem(410, "no_longer_valid");
    let resent = act(&ana, &invitation, "resend").await;
    resent.is_problem(409, "invalid_transition");
}
