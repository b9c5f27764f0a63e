//! The scopes that an operation asks of a personal access token, put on each request.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use super::facts::NeededScopes;
use super::for_each_operation;
use crate::http::request::RequestInfo;
use crate::problem::ProblemBody;

/// What each operation needs, by matched path and method.
#[derive(Clone, Debug)]
pub struct ScopesOfRoutes(Arc<BTreeMap<(String, String), NeededScopes>>);

impl ScopesOfRoutes {
    /// Reads the operations off the document.
    pub fn of(document: &Value) -> Self {
        let mut all = BTreeMap::new();
        let mut document = document.clone();
        for_each_operation(&mut document, |path, method, operation| {
            let needed = NeededScopes::of(operation);
            all.insert((path.to_owned(), method.to_uppercase()), needed);
        });
        Self(Arc::new(all))
    }
}

/// Puts on the request the scopes that it needs. GET answers HEAD, too.
pub async fn note_scopes(
    State(ScopesOfRoutes(all)): State<ScopesOfRoutes>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = match request.method().as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let path = request.extensions().get::<MatchedPath>();
    let key = path.map(|path| (path.as_str().to_owned(), method.to_owned()));
    if let Some(needed) = key.and_then(|key| all.get(&key)).copied() {
        request.extensions_mut().insert(needed);
    }
    let info = request.extensions().get::<Arc<RequestInfo>>().cloned();
    let response = next.run(request).await;
    if info.is_some_and(|info| info.is_answer_hidden()) {
        hide(response)
    } else {
        response
    }
}

/// Empties the answer for a token that may write but not read. It says only that the request has
/// succeeded, and the address of what was made.
fn hide(mut response: Response) -> Response {
    if let Some(problem) = response.extensions_mut().get_mut::<ProblemBody>() {
        problem.hide_state();
    }
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NO_CONTENT;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}
