//! SQLite has one writer. While a test holds it, requests that only read are answered.

use std::sync::Arc;

use axum::http::Method;
use kith::platform::db::Transaction;
use serde_json::json;

use crate::harness::database::TestDatabase;
use crate::harness::{PASSWORD, TestApp, refresh};

async fn start() -> Arc<TestApp> {
    TestApp::start_on(TestDatabase::migrated_file(), |_| ()).await
}

#[tokio::test]
async fn a_read_with_a_new_access_token_is_answered_during_a_write() {
    let app = start().await;
    let ana = app.person("Ana").await;
    let writer = Transaction::begin(&app.app).await.unwrap();
    ana.get("/v1/me").await.is(200);
    ana.get("/v1/me/circles").await.is(200);
    drop(writer);
}

#[tokio::test]
async fn the_next_renewal_knows_of_a_first_use_that_waited_for_the_writer() {
    let app = start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let renewed = refresh(&anybody, &ana.tokens).await.is(200);
    let writer = Transaction::begin(&app.app).await.unwrap();
    app.client(&renewed).get("/v1/me").await.is(200);
    // A thief has the old token too. The access token from its renewal was already used.
    let stolen = tokio::join!(refresh(&anybody, &ana.tokens), async { drop(writer) }).0;
    stolen.is_problem(401, "invalid_token");
    app.client(&renewed)
        .get("/v1/me")
        .await
        .is_problem(401, "invalid_token");
    app.mails().await;
}

#[tokio::test]
async fn an_access_token_of_a_lost_answer_is_refused_even_while_the_writer_is_busy() {
    let app = start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let lost = refresh(&anybody, &ana.tokens).await.is(200);
    let renewed = refresh(&anybody, &ana.tokens).await.is(200);
    let writer = Transaction::begin(&app.app).await.unwrap();
    app.client(&lost)
        .get("/v1/me")
        .await
        .is_problem(503, "unavailable");
    drop(writer);
    app.client(&lost)
        .get("/v1/me")
        .await
        .is_problem(401, "invalid_token");
    app.client(&renewed)
        .get("/v1/me")
        .await
        .is_problem(401, "invalid_token");
    app.mails().await;
}

/// Sends every GET without a valid token, and opens every page of a mailed link.
#[tokio::test]
async fn no_anonymous_get_request_needs_the_writer() {
    let app = start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task_soon(&ben).await;
    app.advance(chrono::TimeDelta::minutes(30));
    let mut links = vec![app.mail().await.link("unsubscribe")];
    let wish = json!({
        "email": "cem@test.example", "password": PASSWORD, "name": "Cem", "time_zone": "UTC",
    });
    let anybody = app.anybody();
    anybody.post("/v1/registrations", wish).await.is(202);
    links.push(app.mail().await.link("verify"));
    let guest = json!({ "email": "dora@test.example", "access": "helper" });
    ana.later().await.post("/invitations", guest).await.is(201);
    links.push(app.mail().await.link("invitation"));
    let forgotten = json!({ "email": ben.email });
    anybody.post("/v1/password-resets", forgotten).await;
    links.push(app.mail().await.link("reset"));

    let writer = Transaction::begin(&app.app).await.unwrap();
    for link in &links {
        assert_eq!(anybody.get(link).await.status, 200, "{link}");
    }
    let mut garbage = anybody.clone();
    garbage.token = Some("garbage".into());
    let document = serde_json::to_value(kith::api::operations()).unwrap();
    let gets = document["paths"].as_object().unwrap().iter();
    for (path, _) in gets.filter(|(_, methods)| methods["get"].is_object()) {
        let path = path.replace(['{', '}'], "");
        for stranger in [&anybody, &garbage] {
            let request = stranger.request(&Method::GET, &path, None);
            let reply = app.send(request).await;
            assert_ne!(
                reply.status, 503,
                "an anonymous GET {path} waits for the writer"
            );
        }
    }
    drop(writer);
}

#[tokio::test]
async fn concurrent_writers_do_not_block_each_other() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let changes = (0..8).map(|number| ana.patch("", json!({ "name": format!("{number}") })));
    for reply in futures_util::future::join_all(changes).await {
        reply.is(200);
    }
}
