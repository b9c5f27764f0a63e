//! The OpenAPI document as clients need it: the generator's output in a shape that generators of
//! clients can use, and what the server does by it at run time.

mod facts;
mod operations;
mod refusals;
mod scopes;
mod shapes;
mod signed_in;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::http::header;
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

pub use self::facts::{Fact, NeededScopes};
use self::operations::Operations;
pub use self::refusals::{LinkGone, SignupsClosed, TriedTooOften, WrongCredentials};
pub use self::scopes::{ScopesOfRoutes, note_scopes};
pub use self::shapes::{Shape, ShapesOfRoutes, judge_queries, what_to_send};
pub use self::signed_in::SignedIn;

const SCHEMAS: &str = "#/components/schemas/";

/// The document as clients get it. It is written for the first who asks, and answers share its
/// bytes.
pub fn served<S: Clone + Send + Sync + 'static>(
    document: impl FnOnce() -> Value + Send + 'static,
) -> MethodRouter<S> {
    let text = LazyLock::new(|| Bytes::from(document().to_string()));
    let text = Arc::new(text);
    let kind = (header::CONTENT_TYPE, "application/json");
    get(move || std::future::ready(([kind], Bytes::clone(&text))))
}

/// Shapes the generated document.
pub fn shape(generated: &OpenApi) -> Value {
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    let scalars = take_scalars(&mut document);
    inline_scalars(&mut document, &scalars);
    collapse_nullable(&mut document);
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
    for_each_operation(&mut document, |path, method, operation| {
        facts::publish_security(operation);
        operations.complete(path, method, operation);
        shapes::document_body_limit(&schemas, operation);
    });
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
    });
    document["security"] = json!([{ "bearer": [] }]);
    document
}

/// Replaces the schemas of single values by the values: a class for each id helps nobody.
fn take_scalars(document: &mut Value) -> Map<String, Value> {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return Map::new();
    };
    let is_scalar = |schema: &Value| {
        matches!(
            schema["type"].as_str(),
            Some("string" | "integer" | "number" | "boolean")
        )
    };
    let (scalars, others) = std::mem::take(schemas)
        .into_iter()
        .partition(|(_, schema)| is_scalar(schema));
    *schemas = others;
    scalars
}

fn inline_scalars(value: &mut Value, scalars: &Map<String, Value>) {
    match value {
        Value::Object(members) => {
            let scalar = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix(SCHEMAS))
                .and_then(|name| scalars.get(name));
            if let Some(Value::Object(scalar)) = scalar {
                members.remove("$ref");
                for (name, value) in scalar {
                    if name == "description" && members.contains_key(name) {
                        let own = members[name].as_str().unwrap_or_default();
                        let list = value.as_str().and_then(|text| text.split_once("\n\n"));
                        if let Some((_, list)) = list {
                            members[name] = json!(format!("{own}\n\n{list}"));
                        }
                    } else {
                        members.insert(name.clone(), value.clone());
                    }
                }
            }
            for value in members.values_mut() {
                inline_scalars(value, scalars);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| inline_scalars(item, scalars)),
        _ => {}
    }
}

/// `oneOf` null and a single value becomes one value that may be null.
fn collapse_nullable(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let single = members
                .get("oneOf")
                .and_then(Value::as_array)
                .and_then(|options| {
                    let rest: Vec<_> = options.iter().filter(|o| o["type"] != "null").collect();
                    (options.len() == 2 && rest.len() == 1 && rest[0]["type"].is_string())
                        .then(|| rest[0].clone())
                });
            if let Some(Value::Object(single)) = single {
                members.remove("oneOf");
                for (name, value) in single {
                    let value = match name.as_str() {
                        "type" => json!([value, "null"]),
                        "enum" => {
                            let mut values = value.as_array().cloned().unwrap_or_default();
                            values.push(Value::Null);
                            Value::Array(values)
                        }
                        _ => value,
                    };
                    members.entry(name).or_insert(value);
                }
            }
            members.values_mut().for_each(collapse_nullable);
        }
        Value::Array(items) => items.iter_mut().for_each(collapse_nullable),
        _ => {}
    }
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
                if name != "properties" && name != "items" && name != "oneOf" {
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

fn for_each_operation(document: &mut Value, mut act: impl FnMut(&str, &str, &mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            act(path, method, operation);
        }
    }
}
