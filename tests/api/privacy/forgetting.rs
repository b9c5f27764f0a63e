//! Ended rows are deleted after their time, and nothing is deleted earlier.

use chrono::TimeDelta;
use kith::entity::{invitation, refresh_token};
use kith::privacy::retention::sweep;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::harness::{TestApp, refresh};

#[tokio::test]
async fn refresh_tokens_that_a_lost_answer_may_need_are_kept() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mut tokens = vec![ana.tokens.clone()];
    for _ in 0..5 {
        let next = refresh(&anybody, tokens.last().unwrap()).await.is(200);
        app.client(&next).get("/v1/me").await.is(200);
        tokens.push(next);
    }
    let lost = refresh(&anybody, tokens.last().unwrap()).await.is(200);
    let connection = app.database.connect().await;
    let kept = async || {
        let all = refresh_token::Entity::find();
        all.count(&connection).await.unwrap()
    };
    app.advance(TimeDelta::days(29));
    sweep(&app.app).await.unwrap();
    assert_eq!(kept().await, 7);
    app.advance(TimeDelta::days(2));
    sweep(&app.app).await.unwrap();
    // These are kept: the token that was used last, and the token of the lost answer.
    assert_eq!(kept().await, 2);
    connection.close().await.unwrap();
    refresh(&anybody, tokens.last().unwrap()).await.is(200);
    let stolen = refresh(&anybody, &lost).await;
    stolen.is_problem(401, "invalid_token");
    app.mails().await;
}

#[tokio::test]
async fn an_invitation_is_deleted_a_month_after_its_end() {
    let app = TestApp::start().await;
    let [ana, _ben] = app.circle(["coordinator", "helper"]).await;
    let guest = json!({ "email": "guest@test.example", "access": "viewer" });
    ana.post("/invitations", guest).await.is(201);
    let connection = app.database.connect().await;
    for (after, left) in [
        (TimeDelta::days(29), 2),
        // Ben's was accepted.
        (TimeDelta::days(2), 1),
        // The other invitation expired after seven days without an answer.
        (TimeDelta::days(7), 0),
    ] {
        app.advance(after);
        sweep(&app.app).await.unwrap();
        let invitations = invitation::Entity::find().count(&connection).await;
        assert_eq!(invitations.unwrap(), left);
    }
    connection.close().await.unwrap();
    app.mails().await;
}
