//! The web apps of other origins that may use the API in a browser.

use std::str::FromStr;

use axum::http::HeaderValue;
use url::Url;

/// The origin of a web app, as browsers write it: `https://app.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin(HeaderValue);

impl AllowedOrigin {
    /// The value of a header.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

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
            .ok_or("write an origin without a path, like https://app.example.org")
    }
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
