//! What each operation takes, read from the document: its query parameters, how large its body
//! may be, and what to send in place of a wrong value. So refusals agree with the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::SCHEMAS;
use super::by_operation::ByOperation;
use crate::http::extract::{BODY_LIMIT, MAX_ITEMS, MOST_FAULTS};
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// What an operation takes.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    queries: BTreeMap<String, Value>,
    /// The schema of the body, with the schemas that it refers to inside.
    body: Value,
    body_limit: Option<usize>,
    /// What the operation does, like `cancel a task`.
    deed: String,
    body_may_be_left_out: bool,
}

impl Shape {
    /// Of a body alone.
    pub fn of_body(body: Value) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }

    /// What the operation does, as a sentence about somebody else can say it: `cancel a task`.
    pub fn deed(&self) -> &str {
        match self.deed.as_str() {
            "" => "do this",
            deed => deed,
        }
    }

    /// The largest body in bytes.
    pub fn body_limit(&self) -> usize {
        self.body_limit.unwrap_or(BODY_LIMIT)
    }

    /// Whether an empty body is no body.
    pub fn body_may_be_left_out(&self) -> bool {
        self.body_may_be_left_out
    }

    /// The members that a body must have.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        let names = self.body["required"].as_array().into_iter().flatten();
        names.filter_map(Value::as_str)
    }

    /// Whether a member, of the body or of an object inside of it, may be left out. An item
    /// of a list, and the body itself, may not.
    pub fn may_leave_out(&self, pointer: &str) -> bool {
        let Some((around, name)) = pointer.rsplit_once('/') else {
            return false;
        };
        let around = self.at(around);
        let mut required = around["required"].as_array().into_iter().flatten();
        around["properties"][name].is_object() && !required.any(|one| one == name)
    }

    /// The schema of the body.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// A body that is accepted.
    pub fn example(&self) -> &Value {
        &self.body["examples"][0]
    }

    /// The members that a body, or an object inside of it, may have.
    pub fn known_fields(&self, pointer: &str) -> Vec<&str> {
        let properties = self.at(pointer)["properties"].as_object();
        properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect()
    }

    /// The part of the body's schema at a pointer.
    pub fn at(&self, pointer: &str) -> &Value {
        let mut schema = &self.body;
        for part in pointer.split('/').skip(1) {
            schema = if part.bytes().all(|byte| byte.is_ascii_digit()) {
                &schema["items"]
            } else {
                &schema["properties"][part]
            };
        }
        schema
    }

    /// The schema of a query parameter.
    pub fn query(&self, name: &str) -> &Value {
        self.queries.get(name).unwrap_or(&Value::Null)
    }

    fn unknown_queries(&self, query: &str) -> Vec<FieldError> {
        let detail = || {
            let known: Vec<_> = self.queries.keys().map(String::as_str).collect();
            match known.as_slice() {
                [] => "This operation takes no parameters.".to_owned(),
                known => format!("This operation takes: {}.", known.join(", ")),
            }
        };
        let names = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
        names
            .filter(|name| !self.queries.contains_key(name.as_ref()))
            .take(MOST_FAULTS)
            .map(|name| {
                let name: String = name.chars().take(60).collect();
                FieldError::new(
                    format!("?{name}"),
                    FieldErrorCode::UnknownParameter,
                    detail(),
                )
            })
            .collect()
    }
}

/// The deed in a summary: `Claim a need that was offered to you` is told to somebody to whom it was
/// not offered, so the sentence ends before such a part.
fn deed(summary: &str) -> String {
    let core = summary.split(" that ").next().unwrap_or_default();
    let core = core.split(", ").next().unwrap_or_default();
    let mut letters = core.trim_end_matches('.').chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// What to send, as a sentence; of a schema that says nothing, nothing.
pub fn what_to_send(schema: &Value) -> String {
    let wanted = wanted(schema);
    if wanted.is_empty() {
        return "Send what the document names.".into();
    }
    format!("Send {wanted}.")
}

fn wanted(schema: &Value) -> String {
    let values = [&schema["enum"], &schema["x-extensible-enum"]];
    let values = values.into_iter().find_map(Value::as_array);
    if let Some(values) = values {
        let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        return format!("one of: {}", values.join(", "));
    }
    let kinds = schema["type"].to_string();
    let is = |kind: &str| kinds.contains(&format!("\"{kind}\""));
    let example = schema["examples"][0].as_str().unwrap_or_default();
    let text = match schema["format"].as_str() {
        Some("uuid") => "an id, which is a UUID".to_owned(),
        Some("date") => "a date like 2027-01-02".to_owned(),
        Some("date-time") => "an instant like 2027-01-02T12:00:00Z".to_owned(),
        Some("email") => "an email address like ana@example.org".to_owned(),
        _ if example == "me" => "the id of a member, or me".to_owned(),
        _ if schema["pattern"].is_string() => {
            format!("a wall time like {example}, without an offset")
        }
        _ => "a text".to_owned(),
    };
    if is("boolean") {
        "true or false".into()
    } else if is("integer") || is("number") {
        match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
            (Some(min), None) => format!("a whole number, at least {min}"),
            _ => "a whole number".into(),
        }
    } else if is("string") {
        text
    } else if is("array") {
        match wanted(&schema["items"]).as_str() {
            "" => "a list".into(),
            item => format!("a list; each of its items is {item}"),
        }
    } else if is("object") || schema["properties"].is_object() {
        "an object".into()
    } else {
        String::new()
    }
}

