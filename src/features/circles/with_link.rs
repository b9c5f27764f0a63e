//! An answer with a secret link. It is shown once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::response::Answer;
use crate::platform::db::StoredAnswer;

/// 201 with a secret link. The copy that is stored for a repeated request has no link.
#[derive(Debug)]
pub struct WithLink<T> {
    /// The answer with the link.
    pub shown: T,
    /// The answer without it.
    pub kept: T,
}

impl<T: Serialize> Answer for WithLink<T> {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        StoredAnswer::of(StatusCode::CREATED, &self.kept)
    }
}

impl<T: Serialize> IntoResponse for WithLink<T> {
    fn into_response(self) -> Response {
        let no_store = HeaderValue::from_static("no-store");
        let headers = [(header::CACHE_CONTROL, no_store)];
        (StatusCode::CREATED, headers, axum::Json(self.shown)).into_response()
    }
}
