//! What all operations of a kind have in common: their headers, and how they can fail. It is
//! read from the schemas of their bodies, so that no operation lists it.

use serde_json::{Map, Value, json};

use super::SCHEMAS;
use super::facts::{Fact, Facts, is_public};
use super::refusals::{GONE, NOT_ALLOWED, NOT_SIGNED_IN};

const ETAG: &str = "\"3-1.2221.9f3ac1-17.4-5fa3c1d2.0b2e\"";

const WWW_AUTHENTICATE: &str = "`Bearer` alone if the request has no token. With \
    `error=\"invalid_token\"` the token is not accepted, and `code` of the problem says why: \
    `token_expired` (refresh it) or `invalid_token` (sign in again). Not there if a password or \
    code in the body is wrong.";
const ENTITY_TAG: &str = "The entity tag of this answer. Send it in If-Match or If-None-Match.";
const RETRY_AFTER: &str = "How many seconds to wait before you send the request again. A 409 has \
    it only while an equal request is in progress.";

/// The schemas by which kinds of operations are told apart.
pub struct Operations {
    schemas: Map<String, Value>,
}

impl Operations {
    pub fn of(document: &Value) -> Self {
        let schemas = document["components"]["schemas"].as_object();
        Self {
            schemas: schemas.cloned().unwrap_or_default(),
        }
    }

    /// Adds what every operation of its kind understands and answers.
    pub fn complete(&self, path: &str, method: &str, operation: &mut Value) {
        let facts = Facts::take(operation);
        let changes_a_version =
            facts.have(Fact::ChangesAVersion) || self.changes_a_version(path, method, operation);
        self.add_successes(method, operation);
        if facts.have(Fact::BodyOptional) {
            operation["requestBody"]["required"] = json!(false);
        }
        let headers = Headers {
            idempotency_key: method != "get"
                && !is_public(operation)
                && !facts.have(Fact::AnswerNotKept),
            if_match: changes_a_version,
        };
        headers.add(method, operation);
        add_problems(path, method, operation);
        add_rate_limits(operation);
        if headers.idempotency_key {
            add_replayed(operation);
        }
    }

    /// Whether a request or response body has all of these members.
    fn has_members(&self, body: &Value, names: &[&str]) -> bool {
        let properties = self.properties(body);
        properties.is_some_and(|all| names.iter().all(|name| all[name].is_object()))
    }

    fn properties(&self, body: &Value) -> Option<&Value> {
        let reference = body["content"]["application/json"]["schema"]["$ref"].as_str()?;
        let schema = self.schemas.get(reference.strip_prefix(SCHEMAS)?)?;
        Some(&schema["properties"])
    }

    /// Whether the response is a resource with a version.
    fn is_resource(&self, response: &Value) -> bool {
        let properties = self.properties(response);
        properties.is_some_and(|all| all["version"]["type"] == "integer")
    }

    /// Whether the operation changes something that has versions, so that a request can name the
    /// version it is meant for. A verb of a thing in a circle always does, and so does deleting it.
    fn changes_a_version(&self, path: &str, method: &str, operation: &Value) -> bool {
        if is_public(operation) {
            return false;
        }
        let responses = &operation["responses"];
        let answers_it = self.is_resource(&responses["200"]);
        match method {
            "delete" => path.contains("{circle_id}"),
            "patch" | "put" => answers_it,
            "post" => match path.matches("_id}").count() {
                0 => false,
                1 => answers_it && responses["201"].is_null(),
                _ => true,
            },
            _ => false,
        }
    }

    /// Resources and pages have entity tags, and so do other answers that declare the header.
    fn has_etag(&self, response: &Value) -> bool {
        self.is_resource(response)
            || self.has_members(response, &["data", "next_cursor"])
            || response["headers"]["ETag"].is_object()
    }

    fn add_successes(&self, method: &str, operation: &mut Value) {
        let repeatable = self.has_members(&operation["requestBody"], &["id"]);
        let Some(responses) = operation["responses"].as_object_mut() else {
            return;
        };
        if let Some(created) = responses.get("201").filter(|_| repeatable) {
            let mut again = created.clone();
            again["description"] = json!("It exists already: an equal request created it");
            responses.entry("200").or_insert(again);
        }
        if method == "get" && responses.get("200").is_some_and(|ok| self.has_etag(ok)) {
            let unchanged = json!({
                "description": "The answer has not changed since the one whose ETag you sent in If-None-Match",
                "headers": { "ETag": header(ENTITY_TAG) },
            });
            responses.insert("304".into(), unchanged);
        }
        for (status, response) in responses {
            if matches!(status.as_str(), "200" | "201") && self.has_etag(response) {
                response["headers"]["ETag"] = header(ENTITY_TAG);
            }
            if status == "201" && self.is_resource(response) {
                response["headers"]["Location"] = header("The address of the new resource.");
            }
        }
    }
}