/// How many bytes a value takes at most in JSON. A program may escape every
/// character: the longest is twelve bytes (`\ud83d\ude00`), of a name six.
fn most_bytes(schema: &Value) -> usize {
    let size = |name: &str| {
        schema[name]
            .as_u64()
            .and_then(|size| usize::try_from(size).ok())
    };
    if let Some(properties) = schema["properties"].as_object() {
        let members = properties.iter();
        return members
            .map(|(name, value)| 6 * name.len() + 4 + most_bytes(value))
            .sum();
    }
    if schema["items"].is_object() {
        return size("maxItems").unwrap_or(MAX_ITEMS) * (most_bytes(&schema["items"]) + 1);
    }
    let is_text = schema["type"].to_string().contains("string");
    12 * size("maxLength").filter(|_| is_text).unwrap_or(40) + 2
}

/// For white space and line breaks between members.
const AROUND: usize = 16 * 1024;

/// Says in the document how large a body may be: as large as texts of the
/// longest kind can become.
pub(super) fn document_body_limit(schemas: &Value, operation: &mut Value) {
    let file = &operation["requestBody"]["content"]["application/octet-stream"]["schema"];
    if let Some(limit) = file["maxLength"].as_u64() {
        operation["requestBody"]["x-max-bytes"] = json!(limit);
    }
    if let Some(body) = body_of(schemas, operation) {
        let limit = most_bytes(&body) + AROUND;
        let limit = limit.next_multiple_of(1024).max(BODY_LIMIT);
        operation["requestBody"]["x-max-bytes"] = json!(limit);
    }
}

fn body_of(schemas: &Value, operation: &Value) -> Option<Value> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    schema.is_object().then(|| resolved(schema, schemas))
}

/// The schema with those that it refers to inside; no body refers to itself.
fn resolved(schema: &Value, schemas: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str);
            let target = name.and_then(|name| name.strip_prefix(SCHEMAS));
            if let Some(target) = target {
                return resolved(&schemas[target], schemas);
            }
            // Of an object that may be null, the object.
            let options = members.get("anyOf").and_then(Value::as_array);
            let option = options.and_then(|all| all.iter().find(|one| one["type"] != "null"));
            if let Some(option) = option {
                return resolved(option, schemas);
            }
            let inside = |(name, value): (&String, &Value)| {
                let value = match name.as_str() {
                    "examples" => value.clone(),
                    _ => resolved(value, schemas),
                };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(inside).collect())
        }
        Value::Array(items) => items.iter().map(|item| resolved(item, schemas)).collect(),
        _ => schema.clone(),
    }
}

/// What each operation takes.
#[derive(Clone, Debug)]
pub struct ShapesOfRoutes(ByOperation<Arc<Shape>>);

impl ShapesOfRoutes {
    /// Reads the operations off the document.
    pub fn of(document: &Value) -> Self {
        let schemas = &document["components"]["schemas"];
        Self(ByOperation::of(document, |operation| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let queries = parameters
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| {
                    let name = parameter["name"].as_str()?.to_owned();
                    Some((name, resolved(&parameter["schema"], schemas)))
                })
                .collect();
            let limit = operation["requestBody"]["x-max-bytes"].as_u64();
            Arc::new(Shape {
                queries,
                body: body_of(schemas, operation).unwrap_or_default(),
                body_limit: limit.and_then(|limit| usize::try_from(limit).ok()),
                deed: deed(operation["summary"].as_str().unwrap_or_default()),
                body_may_be_left_out: operation["requestBody"]["required"] != true,
            })
        }))
    }
}

/// Refuses query parameters that the document does not know, and puts on the request what its
/// operation takes.
pub async fn judge_queries(
    State(ShapesOfRoutes(all)): State<ShapesOfRoutes>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(shape) = all.of_request(&request) {
        let query = request.uri().query().filter(|query| !query.is_empty());
        let unknown = query.map(|query| shape.unknown_queries(query));
        if let Some(errors) = unknown.filter(|errors| !errors.is_empty()) {
            return Problem::BadQuery(errors).into_response();
        }
        request.extensions_mut().insert(shape.clone());
    }
    next.run(request).await
}
