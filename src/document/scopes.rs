//! What a personal access token needs for each operation: in the document, and
//! on each request.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};

use super::for_each_operation;
use crate::access::{NeededScopes, scopes_of_operation};

/// What each operation needs, by matched path and method.
#[derive(Clone, Debug)]
pub struct ScopesOfRoutes(Arc<BTreeMap<(String, String), NeededScopes>>);

impl ScopesOfRoutes {
    /// Reads the operations off the document.
    pub fn of(document: &Value) -> Self {
        let mut all = BTreeMap::new();
        let mut document = document.clone();
        for_each_operation(&mut document, |path, method, operation| {
            let id = operation["operationId"].as_str().unwrap_or_default();
            let needed = NeededScopes(scopes_of_operation(id));
            all.insert((path.to_owned(), method.to_uppercase()), needed);
        });
        Self(Arc::new(all))
    }
}

/// Puts on the request what it needs of a personal access token. GET answers
/// HEAD, too.
pub async fn note_scopes(
    State(ScopesOfRoutes(all)): State<ScopesOfRoutes>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = match request.method().as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let path = request.extensions().get::<MatchedPath>();
    let key = path.map(|path| (path.as_str().to_owned(), method.to_owned()));
    if let Some(needed) = key.and_then(|key| all.get(&key)).copied() {
        request.extensions_mut().insert(needed);
    }
    next.run(request).await
}

/// Says in the document which tokens an operation takes.
pub(super) fn document_scopes(operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    if let Some(needed) = scopes_of_operation(id) {
        operation["security"] = json!([{ "bearer": [] }, { "access_token": [] }]);
        operation["x-required-scopes"] = json!(needed);
    }
}
