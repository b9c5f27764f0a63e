//! What an Idempotency-Key is bound to, and which operations accept it.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_key_has_one_effect_for_every_spelling_of_the_path() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let id = ana.circle_id().to_owned();
    let encoded = id.replace('0', "%30").replace('-', "%2D");
    let spellings = [
        id.clone(),
        id.to_uppercase(),
        id.replace('-', ""),
        format!("urn:uuid:{id}"),
        format!("%7B{id}%7D"),
        encoded,
    ];
    let mut first: Option<Value> = None;
    for spelled in spellings {
        let path = format!("/v1/circles/{spelled}/tasks");
        let body = Some(json!({ "title": "Once" }));
        let key = ("idempotency-key", "once");
        let task = ana.with(key, &Method::POST, &path, body).await;
        let replayed = task.header("idempotency-replayed") == "true";
        assert_eq!(replayed, first.is_some(), "{spelled}");
        let task = task.is(201);
        assert_eq!(first.get_or_insert(task.clone()), &task, "{spelled}");
    }
    let tasks = ana.get("/tasks").await.is(200);
    assert_eq!(tasks["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeated_answer_has_the_status_of_the_first() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ask = async |key: &str, path: &str, body: Value| {
        let key = ("idempotency-key", key);
        ana.with(key, &Method::POST, path, Some(body)).await
    };
    let email = json!({ "email": "ana.diaz@test.example" });
    let new_password = "a sentence that nobody guesses so soon";
    let password = json!({ "current_password": PASSWORD, "new_password": new_password });
    for (path, body, status) in [
        ("/v1/me/email-changes", email, 202),
        ("/v1/me/password/change", password, 204),
    ] {
        let first = ask("a", path, body.clone()).await;
        assert_eq!(first.status, status, "{path}: {}", first.text);
        let again = ask("a", path, body).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{path}");
        assert_eq!(
            (again.status, again.text),
            (first.status, first.text),
            "{path}"
        );
    }
    app.advance(TimeDelta::minutes(1));
    app.mails().await;
}

#[test]
fn the_idempotency_key_is_documented_where_it_is_accepted() {
    let document = kith::api::operations();
    let mut without = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method == "get" || operation["security"] == json!([{}]) {
                continue;
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let mut names = parameters.map(|parameter| &parameter["name"]);
            if !names.any(|name| name == "Idempotency-Key") {
                without.push(format!("{method} {}", path.trim_start_matches("/v1")));
            }
        }
    }
    // These answers are not stored: secrets, exports, and answers that would claim that an old
    // proof or session is still valid.
    insta::assert_debug_snapshot!(without, @r#"
    [
        "post /me/export",
        "post /me/export/calendar",
        "post /me/reauthenticate",
        "post /me/reauthentication-challenges",
        "post /me/recovery-codes",
        "post /me/totp",
        "post /me/totp/confirm",
        "post /sessions/sign-out",
    ]
    "#);
}
