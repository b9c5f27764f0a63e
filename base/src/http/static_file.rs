//! Files that are part of the program: the document and its page, and the style of the pages. They
//! have an entity tag and are compressed once, for the first client that wants it.

use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flate2::Compression;

use super::compression::{Compressible, accepts_gzip, gzip};
use super::extract::AnonymousRequest;
use crate::platform::crypto::keys::sha256;
use crate::problem::Problem;

/// How long clients may use a file without asking whether it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// They ask every time, and mostly get 304.
    Asked,
    /// An hour.
    AnHour,
}

/// A file. Its clones share the bytes.
#[derive(Clone, Debug)]
pub struct StaticFile(Arc<Content>);

#[derive(Debug)]
struct Content {
    kind: &'static str,
    bytes: Bytes,
    etag: String,
    freshness: Freshness,
    packed: OnceLock<Option<Bytes>>,
}

impl StaticFile {
    /// A file of this media type.
    pub fn new(kind: &'static str, bytes: impl Into<Bytes>, freshness: Freshness) -> Self {
        let bytes = bytes.into();
        let digest = BASE64_URL_SAFE_NO_PAD.encode(&sha256(&bytes)[..12]);
        Self(Arc::new(Content {
            kind,
            etag: format!("\"{digest}\""),
            bytes,
            freshness,
            packed: OnceLock::new(),
        }))
    }

    /// The route of the file.
    pub fn served<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        get(move |request: AnonymousRequest, headers: HeaderMap| {
            std::future::ready(self.respond(&request, &headers))
        })
    }

    /// The file, or 304 if the client has it.
    pub fn respond(&self, request: &AnonymousRequest, headers: &HeaderMap) -> Response {
        let content = &*self.0;
        let seen = request.0.unless_seen(&content.etag);
        let mut response = if let Err(seen @ Problem::NotModified(_)) = seen {
            seen.into_response()
        } else {
            let kind = HeaderValue::from_static(content.kind);
            let mut response = Response::new(Body::from(content.bytes.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            if let Ok(tag) = HeaderValue::try_from(&content.etag) {
                response.headers_mut().insert(header::ETAG, tag);
            }
            response
        };
        if content.freshness == Freshness::AnHour {
            let hour = HeaderValue::from_static("public, max-age=3600");
            response.headers_mut().insert(header::CACHE_CONTROL, hour);
        }
        let mark = match self.packed(response.status(), headers) {
            Some(packed) => Compressible::Before(packed),
            None => Compressible::Now,
        };
        response.extensions_mut().insert(mark);
        response
    }

    /// The compressed file, if this answer needs it.
    fn packed(&self, status: StatusCode, headers: &HeaderMap) -> Option<Bytes> {
        let content = &*self.0;
        if status != StatusCode::OK || content.bytes.len() < 1024 || !accepts_gzip(headers) {
            return None;
        }
        let packed = content
            .packed
            .get_or_init(|| gzip(&content.bytes, Compression::default()));
        packed.clone()
    }
}
