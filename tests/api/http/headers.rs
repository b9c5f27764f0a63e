//! Headers that every answer has, and internal details that no answer contains.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use kith::api;
use kith::http::middleware;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::contract::matrix::{fill, fresh, nowhere, row, table};
use crate::harness::{Person, Reply, TestApp, send_to};

/// Words that reveal how the server is built.
const INSIDE: [&str; 18] = [
    "sqlx",
    "sea_orm",
    "SeaORM",
    "panicked",
    "SELECT",
    "INSERT",
    "UPDATE ",
    "WHERE",
    "postgres",
    "sqlite",
    "SQLite",
    "no such table",
    "relation \"",
    "src/",
    ".rs",
    "/root",
    "/home",
    "RUST_",
];

/// Checks the headers of an answer, and the problem of a failure that is not a page.
#[track_caller]
fn is_sound(what: &str, reply: &Reply) {
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(reply.header("referrer-policy"), "no-referrer", "{what}");
    let hsts = reply.header("strict-transport-security");
    assert_eq!(hsts, "max-age=63072000; includeSubDomains", "{what}");
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("default-src") && policy.contains("frame-ancestors 'none'"),
        "{what}"
    );
    assert!(!reply.header("x-request-id").is_empty(), "{what}");
    for name in ["server", "x-powered-by", "via", "x-runtime", "x-version"] {
        assert!(!reply.headers.contains_key(name), "{what}: {name}");
    }
    let kind = reply.header("content-type");
    assert!(
        !kind.starts_with("text/") || kind.contains("charset=utf-8"),
        "{what}: {kind}"
    );
    let caching = reply.header("cache-control");
    let secret = ["access_token", "refresh_token", "device_token", "ticket"];
    let body = reply.json();
    let places = [&body, &body["session"], &body["second_factor"]];
    let holds = |name: &&str| places.iter().any(|place| !place[name].is_null());
    let expected: &[&str] = if secret.iter().any(holds) {
        &["no-store"]
    } else {
        let public = ["public, max-age=300", "public, max-age=3600"];
        &["private, no-cache", "no-store", public[0], public[1]]
    };
    assert!(expected.contains(&caching), "{what}: {caching}");

    let headers = format!("{:?}", reply.headers);
    let failed = reply.status.as_u16() >= 400;
    for word in INSIDE.iter().filter(|_| failed) {
        assert!(
            !reply.text.contains(word) && !headers.contains(word),
            "{what}: {word}"
        );
    }
    if failed && !kind.starts_with("text/html") {
        let problem = reply.json();
        assert_eq!(kind, "application/problem+json", "{what}");
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("/problems/{code}"), "{what}");
        assert_eq!(problem["status"], reply.status.as_u16(), "{what}");
        assert_eq!(
            problem["request_id"],
            reply.header("x-request-id"),
            "{what}"
        );
        for text in ["title", "detail"] {
            assert!(
                !problem[text].as_str().unwrap().is_empty(),
                "{what}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_of_every_operation_has_the_required_headers() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let document = api::operations();
    let bodies = table();
    let mut answers = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            // These operations would end the caller that the others need.
            if ["sign_out", "schedule_account_deletion"].contains(&name) {
                continue;
            }
            let (_, _, body) = row(name, &bodies);
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = (!body.is_null()).then_some(body);
            let (ours, none) = (fresh(&ana, "ours").await, nowhere());
            for (who, by) in [("anybody", &app.anybody()), ("ana", &ana.client)] {
                for ids in [&ours, &none] {
                    let reply = app.send(by.request(&method, &fill(path, ids), body)).await;
                    is_sound(&format!("{name} by {who}: {}", reply.status), &reply);
                    answers += 1;
                }
            }
            if name == "archive_circle" {
                ana.act("/unarchive").await.is(200);
            }
        }
    }
    app.mails().await;
    println!("{answers} answers");
}

#[tokio::test]
async fn pages_and_documents_have_the_required_headers() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest = json!({ "email": "ben@test.example", "access": "viewer" });
    ana.post("/invitations", guest).await.is(201);
    let invitation = app.mail().await.link("invitation");
    for path in [
        "/livez",
        "/readyz",
        "/docs",
        "/docs/",
        "/docs/index.html",
        "/openapi.json",
        "/pages/style.css",
        "/verify",
        "/verify?token=x",
        "/reset?token=x",
        "/unsubscribe?token=x",
        "/invitation?token=x",
        "/nowhere",
        "/pages/nowhere.css",
        &invitation,
    ] {
        let reply = app.anybody().get(path).await;
        is_sound(path, &reply);
    }
    let page = app.anybody().get(&invitation).await;
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_unknown_method_answers_405_and_lists_the_allowed_methods() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let paths = [
        ("/v1/me", "GET,HEAD,PATCH"),
        ("/v1/sessions", "POST"),
        ("/v1/server", "GET,HEAD"),
        ("/livez", "GET,HEAD"),
        ("/verify", "GET,HEAD,POST"),
    ];
    for method in [
        "TRACE", "TRACK", "CONNECT", "PROPFIND", "BREW", "get", "DELETE", "OPTIONS",
    ] {
        for (path, allowed) in paths {
            let method: Method = method.parse().unwrap();
            let reply = ana.app.send(ana.request(&method, path, None)).await;
            let what = format!("{method} {path}");
            reply.is_problem(405, "method_not_allowed");
            let mut sent: Vec<_> = reply.header("allow").split(',').collect();
            sent.sort_unstable();
            assert_eq!(sent.join(","), allowed, "{what}");
            is_sound(&what, &reply);
        }
    }
}