fn add_rate_limits(operation: &mut Value) {
    let responses = operation["responses"].as_object_mut();
    for (status, response) in responses.into_iter().flatten() {
        if !status.starts_with('2') && status != "429" {
            continue;
        }
        for name in ["RateLimit", "RateLimit-Policy"] {
            let shared = format!("#/components/headers/{name}");
            response["headers"][name] = json!({ "$ref": shared });
        }
    }
}

/// Any answer that succeeds is stored for a request with an `Idempotency-Key`.
fn add_replayed(operation: &mut Value) {
    let responses = operation["responses"].as_object_mut();
    for (status, response) in responses.into_iter().flatten() {
        if status.starts_with('2') {
            response["headers"]["Idempotency-Replayed"] =
                json!({ "$ref": "#/components/headers/Idempotency-Replayed" });
        }
    }
}

fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

/// The headers that an operation understands, beside those that all do.
struct Headers {
    idempotency_key: bool,
    if_match: bool,
}

impl Headers {
    fn add(&self, method: &str, operation: &mut Value) {
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
        if self.idempotency_key {
            header(
                "Idempotency-Key",
                "Makes repeating this request harmless for 24 hours: an equal request with this key gets the same answer, but no secret that is shown once. Where that answer showed a person or a circle that is erased now, or a message that is deleted, it is 409 `replay_unavailable`.",
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
            );
        }
        if self.if_match {
            header(
                "If-Match",
                "The ETag of the version that you want to change, or its `version` in quotes, like \"3\". If there is a newer version, the answer is 412.",
                ETAG,
            );
        }
        if operation["responses"]["304"].is_object() {
            header(
                "If-None-Match",
                "The ETag of an answer that you have. If it has not changed, the answer is 304 without a body.",
                ETAG,
            );
        }
        if method == "patch" {
            parameters.push(json!({
                "name": "clear",
                "in": "query",
                "required": false,
                "description": "Names of fields of the body to clear, for clients that cannot send null. Only a field that can be null can be cleared.",
                "explode": false,
                "schema": { "type": "array", "items": { "type": "string" } },
            }));
        }
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
    }
}

fn add_problems(path: &str, method: &str, operation: &mut Value) {
    let is_public = is_public(operation);
    let has_body = !operation["requestBody"].is_null();
    let in_circle = path.contains("{circle_id}");
    let writes = method != "get";

    let mut problems = vec![("400", "The request cannot be read")];
    if !is_public {
        problems.push(NOT_SIGNED_IN);
    }
    if in_circle || !is_public {
        problems.push(NOT_ALLOWED);
    }
    if path.contains('{') {
        problems.push(("404", "It does not exist, or you cannot see it"));
    }
    if writes {
        problems.push(("409", "Its present state does not allow it"));
        if is_public {
            problems.push(GONE);
        } else {
            problems.push(("412", "It has changed since the version in If-Match"));
        }
    }
    if has_body {
        problems.push(("413", "The body is too large"));
        problems.push(("415", "This operation does not take this media type"));
    }
    if writes {
        problems.push(("422", "Some fields are not valid: `errors` names each"));
    }
    problems.push(("429", "Too many requests: send it again after Retry-After"));
    problems.push(("503", "The server is busy: send it again after Retry-After"));

    let content = operation["responses"]["default"]["content"].clone();
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, description) in problems {
        // What the operation says by itself stands.
        let said = responses.entry(status);
        said.or_insert_with(|| json!({ "description": description }));
    }
    for (status, response) in responses {
        if !status.starts_with(['4', '5']) {
            continue;
        }
        response["content"] = content.clone();
        if status == "401" && !is_public {
            response["headers"]["WWW-Authenticate"] = header(WWW_AUTHENTICATE);
        }
        if matches!(status.as_str(), "429" | "503") {
            response["headers"]["Retry-After"] = header(RETRY_AFTER);
        }
        if status == "409" && writes && !is_public {
            response["headers"]["Retry-After"] = header(RETRY_AFTER);
        }
    }
}
