//! Signing in with a mailed code: asking for one and confirming it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::second_factor::{enroll, second};
use crate::harness::{Client, Reply, TestApp};

async fn ask_for_code(by: &Client, email: &str) -> Value {
    let wish = json!({ "email": email, "device_label": "Ana's tablet" });
    by.post("/v1/sign-in-codes", wish).await.is(202)
}

async fn show(by: &Client, wish: &Value, code: &str) -> Reply {
    let path = format!("/v1/sign-in-codes/{}/confirm", wish["id"].as_str().unwrap());
    by.post(&path, json!({ "code": code })).await
}

#[tokio::test]
async fn a_mailed_code_signs_the_device_in_that_asked() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    insta::assert_snapshot!(mail.text.replace(&mail.code(), "CODE"), @r"
    Hello Ana Test,

    somebody, probably you, wants to sign in to Kith with a code.

    Code: CODE

    Type it on the device that asked for it (Ana's tablet). It is good for ten minutes.
    Nobody from Kith will ever ask you for it. If you did not ask, do nothing.
    ");

    let another = ask_for_code(&anybody, &ana.email).await;
    app.mail().await;
    let elsewhere = show(&anybody, &another, &mail.code()).await;
    elsewhere.is_problem(401, "wrong_credentials");
    let tokens = show(&anybody, &wish, &mail.code()).await.is(201);
    app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(app.mail().await.header("Subject"), "A new device signed in");
    let again = show(&anybody, &wish, &mail.code()).await;
    again.is_problem(410, "gone");
}

#[tokio::test]
async fn a_mailed_code_has_five_tries_and_ten_minutes() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let another = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let wrong = show(&anybody, &wish, another).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    show(&anybody, &wish, &code).await.is_problem(410, "gone");

    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    app.advance(TimeDelta::minutes(10));
    show(&anybody, &wish, &code).await.is_problem(410, "gone");
}

#[tokio::test]
async fn nobody_learns_from_a_code_whether_an_address_is_known() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let unknown = ask_for_code(&anybody, "nobody@test.example").await;
    assert_eq!(app.mails().await.len(), 0);
    let known = ask_for_code(&anybody, &ana.email).await;
    app.mail().await;
    let seen = |reply: &Reply| {
        let names = reply.headers.keys().map(ToString::to_string);
        let mut body = reply.json();
        body["request_id"] = Value::Null;
        (reply.status, names.collect::<Vec<_>>(), body)
    };
    let known = show(&anybody, &known, "000000").await;
    let unknown = show(&anybody, &unknown, "000000").await;
    assert_eq!(seen(&known), seen(&unknown));
}

#[tokio::test]
async fn a_person_who_asks_for_codes_again_and_again_waits() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for _ in 0..6 {
        ask_for_code(&anybody, &ana.email).await;
    }
    let wish = json!({ "email": ana.email });
    let waits = anybody.post("/v1/sign-in-codes", wish).await;
    waits.is_problem(429, "too_many_requests");
    app.mails().await;
}

#[tokio::test]
async fn a_mailed_code_does_not_skip_the_second_factor() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let asked = show(&anybody, &wish, &code).await.is(202);
    let code = authenticator.code();
    second(&anybody, &asked["ticket"], &code).await.is(201);
    app.mails().await;
}
