//! The path of `PUBLIC_URL`, as in `https://example.org/kith`. Routes, links in the code and stored
//! links never contain it. It is removed from every request that has it, and added to every address
//! that an answer leads to. So a proxy may remove the path itself or forward it.

use crate::app::{App, SharedState};

use std::sync::Arc;

use axum::Router;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Request, Response, Uri, header};
use tower::ServiceBuilder;
use url::Url;

/// The path of `PUBLIC_URL`: empty, or for example `/kith`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(Arc<str>);

impl BasePath {
    pub fn of(public_url: &str) -> Self {
        let url = Url::parse(public_url);
        let path = url.as_ref().map_or("", Url::path);
        Self(path.trim_end_matches('/').into())
    }

    /// A path on this server, as a client must write it.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The path, or `/` if it is empty.
    pub fn of_server(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// The address of a request without the path. An address that does not start with it stays
    /// as it is: a proxy has removed the path.
    fn take_off(&self, uri: &Uri) -> Option<Uri> {
        let rest = uri.path().strip_prefix(&*self.0)?;
        let path = if rest.is_empty() { "/" } else { rest };
        if !path.starts_with('/') {
            return None;
        }
        let target = match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
        Uri::from_parts(parts).ok()
    }

    /// Adds the path to the addresses of this server in an answer.
    pub fn put_on<B>(&self, response: &mut Response<B>) {
        let place = response.headers().get(header::LOCATION);
        let place = place.and_then(|place| place.to_str().ok());
        let own = place.filter(|place| place.starts_with('/') && !place.starts_with("//"));
        let whole = own.map(|place| HeaderValue::try_from(self.join(place)));
        if let Some(Ok(whole)) = whole {
            response.headers_mut().insert(header::LOCATION, whole);
        }
    }
}

/// Serves the router under the path as well.
pub fn mount(router: Router, base: BasePath) -> Router {
    if base.0.is_empty() {
        return router;
    }
    // This cannot be a layer of the router: it would run after the route was chosen.
    let take_off = move |mut request: Request<_>| {
        if let Some(uri) = base.take_off(request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    };
    let below = ServiceBuilder::new().map_request(take_off).service(router);
    Router::new().fallback_service(below)
}

impl SharedState for BasePath {
    fn begin(app: &App) -> Self {
        Self::of(app.public_url())
    }
}

impl App {
    /// The path of the public address. No route and no stored link contains it.
    pub fn base_path(&self) -> Arc<BasePath> {
        self.shared()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_off_if_it_is_there() {
        let base = BasePath::of("https://example.org/kith/");
        assert_eq!(base.join("/docs/"), "/kith/docs/");
        for (asked, inside) in [
            ("/kith/v1/me?a=/kith", Some("/v1/me?a=/kith")),
            ("/kith", Some("/")),
            ("/kith?a=b", Some("/?a=b")),
            ("/kith/", Some("/")),
            ("/v1/me", None),
            ("/kithara/v1/me", None),
            ("/other/kith/v1/me", None),
            (
                "http://example.org/kith/v1/me",
                Some("http://example.org/v1/me"),
            ),
        ] {
            let uri: Uri = asked.parse().unwrap();
            let taken = base.take_off(&uri).map(|uri| uri.to_string());
            assert_eq!(taken.as_deref(), inside, "{asked}");
        }
    }

    #[test]
    fn a_place_on_this_server_gets_the_path_and_another_does_not() {
        for (base, place, whole) in [
            ("https://example.org/kith", "/v1/me", "/kith/v1/me"),
            ("https://example.org", "/v1/me", "/v1/me"),
            ("https://example.org/a/b", "/docs/", "/a/b/docs/"),
            (
                "https://example.org/kith",
                "//other.example",
                "//other.example",
            ),
            (
                "https://example.org/kith",
                "https://other.example/",
                "https://other.example/",
            ),
        ] {
            let mut response = Response::new(());
            let header = HeaderValue::from_static(place);
            response.headers_mut().insert(header::LOCATION, header);
            BasePath::of(base).put_on(&mut response);
            assert_eq!(response.headers()[header::LOCATION], whole);
        }
    }
}
