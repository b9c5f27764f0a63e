//! Which operations ask for an access token.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::Method;
use serde_json::Value;

use super::facts::is_public;
use super::for_each_operation;

/// The operations that prove their caller, by matched path.
#[derive(Clone, Debug)]
pub struct SignedIn(Arc<BTreeMap<String, BTreeSet<String>>>);

impl SignedIn {
    /// Reads them off the document.
    pub fn of(document: &Value) -> Self {
        let mut all: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut document = document.clone();
        for_each_operation(&mut document, |path, method, operation| {
            if !is_public(operation) {
                let methods = all.entry(path.to_owned()).or_default();
                methods.insert(method.to_uppercase());
            }
        });
        Self(Arc::new(all))
    }

    /// Whether the operation of this path and method is one; HEAD is answered as GET.
    pub fn has(&self, path: &str, method: &Method) -> bool {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let methods = self.0.get(path);
        methods.is_some_and(|methods| methods.contains(method.as_str()))
    }
}
