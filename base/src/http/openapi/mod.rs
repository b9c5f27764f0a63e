//! The OpenAPI document as clients need it: the generator's output in a shape that generators of
//! clients can use, and what the server does by it at run time.

mod by_operation;
mod enums;
mod facts;
mod nullable;
mod operations;
mod refusals;
mod scalars;
mod scopes;
mod sentences;
mod shapes;
mod share;
mod signed_in;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

pub use self::facts::{Fact, NeededScopes};
use self::operations::Operations;
pub use self::refusals::{LinkGone, SignupsClosed, TriedTooOften, WrongCredentials};
pub use self::scalars::open_enum;
pub use self::scopes::{ScopesOfRoutes, note_scopes};
pub use self::shapes::{Shape, ShapesOfRoutes, judge_queries, what_to_send};
pub use self::share::share;
pub use self::signed_in::SignedIn;

use crate::http::extract::AnonymousRequest;
use crate::http::static_file::{Freshness, StaticFile};

const SCHEMAS: &str = "#/components/schemas/";

/// The document as clients get it. It is written for the first who asks, and answers share its
/// bytes.
pub fn served<S: Clone + Send + Sync + 'static>(
    document: impl FnOnce() -> Value + Send + 'static,
) -> MethodRouter<S> {
    let file = LazyLock::new(|| {
        let text = document().to_string();
        StaticFile::new("application/json", text, Freshness::Asked)
    });
    let file = Arc::new(file);
    get(move |request: AnonymousRequest, headers: HeaderMap| {
        std::future::ready(file.respond(&request, &headers))
    })
}

/// Shapes the generated document. The result is complete: each operation stands for itself, as the
/// server and the tests read it. [`share()`] makes the published document of it.
pub fn shape(generated: &OpenApi) -> Value {
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    scalars::inline(&mut document);
    let answers = answer_schemas(&document);
    for name in &answers {
        let schema = &mut document["components"]["schemas"][name];
        open_enums(schema);
        // What only some problems have to say is left out of the others.
        if !matches!(name.as_str(), "Problem" | "ConflictingItem") {
            require_all(schema);
        }
    }
    let operations = Operations::of(&document);
    let schemas = document["components"]["schemas"].clone();
    change_operations(&mut document, |path, method, operation| {
        facts::publish_security(operation);
        operations.complete(path, method, operation);
        shapes::document_body_limit(&schemas, operation);
        sentences::tidy(operation);
    });
    for tag in document["tags"].as_array_mut().into_iter().flatten() {
        sentences::end(&mut tag["description"]);
    }
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of a session.",
        },
        "personal_access_token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "kith_pat_…",
            "description": "A personal access token that has all scopes in `x-required-scopes` of the operation.",
        },
    });
    document["components"]["headers"] = json!({
        "RateLimit": {
            "description": "What is left of each quota, and for how many seconds, while the server has limits.",
            "schema": { "type": "string", "examples": ["\"reads\";r=599;t=42"] },
        },
        "RateLimit-Policy": {
            "description": "The quotas this request was counted against: how many in how many seconds.",
            "schema": { "type": "string", "examples": ["\"reads\";q=600;w=60"] },
        },
        "Idempotency-Replayed": {
            "description": "`true` if this is the stored answer to an earlier request with the same Idempotency-Key.",
            "schema": { "type": "string", "examples": ["true"] },
        },
    });
    document["security"] = json!([{ "bearer": [] }]);
    document
}

/// The names of the schemas that occur in answers.
fn answer_schemas(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for item in document["paths"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
    {
        for operation in item.as_object().into_iter().flat_map(Map::values) {
            collect(&operation["responses"], document, &mut names);
        }
    }
    names
}

fn collect(value: &Value, document: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(name) = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix(SCHEMAS))
                && names.insert(name.to_owned())
            {
                collect(&document["components"]["schemas"][name], document, names);
            }
            for value in members.values() {
                collect(value, document, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, document, names)),
        _ => {}
    }
}

/// Opens the enums of answers: they can grow, and a closed one breaks clients that are older.
fn open_enums(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(values)) = members.remove("enum") {
                let values: Vec<_> = values.into_iter().filter(|v| !v.is_null()).collect();
                members.insert("x-extensible-enum".into(), values.into());
            }
            for (name, value) in members {
                if name != "properties" && name != "items" {
                    continue;
                }
                match value {
                    Value::Object(inner) if name == "properties" => {
                        inner.values_mut().for_each(open_enums);
                    }
                    Value::Array(items) => items.iter_mut().for_each(open_enums),
                    other => open_enums(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(open_enums),
        _ => {}
    }
}

/// Every member of an answer is always there, null or not.
fn require_all(schema: &mut Value) {
    let names: Vec<_> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|properties| properties.keys().cloned())
        .collect();
    if !names.is_empty() {
        schema["required"] = json!(names);
    }
}

fn for_each_operation(document: &Value, mut act: impl FnMut(&str, &str, &Value)) {
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            act(path, method, operation);
        }
    }
}

fn change_operations(document: &mut Value, mut act: impl FnMut(&str, &str, &mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            act(path, method, operation);
        }
    }
}
