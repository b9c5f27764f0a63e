//! `GET /v1/me`

use axum::http::Method;
use serde_json::json;

use crate::harness::{Client, TestApp};

#[tokio::test]
async fn an_unchanged_profile_answers_304_to_its_owner() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let etag = ana.get("/v1/me").await.header("etag").to_owned();
    let ask = async |by: &Client| {
        let seen = ("if-none-match", etag.as_str());
        let reply = by.with(seen, &Method::GET, "/v1/me", None).await;
        reply.status.as_u16()
    };
    assert_eq!((ask(&ana).await, ask(&ben).await), (304, 200));
    let changed = ana.patch("/v1/me", json!({ "name": "Ana Díaz" })).await;
    assert_eq!(ask(&ana).await, 200);
    let read = ana.get("/v1/me").await;
    assert_eq!(changed.header("etag"), read.header("etag"));
}