type Failure<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, u16);

const JSON: (&str, &str) = ("content-type", "application/json");
const TASK: &str = r#"{"title":"a"}"#;

/// Requests that fail: method, path, headers, body, and the expected status.
const FAILURES: [Failure<'static>; 44] = [
    ("GET", "/nowhere", &[], "", 404),
    ("GET", "/v1", &[], "", 404),
    ("GET", "/v1/", &[], "", 404),
    ("GET", "/v2/me", &[], "", 404),
    ("GET", "/v1/me/", &[], "", 404),
    ("GET", "//v1/me", &[], "", 404),
    ("GET", "/v1/../v1/me", &[], "", 404),
    ("GET", "/v1/%6de%00", &[], "", 404),
    ("GET", "/v1/circles/x", &[], "", 404),
    ("GET", "/v1/circles/%FF", &[], "", 404),
    (
        "GET",
        "/v1/circles/0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        &[],
        "",
        404,
    ),
    (
        "GET",
        "{circle}/tasks/0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        &[],
        "",
        404,
    ),
    ("GET", "{circle}/tasks/1'%20OR%20'1'='1", &[], "", 404),
    ("TRACE", "/v1/me", &[], "", 405),
    ("BREW", "/v1/me", &[], "", 405),
    ("PUT", "/v1/me", &[JSON], "{}", 405),
    ("OPTIONS", "/v1/me", &[], "", 405),
    ("DELETE", "{circle}/tasks", &[], "", 405),
    ("GET", "{circle}/tasks?no_such=1", &[], "", 400),
    ("GET", "{circle}/tasks?limit=0", &[], "", 400),
    (
        "GET",
        "{circle}/tasks?limit=99999999999999999999",
        &[],
        "",
        400,
    ),
    ("GET", "{circle}/tasks?limit=1&limit=2", &[], "", 400),
    ("GET", "{circle}/tasks?cursor=' OR 1=1 --", &[], "", 400),
    ("GET", "{circle}/tasks?state=%00", &[], "", 400),
    ("GET", "/v1/me", &[("authorization", "Bearer x")], "", 401),
    ("GET", "/v1/me", &[("authorization", "Basic YTpi")], "", 401),
    ("GET", "/v1/me", &[("authorization", "")], "", 401),
    (
        "POST",
        "{circle}/tasks",
        &[JSON, ("idempotency-key", "")],
        TASK,
        400,
    ),
    (
        "POST",
        "{circle}/tasks",
        &[JSON, ("idempotency-key", "\u{e9}")],
        TASK,
        400,
    ),
    ("PATCH", "/v1/me", &[JSON, ("if-match", "3")], "{}", 400),
    (
        "PATCH",
        "/v1/me",
        &[JSON, ("if-match", "\"999-0\"")],
        r#"{"name":"B"}"#,
        412,
    ),
    ("POST", "{circle}/tasks", &[JSON], "", 400),
    ("POST", "{circle}/tasks", &[JSON], "{", 400),
    ("POST", "{circle}/tasks", &[JSON], r#"{"title":"a"} x"#, 400),
    (
        "POST",
        "{circle}/tasks",
        &[JSON],
        r#"{"title":"a","title":"b"}"#,
        400,
    ),
    (
        "POST",
        "{circle}/tasks",
        &[JSON],
        r#"{"title":"\ud800"}"#,
        400,
    ),
    ("POST", "{circle}/tasks", &[JSON], "[]", 422),
    ("POST", "{circle}/tasks", &[JSON], "{}", 422),
    (
        "POST",
        "{circle}/tasks",
        &[JSON],
        r#"{"title":"\u0000"}"#,
        422,
    ),
    (
        "POST",
        "{circle}/tasks",
        &[JSON],
        r#"{"title":"a","x":"panicked"}"#,
        422,
    ),
    (
        "POST",
        "{circle}/tasks",
        &[("content-type", "text/xml")],
        TASK,
        415,
    ),
    ("POST", "{circle}/tasks", &[], TASK, 415),
    (
        "POST",
        "{circle}/tasks",
        &[JSON, ("content-encoding", "gzip")],
        TASK,
        415,
    ),
    (
        "POST",
        "/v1/invitations/accept",
        &[JSON],
        r#"{"token":"none"}"#,
        410,
    ),
];

async fn fail(ana: &Person, (method, path, headers, body, _): &Failure<'_>) -> Reply {
    let circle = format!("/v1/circles/{}", ana.circle_id());
    let path = path.replace("{circle}", &circle).replace(' ', "%20");
    let mut request = Request::builder().method(*method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        let token = ana.token.as_ref().unwrap();
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in *headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from((*body).to_owned())).unwrap();
    ana.app.send(request).await
}

#[tokio::test]
async fn every_failure_is_a_problem_without_internal_details() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "viewer"]).await;
    let mut reached = BTreeSet::new();
    let mut note = |what: &str, reply: &Reply, status: u16| {
        assert_eq!(reply.status, status, "{what}: {}", reply.text);
        is_sound(what, reply);
        reached.insert(reply.json()["code"].as_str().unwrap().to_owned());
    };
    for failure in &FAILURES {
        let reply = fail(&ana, failure).await;
        note(&format!("{failure:?}"), &reply, failure.4);
    }
    let long = format!("/v1/me?{}", "x".repeat(9000));
    note("a long address", &ana.get(&long).await, 414);
    let head = ("x-long", "y".repeat(20_000));
    let head = (head.0, head.1.as_str());
    let reply = ana.with(head, &Method::GET, "/v1/me", None).await;
    note("a long head", &reply, 431);
    let large = json!({ "title": "a", "notes": "x".repeat(1_000_000) });
    note("a large body", &ana.post("/tasks", large).await, 413);
    let forbidden = ben.post("/tasks", json!({ "title": "a" })).await;
    note("a viewer's task", &forbidden, 403);
    let task = ana.task(json!({ "title": "a" })).await;
    ana.task_act(&task, "cancel").await.is(200);
    note("a canceled task", &ana.task_act(&task, "claim").await, 409);
    let key = ("idempotency-key", "once");
    for (title, status) in [("a", 201), ("b", 422)] {
        let task = Some(json!({ "title": title }));
        let reply = ana.with(key, &Method::POST, "/tasks", task).await;
        if status == 422 {
            note("a key used again", &reply, status);
        }
    }
    let guess = json!({ "email": ana.email, "password": "wrong" });
    for number in 0..7 {
        let reply = ana.post("/v1/sessions", guess.clone()).await;
        note("a guess", &reply, if number < 6 { 401 } else { 429 });
    }
    println!(
        "{} ways to fail, {} codes: {reached:?}",
        FAILURES.len() + 8,
        reached.len()
    );
    assert!(reached.len() >= 15, "{reached:?}");
}

