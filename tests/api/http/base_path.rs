//! A server whose `PUBLIC_URL` has a path: behind a proxy that removes the path, and behind a proxy
//! that passes it on.

use std::sync::Arc;

use axum::http::Method;
use regex::Regex;
use serde_json::json;

use crate::harness::{Client, Person, TestApp};

async fn start_below_path() -> Arc<TestApp> {
    TestApp::start_as(|parts| parts.public_url = "https://example.org/kith".into()).await
}

/// The path with the base path, as a client sends it, and without, as a proxy may pass it on.
fn both(path: &str) -> [String; 2] {
    [format!("/kith{path}"), path.to_owned()]
}

async fn circle(app: &Arc<TestApp>) -> (Person, Client, String) {
    let ana = app.person("Ana").await;
    let circle = json!({ "patient_name": "Rosa" });
    let made = ana.post("/kith/v1/circles", circle).await;
    let location = made.header("location").to_owned();
    let id = made.is(201)["id"].as_str().unwrap().to_owned();
    let inside = ana.inside(&id);
    (ana, inside, location)
}

#[tokio::test]
async fn operations_are_found_with_and_without_the_base_path() {
    let app = start_below_path().await;
    let (ana, _, location) = circle(&app).await;
    assert!(location.starts_with("/kith/v1/circles/"), "{location}");
    ana.get(&location).await.is(200);
    for path in both("/v1/me/circles?") {
        assert_eq!(
            ana.get(&path).await.is(200)["data"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
    for path in both("/v1/nowhere") {
        let problem = ana.get(&path).await.is_problem(404, "not_found");
        assert_eq!(problem["type"], "/kith/problems/not_found");
    }
    for path in both("/v1/me?unknown=1") {
        ana.get(&path).await.is_problem(400, "invalid_parameters");
    }
    let other = ana.get("/other/v1/me").await;
    other.is_problem(404, "not_found");
}

#[tokio::test]
async fn an_idempotency_key_is_the_same_with_and_without_the_base_path() {
    let app = start_below_path().await;
    let (ana, _, _) = circle(&app).await;
    let key = ("idempotency-key", "one");
    let mut ids = Vec::new();
    for path in both("/v1/circles") {
        let body = json!({ "patient_name": "Tom" });
        let made = ana.with(key, &Method::POST, &path, Some(body)).await;
        assert!(made.header("location").starts_with("/kith/v1/circles/"));
        ids.push(made.is(201)["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn links_in_emails_contain_the_base_path_and_work() {
    let app = start_below_path().await;
    let (_, circle, _) = circle(&app).await;
    let guest = json!({ "email": "ben@test.example", "access": "viewer" });
    circle.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    let links = Regex::new(r#"https?://[^\s"<>]+"#).unwrap();
    let links: Vec<_> = links
        .find_iter(&mail.text)
        .map(|link| link.as_str())
        .collect();
    assert!(!links.is_empty());
    let places = Regex::new(r#"(?:href|src|action)="([^"]*)""#).unwrap();
    for link in links {
        let path = link.strip_prefix("https://example.org").unwrap();
        assert!(path.starts_with("/kith/"), "{link}");
        for path in [path, &path["/kith".len()..]] {
            let page = app.anybody().get(path).await;
            assert_eq!(page.status, 200, "{}", page.text);
            // All links on a page are relative, so that they work below every base path.
            for place in places.captures_iter(&page.text) {
                assert!(!place[1].starts_with('/'), "{}", &place[1]);
            }
        }
    }
    for path in both("/pages/style.css") {
        assert_eq!(app.anybody().get(&path).await.status, 200);
    }
}

#[tokio::test]
async fn the_documentation_and_the_document_contain_the_base_path() {
    let app = start_below_path().await;
    let anybody = app.anybody();
    for path in ["/kith", "/kith/", "/", "/kith/docs", "/docs"] {
        let reply = anybody.get(path).await;
        assert!(reply.status.is_redirection(), "{path}: {}", reply.status);
        assert_eq!(reply.header("location"), "/kith/docs/", "{path}");
    }
    for path in both("/docs/swagger-initializer.js") {
        let script = anybody.get(&path).await.text;
        assert!(script.contains("\"/kith/openapi.json\""), "{script}");
    }
    for path in both("/openapi.json") {
        let document = anybody.get(&path).await.is(200);
        assert_eq!(document["servers"][0]["url"], "/kith");
    }
    let server = anybody.get("/kith/v1/server").await.is(200);
    assert_eq!(server["docs_url"], "https://example.org/kith/docs");
    assert_eq!(
        server["openapi_url"],
        "https://example.org/kith/openapi.json"
    );
    for path in both("/livez") {
        assert_eq!(anybody.get(&path).await.status, 204);
    }
}

#[tokio::test]
async fn the_root_address_leads_to_the_documentation() {
    let app = TestApp::start().await;
    let reply = app.anybody().get("/").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (307, "/docs/")
    );
    assert_eq!(app.anybody().get("/docs/").await.status, 200);
    let document = app.anybody().get("/openapi.json").await.is(200);
    assert_eq!(document, kith::api::document());
}
