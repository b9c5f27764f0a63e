//! `DELETE /v1/me/avatar`

use axum::http::Method;
use serde_json::Value;

use super::{avatar_url, files, path, set_avatar};
use crate::harness::TestApp;

#[tokio::test]
async fn a_deleted_picture_is_seen_by_nobody_and_is_gone_from_the_store() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "viewer"]).await;
    let account = set_avatar(&ana, 1).await;
    let address = path(&avatar_url(&ben, &ana).await);
    assert_eq!(ben.get(&address).await.status, 200);

    let old = ("if-match", "\"1\"");
    let refused = ana.with(old, &Method::DELETE, "/v1/me/avatar", None).await;
    refused.is_problem(412, "version_mismatch");
    for _ in 0..2 {
        assert_eq!(ana.delete("/v1/me/avatar").await.status, 204);
    }
    assert_eq!(files(&app).await, 0);
    ben.get(&address).await.is_problem(404, "not_found");
    ana.get("/v1/me/avatar").await.is_problem(404, "not_found");
    assert_eq!(avatar_url(&ben, &ana).await, Value::Null);
    let after = ana.get("/v1/me").await.is(200);
    assert_eq!(after["avatar_url"], Value::Null);
    let version = account["version"].as_i64().unwrap();
    assert_eq!(after["version"], version + 1, "counted once");
}
