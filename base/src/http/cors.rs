//! Which web pages of other origins can use the API in a browser: only the listed ones, compared
//! exactly.

use std::time::Duration;

use axum::http::{Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::AllowedOrigin;
use crate::http::rate_limits::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::http::request::{IDEMPOTENCY_KEY, X_REQUEST_ID};
use crate::platform::db::IDEMPOTENCY_REPLAYED;

/// How long a browser may remember that it can send requests.
const PREFLIGHT_GOOD_FOR: Duration = Duration::from_hours(1);

/// Answers the preflight requests of browsers, and lets listed origins read answers. Credentials
/// are not allowed, because Kith uses no cookies.
pub fn layer(origins: &[AllowedOrigin]) -> CorsLayer {
    let origins = origins.iter().map(AllowedOrigin::header);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            IDEMPOTENCY_KEY,
            X_REQUEST_ID,
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            header::WWW_AUTHENTICATE,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
            X_REQUEST_ID,
            IDEMPOTENCY_REPLAYED,
        ])
        .max_age(PREFLIGHT_GOOD_FOR)
}
