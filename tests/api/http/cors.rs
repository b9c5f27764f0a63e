//! Web apps of other origins: only an origin that is listed exactly gets access.

use axum::body::Body;
use axum::http::{Method, Request};
use kith::http::rate_limits::RateLimitSettings;
use serde_json::json;

use crate::harness::figures::report;
use crate::harness::{Reply, TestApp};

const APP: &str = "https://app.example.org";

async fn start() -> std::sync::Arc<TestApp> {
    TestApp::start_as(|parts| {
        parts.cors_origins = vec![
            APP.parse().unwrap(),
            "http://localhost:5173".parse().unwrap(),
        ];
        parts.limits = RateLimitSettings {
            writes_per_minute: 50,
            ..RateLimitSettings::NONE
        };
    })
    .await
}

async fn preflight(app: &TestApp, origin: &str, method: &str, path: &str) -> Reply {
    let request = Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header(
            "access-control-request-headers",
            "authorization,idempotency-key,if-match",
        )
        .body(Body::empty())
        .unwrap();
    app.send(request).await
}

#[tokio::test]
async fn a_listed_origin_can_send_requests_and_read_the_headers_it_needs() {
    let app = start().await;
    let ana = app.person("Ana").await;
    for origin in [APP, "http://localhost:5173"] {
        let asked = preflight(&app, origin, "PATCH", "/v1/me").await;
        assert_eq!(asked.status, 200);
        assert_eq!(asked.header("access-control-allow-origin"), origin);
        assert_eq!(
            asked.header("access-control-allow-methods"),
            "GET,POST,PUT,PATCH,DELETE"
        );
        assert_eq!(
            asked.header("access-control-allow-headers"),
            "authorization,content-type,if-match,if-none-match,idempotency-key,x-request-id"
        );
        assert_eq!(asked.header("access-control-allow-credentials"), "");
        assert_eq!(asked.header("x-content-type-options"), "nosniff");
        assert_eq!(asked.header("ratelimit"), "");

        let read = ana
            .with(("origin", origin), &Method::GET, "/v1/me", None)
            .await;
        assert_eq!(read.header("access-control-allow-origin"), origin);
        assert_eq!(
            read.header("access-control-expose-headers"),
            "etag,location,retry-after,content-disposition,www-authenticate,ratelimit,ratelimit-policy,x-request-id,idempotency-replayed"
        );
        let vary: Vec<_> = read.headers.get_all("vary").iter().collect();
        assert!(
            vary.iter().any(|value| *value == "authorization"),
            "{vary:?}"
        );
        assert!(
            vary.iter()
                .any(|value| value.to_str().unwrap().contains("origin")),
            "{vary:?}"
        );
        // The app can read errors too.
        let long = format!("/v1/me?{}", "x".repeat(9000));
        let wrong = ana
            .with(("origin", origin), &Method::GET, &long, None)
            .await;
        wrong.is_problem(414, "uri_too_long");
        assert_eq!(wrong.header("access-control-allow-origin"), origin);
    }
}

#[tokio::test]
async fn preflight_requests_are_not_counted() {
    let app = start().await;
    let ana = app.person("Ana").await;
    for _ in 0..100 {
        let asked = preflight(&app, APP, "POST", "/v1/circles").await;
        assert_eq!(asked.status, 200);
    }
    let circle = json!({ "patient_name": "Rosa" });
    let founded = ana.post("/v1/circles", circle).await;
    assert_eq!(founded.header("ratelimit"), r#""writes";r=49;t=60"#);
}

#[tokio::test]
async fn an_origin_that_is_not_listed_gets_no_access() {
    let app = start().await;
    let ana = app.person("Ana").await;
    let hostile = [
        "null",
        "*",
        "",
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org:443",
        "https://app.example.org/",
        "https://app.example.org.evil.example",
        "https://evilapp.example.org",
        "https://evil-app.example.org",
        "https://sub.app.example.org",
        "https://example.org",
        "https://app.example.orgx",
        "https://app.example.or",
        "https://app.example.org%00.evil.example",
        "https://app.example.org@evil.example",
        "https://evil.example/https://app.example.org",
        "https://evil.example?https://app.example.org",
        "https://evil.example#https://app.example.org",
        "https://app.example.org, https://evil.example",
        "https://evil.example https://app.example.org",
        "HTTPS://APP.EXAMPLE.ORG",
        "https://App.example.org",
        "https://app_example.org",
        "https://appxexample.org",
        "https://app.example.org\u{e9}",
        "file://",
        "chrome-extension://abcdefghijklmnop",
        "http://localhost",
        "http://localhost:51730",
        "http://127.0.0.1:5173",
        "https://localhost:5173",
        "data:text/html,x",
    ];
    for origin in hostile {
        let asked = preflight(&app, origin, "POST", "/v1/me").await;
        let read = ana
            .with(("origin", origin), &Method::GET, "/v1/me", None)
            .await;
        assert_eq!(read.status, 200);
        for reply in [asked, read] {
            let allowed = reply.headers.get("access-control-allow-origin");
            assert_eq!(allowed, None, "{origin:?}");
            let credentials = reply.headers.get("access-control-allow-credentials");
            assert_eq!(credentials, None, "{origin:?}");
        }
    }
    report(
        "H2",
        "hostile origins tried / let in",
        format!("{} / 0", hostile.len()),
        "0 of at least 30",
        hostile.len() >= 30,
    );
}

#[tokio::test]
async fn cross_origin_access_is_off_without_a_list_of_origins() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let asked = preflight(&app, APP, "PATCH", "/v1/me").await;
    asked.is_problem(405, "method_not_allowed");
    assert_eq!(asked.header("allow"), "GET,HEAD,PATCH");
    let read = ana
        .with(("origin", APP), &Method::GET, "/v1/me", None)
        .await;
    let cors = |name: &axum::http::HeaderName| name.as_str().starts_with("access-control");
    assert!(!asked.headers.keys().any(cors) && !read.headers.keys().any(cors));
}
