//! `POST /v1/circles/{circle_id}/invitations/{invitation_id}/resend`

use chrono::TimeDelta;

use super::{accept, act, describe, invite, register, state, withdraw};
use crate::harness::TestApp;

#[tokio::test]
async fn an_invitation_expires_after_seven_days_and_works_again_when_resent() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invitation = invite(&ana).await;
    let old = app.mail().await;
    app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let anybody = app.anybody();
    describe(&anybody, &old).await.is(200);
    app.advance(TimeDelta::seconds(1));
    describe(&anybody, &old)
        .await
        .is_problem(410, "no_longer_valid");
    register(&anybody, &old)
        .await
        .is_problem(410, "no_longer_valid");
    let resent = act(&ana.later().await, &invitation, "resend").await.is(200);
    assert_eq!(resent["expires_at"], "2026-12-15T08:00:00.000Z");
    let new = app.mail().await;
    describe(&anybody, &old)
        .await
        .is_problem(410, "no_longer_valid");
    register(&anybody, &new).await.is(201);
}

#[tokio::test]
async fn a_newer_invitation_link_replaces_the_older_one() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let first = app.mail().await;
    for _ in 0..2 {
        act(&ana, &invitation, "resend").await.is(200);
    }
    // Both were requested before an email was written, so there is a single email.
    let second = app.mail().await;
    accept(&ben, &first)
        .await
        .is_problem(410, "no_longer_valid");
    app.advance(TimeDelta::days(1));
    let (ana, ben) = (ana.later().await, ben.later().await);
    let again = invite(&ana).await;
    assert_eq!(state(&ana, &invitation).await, "withdrawn");
    let third = app.mail().await;
    accept(&ben, &second)
        .await
        .is_problem(410, "no_longer_valid");
    accept(&ben, &third).await.is(200);
    let too_late = [
        act(&ana, &again, "resend").await,
        withdraw(&ana, &again).await,
    ];
    for reply in too_late {
        let problem = reply.is_problem(409, "invalid_transition");
        assert_eq!(problem["state"], "accepted");
    }
}
