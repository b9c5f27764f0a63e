//! `POST /v1/sessions/refresh`

use std::sync::Arc;

use chrono::TimeDelta;
use kith::entity::refresh_token;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, Reply, TestApp, refresh};

#[tokio::test]
async fn an_access_token_expires_after_ten_minutes_and_can_be_renewed() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.advance(TimeDelta::seconds(600 + 30));
    ana.get("/v1/me").await.is_problem(401, "token_expired");
    let tokens = refresh(&app.anybody(), &ana.tokens).await.is(200);
    app.client(&tokens).get("/v1/me").await.is(200);
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let second = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&second).get("/v1/me").await.is(200);
    refresh(&anybody, &ana.tokens)
        .await
        .is_problem(401, "invalid_token");
    app.client(&second)
        .get("/v1/me")
        .await
        .is_problem(401, "invalid_token");
    refresh(&anybody, &second)
        .await
        .is_problem(401, "invalid_token");
}

#[tokio::test]
async fn a_refresh_can_be_repeated_while_its_new_tokens_are_unused() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let lost = refresh(&anybody, &ana.tokens).await.is(200);
    app.advance(TimeDelta::days(3));
    let third = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&third).get("/v1/me").await.is(200);
    refresh(&anybody, &third).await.is(200);
    // The tokens of the lost answer end the session: a client that uses them did receive them.
    refresh(&anybody, &lost)
        .await
        .is_problem(401, "invalid_token");
    app.client(&third)
        .get("/v1/me")
        .await
        .is_problem(401, "invalid_token");
}

/// The tokens of a new session, which the owner and a thief have.
async fn stolen_from(owner: &Person) -> Value {
    let credentials = json!({ "email": owner.email, "password": PASSWORD });
    let anybody = owner.app.anybody();
    anybody.post("/v1/sessions", credentials).await.session()
}

/// Uses the access token, or else the refresh token.
async fn show(app: &Arc<TestApp>, tokens: &Value, shows_access: bool) -> Reply {
    if shows_access {
        app.client(tokens).get("/v1/me").await
    } else {
        refresh(&app.anybody(), tokens).await
    }
}

/// Whether any of these tokens still works.
async fn is_alive(app: &Arc<TestApp>, tokens: &Value) -> bool {
    show(app, tokens, true).await.status == 200 || show(app, tokens, false).await.status == 200
}

#[tokio::test]
async fn a_thief_who_refreshes_first_is_detected_when_they_use_a_token() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for uses_access in [true, false] {
        let stolen = stolen_from(&ana).await;
        let thief = refresh(&anybody, &stolen).await.is(200);
        let owner = refresh(&anybody, &stolen).await.is(200);
        app.client(&owner).get("/v1/me").await.is(200);
        let used = show(&app, &thief, uses_access).await;
        used.is_problem(401, "invalid_token");
        assert!(!is_alive(&app, &owner).await && !is_alive(&app, &thief).await);
    }
}

#[tokio::test]
async fn a_thief_who_refreshes_second_is_detected_when_the_owner_uses_a_token() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for uses_access in [true, false] {
        let stolen = stolen_from(&ana).await;
        let owner = refresh(&anybody, &stolen).await.is(200);
        let thief = refresh(&anybody, &stolen).await.is(200);
        let used = show(&app, &owner, uses_access).await;
        used.is_problem(401, "invalid_token");
        assert!(!is_alive(&app, &owner).await && !is_alive(&app, &thief).await);
    }
}

#[tokio::test]
async fn a_late_request_with_the_older_access_token_does_not_hide_a_theft() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let second = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&second).get("/v1/me").await.is(200);
    ana.get("/v1/me").await.is(200);
    refresh(&anybody, &ana.tokens)
        .await
        .is_problem(401, "invalid_token");
    assert!(!is_alive(&app, &second).await);
}

#[tokio::test]
async fn a_late_request_with_the_older_access_token_does_not_count_as_theft() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    refresh(&anybody, &ana.tokens).await.is(200);
    ana.get("/v1/me").await.is(200);
    let third = refresh(&anybody, &ana.tokens).await.is(200);
    ana.get("/v1/me").await.is(200);
    assert!(is_alive(&app, &third).await);
}

#[tokio::test]
async fn many_uses_of_a_refresh_token_at_once_leave_one_unused_refresh_token() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let uses = (0..20).map(|_| refresh(&anybody, &ana.tokens));
    let replies = futures_util::future::join_all(uses).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    let connection = app.database.connect().await;
    let leaves = refresh_token::Entity::find().filter(refresh_token::Column::UsedAt.is_null());
    assert_eq!(leaves.count(&connection).await.unwrap(), 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_idle_session_ends_after_ninety_days_and_every_session_after_a_year() {
    let app = TestApp::start().await;
    let mut tokens = app.person("Ana").await.tokens;
    let anybody = app.anybody();
    for _ in 0..4 {
        app.advance(TimeDelta::days(89));
        tokens = refresh(&anybody, &tokens).await.is(200);
    }
    app.advance(TimeDelta::days(9));
    refresh(&anybody, &tokens)
        .await
        .is_problem(401, "invalid_token");

    let idle = app.person("Ben").await.tokens;
    app.advance(TimeDelta::days(90));
    refresh(&anybody, &idle)
        .await
        .is_problem(401, "invalid_token");
}
