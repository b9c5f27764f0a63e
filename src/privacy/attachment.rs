//! A file that an operation answers with.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A file to download, which no cache may keep.
#[derive(Debug)]
pub struct Attachment {
    pub(super) name: &'static str,
    pub(super) media_type: &'static str,
    pub(super) content: Vec<u8>,
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, HeaderValue); 3] = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            ),
            (
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static(self.name),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, self.content).into_response()
    }
}
