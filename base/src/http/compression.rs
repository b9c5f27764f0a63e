//! Compresses answers with gzip, where that is safe.
//!
//! **What it guarantees.** An answer is compressed only if somebody has decided that it can be: a
//! static file ([`StaticFile`](super::static_file::StaticFile)), or a successful read of an
//! operation in the list of [`CompressedRoutes`]. Nothing else ever is: no write, no session, no
//! token or code, no page of a link, no problem. The length of a compressed answer tells something
//! about its contents (BREACH), so an operation that is in no list stays as it is.
//!
//! **How.** The inner layer [`note_compressible`] marks an answer, and the outer layer [`compress`]
//! reads the mark after all headers are there. The body is compressed as a whole, not as a stream:
//! so its length is known, and the server still counts the bytes that wait to be read.
//!
//! A strong entity tag gets `-gzip` at its end, because the compressed bytes are others. Requests
//! may send it back so: [`packed_tags`](super::packed_tags) takes it off.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;
use serde_json::Value;

/// Smaller answers are not compressed: they fit into one packet anyway.
const SMALLEST: u64 = 1024;
/// Larger answers are not compressed either, because a request must not hold a processor for long.
const LARGEST: u64 = 1024 * 1024;
/// The fastest level. It makes a page of 50 tasks (45 kB) nine times smaller; level 6 takes more
/// than twice as long and saves only another tenth.
const FAST: Compression = Compression::fast();

/// Marks an answer that may be compressed.
#[derive(Clone, Debug)]
pub(super) enum Compressible {
    /// Compress the body, if it is large enough.
    Now,
    /// The body is compressed already.
    Before(Bytes),
}

/// Marks a page that is the same for everybody, so that it may be compressed.
pub fn may_be_compressed(response: &mut Response) {
    response.extensions_mut().insert(Compressible::Now);
}

/// The paths of the reads that may be compressed.
#[derive(Clone, Debug)]
pub struct CompressedRoutes(Arc<BTreeSet<String>>);

impl CompressedRoutes {
    /// Finds the paths of these operations in the document. Only a GET is ever compressed.
    pub fn of(document: &Value, operations: &[&str]) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let is_listed = |item: &Value| {
            let name = item["get"]["operationId"].as_str();
            name.is_some_and(|name| operations.contains(&name))
        };
        let listed = paths.filter(|(_, item)| is_listed(item));
        Self(Arc::new(listed.map(|(path, _)| path.clone()).collect()))
    }
}

/// Marks the answers of the listed reads. It must run inside the router.
pub async fn note_compressible(
    State(CompressedRoutes(paths)): State<CompressedRoutes>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.extensions().get::<MatchedPath>();
    let is_listed = reads && path.is_some_and(|path| paths.contains(path.as_str()));
    let mut response = next.run(request).await;
    if is_listed {
        response.extensions_mut().insert(Compressible::Now);
    }
    response
}

/// Compresses a marked answer, if its client accepts gzip.
pub async fn compress(request: Request, next: Next) -> Response {
    let accepts = accepts_gzip(request.headers());
    let seen = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    let Some(mark) = response.extensions_mut().remove::<Compressible>() else {
        return response;
    };
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().append(header::VARY, vary);
    if !accepts {
        return response;
    }
    match response.status() {
        StatusCode::OK => pack(response, mark).await,
        // The answer names the tag that the client has.
        StatusCode::NOT_MODIFIED if seen.is_some_and(|seen| names_packed(&seen, &response)) => {
            mark_tag(response.headers_mut());
            response
        }
        _ => response,
    }
}

async fn pack(response: Response, mark: Compressible) -> Response {
    let size = response.body().size_hint().exact();
    if !size.is_some_and(|size| (SMALLEST..=LARGEST).contains(&size))
        && matches!(mark, Compressible::Now)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let packed = match mark {
        Compressible::Before(packed) => packed,
        Compressible::Now => {
            // The whole body is in memory, so this waits for nothing.
            let Ok(whole) = body.collect().await else {
                parts.status = StatusCode::INTERNAL_SERVER_ERROR;
                return Response::from_parts(parts, Body::empty());
            };
            let whole = whole.to_bytes();
            match gzip(&whole, FAST) {
                Some(packed) => packed,
                None => return Response::from_parts(parts, whole.into()),
            }
        }
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let gzip = HeaderValue::from_static("gzip");
    parts.headers.insert(header::CONTENT_ENCODING, gzip);
    mark_tag(&mut parts.headers);
    Response::from_parts(parts, packed.into())
}

/// The compressed bytes, if they are fewer.
pub(super) fn gzip(bytes: &[u8], level: Compression) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), level);
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

/// Adds the compression to a strong tag. A weak tag means every encoding already.
fn mark_tag(headers: &mut HeaderMap) {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let strong = tag.filter(|tag| tag.starts_with('"'));
    let inner = strong.and_then(|tag| tag.strip_suffix('"'));
    let packed = inner.map(|inner| HeaderValue::try_from(format!("{inner}-gzip\"")));
    if let Some(Ok(packed)) = packed {
        headers.insert(header::ETAG, packed);
    }
}

/// Whether `If-None-Match` names the compressed form of the answer's tag.
fn names_packed(seen: &HeaderValue, response: &Response) -> bool {
    let mut headers = HeaderMap::new();
    if let Some(tag) = response.headers().get(header::ETAG) {
        headers.insert(header::ETAG, tag.clone());
    }
    mark_tag(&mut headers);
    let packed = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let seen = seen.to_str().unwrap_or_default();
    packed.is_some_and(|packed| seen.split(',').any(|tag| tag.trim() == packed))
}

/// Whether a client accepts gzip: it names it, or `*`, with a quality that is not 0.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut any = false;
    for element in lines.flat_map(|line| line.split(',')) {
        let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
        let mut parameters = parameters
            .split(';')
            .map(|one| one.trim().to_ascii_lowercase());
        let quality = parameters.find_map(|one| one.strip_prefix("q=").map(str::to_owned));
        let wanted = quality.is_none_or(|quality| quality.parse::<f32>().is_ok_and(|q| q > 0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return wanted,
            "*" => any = wanted,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_to_clients_that_accept_it() {
        for (sent, accepted) in [
            ("gzip", true),
            ("gzip;Q=0", false),
            ("gzip;level=1;q=0", false),
            ("br, gzip;q=0.5", true),
            ("GZIP", true),
            ("*", true),
            ("identity, *;q=0.1", true),
            ("gzip;q=0, *", false),
            ("gzip; q=0.000", false),
            ("gzip;q=much", false),
            ("br", false),
            ("identity", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_static(sent);
            headers.insert(header::ACCEPT_ENCODING, value);
            assert_eq!(accepts_gzip(&headers), accepted, "{sent}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_strong_tag_names_the_compression_and_a_weak_tag_stays() {
        for (tag, packed) in [("\"3-a.1\"", "\"3-a.1-gzip\""), ("W/\"a\"", "W/\"a\"")] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ETAG, HeaderValue::from_static(tag));
            mark_tag(&mut headers);
            assert_eq!(headers[header::ETAG], packed);
        }
    }
}
