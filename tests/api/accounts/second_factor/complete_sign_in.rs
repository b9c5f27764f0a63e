//! `POST /v1/sessions/second-factor`

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{enroll, password, second, ticket};
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_sign_in_needs_a_code_of_the_authenticator_app() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["totp_added_at"], Value::Null);
    let (authenticator, codes) = enroll(&ana).await;
    assert_eq!(codes.len(), 10);
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["totp_added_at"], "2026-12-01T08:00:00.000Z");
    assert_eq!(factors["recovery_code_count"], 10);

    let anybody = app.anybody();
    let asked = password(&ana).await.second_factor();
    let wrong = second(&anybody, &asked["ticket"], &authenticator.wrong()).await;
    let wrong = wrong.is_problem(401, "wrong_credentials");
    let detail = "This code is not right, or was used before.";
    assert_eq!(wrong["detail"], detail);
    let code = authenticator.code();
    let tokens = second(&anybody, &asked["ticket"], &code).await.is(201);
    app.client(&tokens).get("/v1/me").await.is(200);
    let again = second(&anybody, &asked["ticket"], &authenticator.code()).await;
    again.is_problem(410, "no_longer_valid");
    let used = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    used.is(201);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_code_works_once_and_earlier_codes_stop_working() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    // The code that confirmed the app is used.
    let used = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    used.is_problem(401, "wrong_credentials");
    app.advance(TimeDelta::minutes(2));
    for (steps, status) in [(2, 401), (-2, 401), (1, 201), (0, 401), (-1, 401)] {
        let shown = second(&anybody, &ticket(&ana).await, &authenticator.code_at(steps)).await;
        assert_eq!(shown.status, status, "{steps} steps: {}", shown.text);
    }
}

#[tokio::test]
async fn a_code_sent_many_times_at_once_signs_in_once() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    app.advance(TimeDelta::minutes(2));
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(ticket(&ana).await);
    }
    let anybody = app.anybody();
    let code = authenticator.code_at(0);
    let uses = tickets.iter().map(|ticket| second(&anybody, ticket, &code));
    let replies = futures_util::future::join_all(uses).await;
    let came_in = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(came_in, 1, "{replies:?}");
}

#[tokio::test]
async fn a_person_can_send_five_wrong_codes_in_fifteen_minutes() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    app.advance(TimeDelta::minutes(2));
    let anybody = app.anybody();
    let first = ticket(&ana).await;
    for _ in 0..5 {
        let wrong = second(&anybody, &first, &authenticator.wrong()).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    let another = ticket(&ana).await;
    let right = second(&anybody, &another, &authenticator.code_at(0)).await;
    let refused = right.is_problem(429, "too_many_requests");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.starts_with("Five codes were tried"), "{detail}");
    assert_eq!(right.header("retry-after"), "900");
    app.advance(TimeDelta::minutes(15));
    let right = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    right.is(201);
    app.mails().await;
}

#[tokio::test]
async fn a_ticket_expires_after_five_minutes_or_when_the_password_changes() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let late = ticket(&ana).await;
    app.advance(TimeDelta::minutes(5));
    let reply = second(&anybody, &late, &authenticator.code_at(0)).await;
    reply.is_problem(410, "no_longer_valid");

    let ticket = ticket(&ana).await;
    let change = json!({
        "current_password": PASSWORD, "new_password": "seventeen green umbrellas",
    });
    ana.post("/v1/me/password/change", change).await.is(204);
    let reply = second(&anybody, &ticket, &authenticator.code()).await;
    reply.is_problem(410, "no_longer_valid");
    let none = second(&anybody, &json!("none"), "000000").await;
    none.is_problem(410, "no_longer_valid");
    app.mails().await;
}

#[tokio::test]
async fn a_recovery_code_works_once_and_sends_an_email() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (_, codes) = enroll(&ana).await;
    let anybody = app.anybody();
    let typed = codes[3].to_lowercase().replace('-', " ");
    second(&anybody, &ticket(&ana).await, &typed).await.is(201);
    let notification = app.mail().await;
    assert_eq!(notification.header("Subject"), "A recovery code was used");
    let again = second(&anybody, &ticket(&ana).await, &codes[3]).await;
    again.is_problem(401, "wrong_credentials");
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["recovery_code_count"], 9);

    let (connection, mut stored) = (app.database.connect().await, String::new());
    for sql in [
        "SELECT code_hash FROM recovery_codes",
        "SELECT seed FROM totp_factors",
    ] {
        let rows = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        for row in connection.query_all_raw(rows).await.unwrap() {
            stored += &row.try_get_by_index::<String>(0).unwrap_or_default();
            let bytes = row.try_get_by_index::<Vec<u8>>(0).unwrap_or_default();
            stored += &String::from_utf8_lossy(&bytes);
        }
    }
    connection.close().await.unwrap();
    assert!(stored.contains("$argon2id$"));
    for code in codes {
        assert!(!stored.contains(&code) && !stored.contains(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn a_new_password_does_not_skip_the_second_factor() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await.is(202);
    let new = "seventeen green umbrellas";
    let reset = json!({ "token": app.mail().await.token(), "password": new });
    anybody
        .post("/v1/password-resets/confirm", reset)
        .await
        .is(204);
    let credentials = json!({ "email": ana.email, "password": new });
    let asked = anybody
        .post("/v1/sessions", credentials)
        .await
        .second_factor();
    let code = authenticator.code();
    second(&anybody, &asked["ticket"], &code).await.is(201);
    app.mails().await;
}
