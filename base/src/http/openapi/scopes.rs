//! The scopes that an operation asks of a personal access token, put on each request.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use super::by_operation::ByOperation;
use super::facts::NeededScopes;
use crate::http::request::RequestInfo;
use crate::problem::ProblemBody;

/// What each operation needs.
#[derive(Clone, Debug)]
pub struct ScopesOfRoutes(ByOperation<NeededScopes>);

impl ScopesOfRoutes {
    /// Reads the operations off the document.
    pub fn of(document: &Value) -> Self {
        Self(ByOperation::of(document, NeededScopes::of))
    }
}

/// Puts on the request the scopes that it needs.
pub async fn note_scopes(
    State(ScopesOfRoutes(all)): State<ScopesOfRoutes>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(needed) = all.of_request(&request).copied() {
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
