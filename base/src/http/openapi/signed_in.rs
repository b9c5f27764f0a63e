//! Which operations ask for an access token.

use axum::http::Method;
use serde_json::Value;

use super::by_operation::ByOperation;
use super::facts::is_public;

/// Whether each operation proves its caller.
#[derive(Clone, Debug)]
pub struct SignedIn(ByOperation<bool>);

impl SignedIn {
    /// Reads it off the document.
    pub fn of(document: &Value) -> Self {
        Self(ByOperation::of(document, |operation| !is_public(operation)))
    }

    /// Whether the operation of this path and method is one; HEAD is answered as GET.
    pub fn has(&self, path: &str, method: &Method) -> bool {
        self.0.get(path, method).copied().unwrap_or_default()
    }
}
