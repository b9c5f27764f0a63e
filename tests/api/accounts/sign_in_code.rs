//! Signing in with an emailed code: requesting the code and confirming it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::second_factor::{enroll, second};
use crate::harness::{Client, Reply, TestApp};

async fn ask_for_code(by: &Client, email: &str) -> Value {
    let request = json!({ "email": email, "device_label": "Ana's tablet" });
    by.post("/v1/sign-in-codes", request).await.is(202)
}

async fn show(by: &Client, request: &Value, code: &str) -> Reply {
    let path = format!(
        "/v1/sign-in-codes/{}/confirm",
        request["id"].as_str().unwrap()
    );
    by.post(&path, json!({ "code": code })).await
}

#[tokio::test]
async fn an_emailed_code_signs_in_only_the_device_that_asked() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let request = ask_for_code(&anybody, &ana.email).await;
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    insta::assert_snapshot!(mail.text.replace(&mail.code(), "CODE"), @r"
    Hello Ana Test,

    Type this code on the device where you want to sign in to Kith (Ana's tablet):

    Code: CODE

    It works for ten minutes. Never tell it to anybody: nobody from Kith will ask you
    for it. If you did not ask for a code, ignore this email.
    ");

    let another = ask_for_code(&anybody, &ana.email).await;
    app.mail().await;
    let elsewhere = show(&anybody, &another, &mail.code()).await;
    elsewhere.is_problem(401, "wrong_credentials");
    let tokens = show(&anybody, &request, &mail.code()).await.session();
    app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(app.mail().await.header("Subject"), "A new device signed in");
    let again = show(&anybody, &request, &mail.code()).await;
    again.is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn an_emailed_code_allows_five_tries_within_ten_minutes() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let request = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let another = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let wrong = show(&anybody, &request, another).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    show(&anybody, &request, &code)
        .await
        .is_problem(410, "too_many_attempts");

    let request = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    app.advance(TimeDelta::minutes(10));
    show(&anybody, &request, &code)
        .await
        .is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn a_sign_in_code_does_not_reveal_whether_an_address_has_an_account() {
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
async fn a_person_who_asks_for_many_codes_has_to_wait() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for _ in 0..6 {
        ask_for_code(&anybody, &ana.email).await;
    }
    let request = json!({ "email": ana.email });
    let waits = anybody.post("/v1/sign-in-codes", request).await;
    waits.is_problem(429, "too_many_requests");
    app.mails().await;
}

#[tokio::test]
async fn an_emailed_code_does_not_skip_the_second_factor() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let request = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let asked = show(&anybody, &request, &code).await.second_factor();
    let code = authenticator.code();
    second(&anybody, &asked["ticket"], &code).await.is(201);
    app.mails().await;
}
