//! Counts what no token stands behind before it is worked on, and tells
//! everybody who was counted where they stand.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::admit_stranger;
use crate::app::App;
use crate::http::openapi::SignedIn;
use crate::http::request::RequestInfo;

/// What the layer needs.
#[derive(Clone, Debug)]
pub struct Counting {
    pub app: App,
    /// These operations are counted by whoever proves their callers.
    pub signed_in: SignedIn,
}

/// Counts a request, unless it is for one of the operations that prove their
/// callers; puts the headers on the answer of either.
pub async fn count(State(counting): State<Counting>, request: Request, next: Next) -> Response {
    let Some(info) = request.extensions().get::<Arc<RequestInfo>>().cloned() else {
        return next.run(request).await;
    };
    let path = request.extensions().get::<MatchedPath>();
    let proves = path.is_some_and(|path| counting.signed_in.has(path.as_str(), &info.method));
    let admitted = if proves {
        Ok(())
    } else {
        admit_stranger(&counting.app, &info).await
    };
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    info.standings.put_on(response.headers_mut());
    response
}
