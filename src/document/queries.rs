//! Query parameters that the document does not know are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::for_each_operation;
use crate::problem::Problem;

/// The query parameters of each operation, by matched path and method.
#[derive(Clone, Debug)]
pub struct QueryNames(Arc<BTreeMap<(String, String), BTreeSet<String>>>);

impl QueryNames {
    /// Reads them off the document.
    pub fn of(document: &Value) -> Self {
        let mut all = BTreeMap::new();
        let mut document = document.clone();
        for_each_operation(&mut document, |path, method, operation| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let names = parameters
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                .collect();
            all.insert((path.to_owned(), method.to_uppercase()), names);
        });
        Self(Arc::new(all))
    }
}

/// Refuses query parameters that the document does not know.
pub async fn refuse_unknown_queries(
    State(QueryNames(known)): State<QueryNames>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let key = path.map(|path| (path.as_str().to_owned(), request.method().to_string()));
    let names = key.and_then(|key| known.get(&key));
    let query = request.uri().query().unwrap_or_default();
    if let Some(names) = names.filter(|_| !query.is_empty()) {
        let unknown = url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| !names.contains(name.as_ref()));
        if unknown {
            let what = "Query: a parameter that this operation does not have.";
            return Problem::Malformed(what.into()).into_response();
        }
    }
    next.run(request).await
}
