//! Counts anonymous requests before they are handled, and tells every counted caller in headers how
//! many requests are left.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::check_anonymous;
use crate::app::App;
use crate::http::openapi::SignedIn;
use crate::http::request::RequestInfo;

/// The state of the layer.
#[derive(Clone, Debug)]
pub struct RateLimitState {
    pub app: App,
    /// The operations that count a request themselves, when they have checked the caller.
    pub signed_in: SignedIn,
}

/// Counts a request, unless its operation counts it after checking the caller. Adds the headers to
/// the answer in both cases.
pub async fn count(State(state): State<RateLimitState>, request: Request, next: Next) -> Response {
    let Some(info) = request.extensions().get::<Arc<RequestInfo>>().cloned() else {
        return next.run(request).await;
    };
    let path = request.extensions().get::<MatchedPath>();
    let proves = path.is_some_and(|path| state.signed_in.has(path.as_str(), &info.method));
    let admitted = if proves {
        Ok(())
    } else {
        check_anonymous(&state.app, &info).await
    };
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    info.rate_limit_statuses.write_to(response.headers_mut());
    response
}
