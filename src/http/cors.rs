//! Which web pages of other origins may use the API in a browser: those that are
//! listed, to the letter, and no others.

use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::Url;

use crate::http::rate_limits::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::http::request::{IDEMPOTENCY_KEY, X_REQUEST_ID};
use crate::http::response::IDEMPOTENCY_REPLAYED;

/// For so long a browser need not ask again whether it may.
const PREFLIGHT_GOOD_FOR: Duration = Duration::from_hours(1);

/// The origin of a web app, as browsers write it: `https://app.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin(HeaderValue);

impl FromStr for AllowedOrigin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let is_origin = Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.origin().ascii_serialization() == text
                && !text.contains('*')
        });
        let value = HeaderValue::from_str(text).ok().filter(|_| is_origin);
        value
            .map(Self)
            .ok_or("takes origins as browsers write them, like https://app.example.org")
    }
}

/// Answers what browsers ask before a request, and lets listed origins read answers.
/// There are no cookies: nothing is allowed to be sent along by itself.
pub fn layer(origins: &[AllowedOrigin]) -> CorsLayer {
    let origins = origins.iter().map(|origin| origin.0.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let read = |text: &str| text.parse::<AllowedOrigin>();
        for good in [
            "https://app.example.org",
            " https://app.example.org:8443 ",
            "http://localhost:5173",
        ] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "app.example.org",
            "https://app.example.org/",
            "https://app.example.org:443",
            "https://App.example.org",
            "https://*.example.org",
            "https://user@app.example.org",
            "file:///app",
            "https://app.example.org, https://b.example.org",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
