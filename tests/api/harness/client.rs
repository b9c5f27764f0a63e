//! Sends requests to the router.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::{Reply, TestApp};

/// Sends requests as a person or as nobody. In a circle, a path that begins neither with
/// `/v1` nor with `/.` is a path of that circle.
#[derive(Clone)]
pub struct Client {
    pub app: Arc<TestApp>,
    pub token: Option<String>,
    pub peer: Option<SocketAddr>,
    pub circle: Option<String>,
}

impl Client {
    pub fn path(&self, path: &str) -> String {
        match &self.circle {
            Some(circle) if !path.starts_with("/v1") && !path.starts_with("/.") => {
                format!("/v1/circles/{circle}{path}")
            }
            _ => path.to_owned(),
        }
    }

    /// The same person, with the short paths of a circle.
    pub fn inside(&self, circle: &str) -> Self {
        Self {
            circle: Some(circle.to_owned()),
            ..self.clone()
        }
    }

    /// The same person, with requests that come from an address.
    pub fn at(&self, address: &str) -> Self {
        Self {
            peer: Some(SocketAddr::new(address.parse().unwrap(), 40_000)),
            ..self.clone()
        }
    }

    pub fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(self.path(path));
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(peer));
        }
        match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string().into()),
            None => request.body(Body::empty()),
        }
        .unwrap()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.app.send(self.request(&Method::GET, path, None)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        let request = self.request(&Method::POST, path, Some(&body));
        self.app.send(request).await
    }

    /// Sends a POST without a body.
    pub async fn act(&self, path: &str) -> Reply {
        self.app.send(self.request(&Method::POST, path, None)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        let request = self.request(&Method::PATCH, path, Some(&body));
        self.app.send(request).await
    }

    /// Sends a PUT without a body.
    pub async fn put(&self, path: &str) -> Reply {
        self.app.send(self.request(&Method::PUT, path, None)).await
    }

    /// Sends a PUT with a file. Its media type says nothing.
    pub async fn put_bytes(&self, path: &str, bytes: Vec<u8>) -> Reply {
        let mut request = self.request(&Method::PUT, path, None);
        let kind = "application/octet-stream".parse().unwrap();
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        *request.body_mut() = bytes.into();
        self.app.send(request).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.app
            .send(self.request(&Method::DELETE, path, None))
            .await
    }

    /// Sends a request with one additional header.
    pub async fn with(
        &self,
        (name, value): (&str, &str),
        method: &Method,
        path: &str,
        body: Option<Value>,
    ) -> Reply {
        let mut request = self.request(method, path, body.as_ref());
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        self.app.send(request).await
    }
}