async fn panic_inside() {
    panic!("panicked at src/lib.rs: SELECT password FROM users");
}

#[tokio::test]
async fn an_internal_error_reveals_no_details() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let connection = app.database.connect().await;
    let rename = "ALTER TABLE changes RENAME TO changes_gone";
    connection.execute_unprepared(rename).await.unwrap();
    connection.close().await.unwrap();
    let reply = ana.post("/tasks", json!({ "title": "a" })).await;
    reply.is_problem(500, "internal_error");
    is_sound("a table that is gone", &reply);

    let router = Router::new()
        .route("/broken", get(panic_inside).post(panic_inside))
        .layer(from_fn_with_state(app.app.clone(), middleware::handle))
        .layer(axum::middleware::map_response(middleware::put_headers));
    for method in [Method::GET, Method::POST] {
        let request = app.anybody().request(&method, "/broken", None);
        let reply = send_to(&router, request).await;
        reply.is_problem(500, "internal_error");
        is_sound("a panic", &reply);
    }
}

#[tokio::test]
async fn every_answer_is_private_and_has_a_request_id() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let reply = ana
        .with(("x-request-id", "my-id.1"), &Method::GET, "/v1/me", None)
        .await;
    assert_eq!(reply.header("x-request-id"), "my-id.1");
    let hostile = ana
        .with(("x-request-id", "a b"), &Method::GET, "/v1/me", None)
        .await;
    assert_ne!(hostile.header("x-request-id"), "a b");
    for path in ["/v1/me", "/v1/nowhere", "/livez", "/readyz"] {
        let reply = ana.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("cache-control"), "private, no-cache", "{path}");
        assert!(
            reply
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
    let credentials = json!({ "email": ana.email, "password": crate::harness::PASSWORD });
    let tokens = ana.post("/v1/sessions", credentials).await;
    assert_eq!(tokens.header("cache-control"), "no-store");
    ana.get("/nowhere").await.is_problem(404, "not_found");
    ana.delete("/v1/me")
        .await
        .is_problem(405, "method_not_allowed");
    let long = format!("/v1/me?{}", "x".repeat(9000));
    ana.get(&long).await.is_problem(414, "uri_too_long");
}
