//! What the server reads off the document for each operation, found by the route of a request.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use serde_json::Value;

use super::for_each_operation;

/// A value for each operation. A clone shares them.
#[derive(Debug)]
pub(super) struct ByOperation<T>(Arc<HashMap<String, Vec<(Method, T)>>>);

impl<T> Clone for ByOperation<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> ByOperation<T> {
    /// Reads the values off the document.
    pub fn of(document: &Value, read: impl Fn(&Value) -> T) -> Self {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for_each_operation(document, |path, method, operation| {
            if let Ok(method) = Method::from_bytes(method.to_ascii_uppercase().as_bytes()) {
                let of_path = all.entry(path.to_owned()).or_default();
                of_path.push((method, read(operation)));
            }
        });
        Self(Arc::new(all))
    }

    /// The value of the operation with this path, as a route writes it, and this method. GET
    /// answers HEAD, too.
    pub fn get(&self, path: &str, method: &Method) -> Option<&T> {
        let method = match *method {
            Method::HEAD => &Method::GET,
            _ => method,
        };
        let mut of_path = self.0.get(path)?.iter();
        of_path.find(|(of, _)| of == method).map(|(_, value)| value)
    }

    /// The value of the operation that the request is for.
    pub fn of_request(&self, request: &Request) -> Option<&T> {
        let path = request.extensions().get::<MatchedPath>()?;
        self.get(path.as_str(), request.method())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_found_by_its_path_and_method() {
        let document = json!({ "paths": {
            "/a": { "get": { "n": 1 }, "patch": { "n": 2 } },
            "/a/{id}": { "get": { "n": 3 } },
        }});
        let numbers = ByOperation::of(&document, |operation| operation["n"].as_i64());
        for (path, method, number) in [
            ("/a", Method::GET, Some(1)),
            ("/a", Method::HEAD, Some(1)),
            ("/a", Method::PATCH, Some(2)),
            ("/a", Method::PUT, None),
            ("/a/{id}", Method::GET, Some(3)),
            ("/b", Method::GET, None),
        ] {
            let found = numbers.get(path, &method).copied().flatten();
            assert_eq!(found, number, "{method} {path}");
        }
    }
}
