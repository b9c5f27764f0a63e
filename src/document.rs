//! The OpenAPI document as clients need it: the generator's output, put into
//! the shape that api.md asks for, and what follows from it at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::problem::Problem;

const SCHEMAS: &str = "#/components/schemas/";

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
        if name != "Problem" {
            require_all(schema);
        }
    }
    for_each_operation(&mut document, complete_operation);
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of a session.",
        }
    });
    document["security"] = json!([{ "bearer": [] }]);
    document
}

/// Takes out the schemas of single values: generators that make a class of
/// each id help nobody.
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

/// The names of the schemas that answers are made of.
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

/// Enums of answers grow: a closed one breaks clients that were built before.
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

/// Adds what every operation of its kind understands and answers.
fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    add_parameters(path, method, operation);
    add_answers(path, method, operation);
}

/// Whether it needs nobody signed in.
fn is_open(operation: &Value) -> bool {
    operation["security"].is_array()
}

/// Whether it is about one resource or a collection, and so has an entity tag.
fn has_etag(path: &str, operation: &Value) -> bool {
    !is_open(operation) && (path.contains("{circle_id}") || path == "/v1/me")
}

fn add_parameters(path: &str, method: &str, operation: &mut Value) {
    let signed_in = !is_open(operation);
    let about_one = path.ends_with("_id}") || path == "/v1/me";
    let verb = method == "post" && path.matches("_id}").count() > 1;
    let mut parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut header = |name: &str, description: &str, example: &str| {
        parameters.push(json!({
            "name": name,
            "in": "header",
            "required": false,
            "description": description,
            "schema": { "type": "string", "examples": [example] },
        }));
    };
    if method == "post" && signed_in {
        header(
            "Idempotency-Key",
            "Makes repeating this request harmless for 24 hours: an equal request with this key gets the same answer.",
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
        );
    }
    if signed_in && (verb || (about_one && matches!(method, "patch" | "put" | "delete"))) {
        header(
            "If-Match",
            "The ETag of the version the change is meant for; 412 if there is a newer one.",
            "\"3-1.2221.9f3ac1-17.4\"",
        );
    }
    if method == "get" && has_etag(path, operation) {
        header(
            "If-None-Match",
            "The ETag of an answer one has; 304 if it is still good.",
            "\"3-1.2221.9f3ac1-17.4\"",
        );
    }
    if method == "patch" {
        parameters.push(json!({
            "name": "clear",
            "in": "query",
            "required": false,
            "description": "Names of members to clear, for clients that cannot send null.",
            "explode": false,
            "schema": { "type": "array", "items": { "type": "string" } },
        }));
        let content = operation["requestBody"]["content"]["application/json"].clone();
        operation["requestBody"]["content"]["application/merge-patch+json"] = content;
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
}

fn add_answers(path: &str, method: &str, operation: &mut Value) {
    let is_open = is_open(operation);
    let has_body = !operation["requestBody"].is_null();
    let in_circle = path.contains("{circle_id}");
    let writes = method != "get";
    let is_resource = has_etag(path, operation);

    let mut problems = vec![("400", "Malformed")];
    if !is_open
        || path.ends_with("/sessions")
        || path.ends_with("/refresh")
        || path.ends_with("/confirm")
    {
        problems.push(("401", "Not signed in, or not the right credentials"));
    }
    if in_circle || path.ends_with("/registrations") {
        problems.push(("403", "Not allowed"));
    }
    if path.contains('{') {
        problems.push(("404", "Not there, or not for the caller"));
    }
    if writes {
        problems.push(("409", "Not possible in the state it is in"));
        if is_open || path.contains("/invitations/") {
            problems.push(("410", "The link or code is no longer good"));
        }
        if !is_open {
            problems.push(("412", "Changed since the version in If-Match"));
        }
    }
    if has_body {
        problems.push(("413", "Larger than 64 KiB"));
        problems.push(("415", "Not a media type this operation takes"));
    }
    if writes {
        problems.push(("422", "Some fields cannot be accepted"));
    }
    problems.push(("503", "Busy; try again after Retry-After"));

    let problem = operation["responses"]["default"].clone();
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, description) in problems {
            let mut response = problem.clone();
            response["description"] = json!(description);
            responses.entry(status).or_insert(response);
        }
        for (status, response) in responses {
            describe_headers(status, response, method, is_resource);
        }
    }
}

/// The headers of answers that clients act upon.
fn describe_headers(status: &str, response: &mut Value, method: &str, is_resource: bool) {
    let header =
        |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let mut headers = response["headers"].as_object().cloned().unwrap_or_default();
    if matches!(status, "200" | "201") && is_resource {
        headers.insert("ETag".into(), header("The version of this answer."));
    }
    if status == "201" && method == "post" {
        headers.insert(
            "Location".into(),
            header("Where the new resource is, if it has an address."),
        );
    }
    if status == "503" {
        headers.insert("Retry-After".into(), header("Seconds to wait."));
    }
    if !headers.is_empty() {
        response["headers"] = Value::Object(headers);
    }
}

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
