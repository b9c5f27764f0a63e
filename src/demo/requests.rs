//! Requests to the service in this process.

use anyhow::ensure;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Sends a request, without a body if `body` is null. Returns the answer, or an error if it is a
/// problem.
pub async fn send(
    router: &Router,
    token: Option<&str>,
    method: Method,
    path: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let mut request = Request::builder().method(&method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = if body.is_null() {
        request.body(Body::empty())?
    } else {
        request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into())?
    };
    let answer = router.clone().oneshot(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    let text = String::from_utf8_lossy(&body);
    ensure!(
        status.is_success(),
        "{method} {path} was answered {status}: {text}"
    );
    Ok(serde_json::from_str(&text)?)
}

/// A string in an answer.
pub fn text<'a>(answer: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    use anyhow::Context;
    answer[name]
        .as_str()
        .with_context(|| format!("the answer has no {name}"))
}
