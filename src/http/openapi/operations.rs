//! What the operations of a kind have in common: headers, and the ways they
//! fail. Read off the schemas of their bodies, so that nobody lists it.

use serde_json::{Map, Value, json};

use super::SCHEMAS;

const ETAG: &str = "\"3-1.2221.9f3ac1-17.4-5fa3c1d2.0b2e\"";

/// The schemas that tell operations apart.
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
        self.add_successes(method, operation);
        if works_without_a_body(path) {
            operation["requestBody"]["required"] = json!(false);
        }
        add_parameters(path, method, operation);
        add_problems(path, method, operation);
        add_rate_limits(operation);
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

    /// Whether it is something whose versions are numbered.
    fn is_resource(&self, response: &Value) -> bool {
        let properties = self.properties(response);
        properties.is_some_and(|all| all["version"]["type"] == "integer")
    }

    /// Resources and pages have entity tags, and views that say so; reports of
    /// what was done have not.
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
            again["description"] = json!("It was there already: made by an equal request");
            responses.entry("200").or_insert(again);
        }
        if method == "get" && responses.get("200").is_some_and(|ok| self.has_etag(ok)) {
            let unchanged = json!({
                "description": "Still as it was with the ETag in If-None-Match",
                "headers": { "ETag": header("The version of that answer.") },
            });
            responses.insert("304".into(), unchanged);
        }
        for (status, response) in responses {
            if matches!(status.as_str(), "200" | "201") && self.has_etag(response) {
                response["headers"]["ETag"] = header("The version of this answer.");
            }
            if status == "201" && self.is_resource(response) {
                response["headers"]["Location"] = header("Where the new resource is.");
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

/// Whether it needs nobody signed in: what names no scheme says so.
pub fn is_open(operation: &Value) -> bool {
    let ways = operation["security"].as_array();
    ways.is_some_and(|ways| ways.iter().any(|way| way == &json!({})))
}

/// Whether it slows down who tries it too often: where secrets are guessed, mails
/// are sent to addresses that nobody has proven, or all of somebody is read.
fn counts_tries(path: &str, method: &str) -> bool {
    let guessed = [
        "/registrations",
        "/password-resets",
        "/password",
        "/v1/sessions",
    ];
    method == "post"
        && (guessed.iter().any(|end| path.ends_with(end))
            || path.contains("/registrations/")
            || path.ends_with("/password-resets/confirm")
            || path.contains("/sign-in-codes")
            || path.ends_with("{passkey_challenge_id}/confirm")
            || path.contains("/email-changes/")
            || path.ends_with("/me/email")
            || path.contains("/totp/")
            || path.ends_with("/recovery-codes")
            || path.ends_with("/second-factor")
            || path.ends_with("/reauthenticate")
            || path.contains("/me/export")
            || path.ends_with("/invitations/register"))
}

/// Whether a repeated request gets the same answer: not where it holds a secret, all
/// of somebody's data, or would say of a proof or a session that it is still there.
pub fn takes_a_key(path: &str) -> bool {
    const WITHOUT: [&str; 8] = [
        "/me/export",
        "/me/export/calendar",
        "/me/totp",
        "/me/totp/confirm",
        "/me/recovery-codes",
        "/sessions/reauthenticate",
        "/sessions/sign-out",
        "/sessions/passkey-challenges",
    ];
    !WITHOUT.iter().any(|end| path.ends_with(end))
}

/// Whether it does what it is for without a body, too.
fn works_without_a_body(path: &str) -> bool {
    const WITHOUT: [&str; 5] = [
        "/members/{member_id}/suspend",
        "/members/{member_id}/remove",
        "/{circle_id}/leave",
        "/me/passkeys/{passkey_id}/remove",
        "/me/password/remove",
    ];
    WITHOUT.iter().any(|end| path.ends_with(end))
}

fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn add_parameters(path: &str, method: &str, operation: &mut Value) {
    let signed_in = !is_open(operation);
    let without_version = path.contains("/me/passkeys/") || path.contains("/me/sessions/");
    let about_one = (path.ends_with("_id}") || path == "/v1/me") && !without_version;
    let of_a_circle = path.ends_with("{circle_id}/delete") || path.ends_with("{circle_id}/keep");
    let verb = method == "post" && (path.matches("_id}").count() > 1 || of_a_circle);
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
    if method == "post" && signed_in && takes_a_key(path) {
        header(
            "Idempotency-Key",
            "Makes repeating this request harmless for 24 hours: an equal request with this key gets the same answer, but no secret that is shown once.",
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
        );
    }
    if signed_in && (verb || (about_one && matches!(method, "patch" | "put" | "delete"))) {
        header(
            "If-Match",
            "The ETag of the version the change is meant for, or that version in quotes, like \"3\"; 412 if there is a newer one.",
            ETAG,
        );
    }
    if operation["responses"]["304"].is_object() {
        header(
            "If-None-Match",
            "The ETag of an answer one has; 304 if it is still good.",
            ETAG,
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

fn add_problems(path: &str, method: &str, operation: &mut Value) {
    let is_open = is_open(operation);
    let has_body = !operation["requestBody"].is_null();
    let in_circle = path.contains("{circle_id}");
    let writes = method != "get";

    let mut problems = vec![("400", "Malformed")];
    if !is_open
        || path.ends_with("/sessions")
        || path.ends_with("/refresh")
        || path.ends_with("/second-factor")
        || path.ends_with("{registration_id}/confirm")
        || path.ends_with("{sign_in_code_id}/confirm")
        || path.ends_with("{passkey_challenge_id}/confirm")
    {
        problems.push(("401", "Not signed in, or not the right credentials"));
    }
    if in_circle || !is_open || path.ends_with("/registrations") {
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
    problems.push(if counts_tries(path, method) {
        ("429", "Tried too often; try again after Retry-After")
    } else {
        ("429", "Asked too often; try again after Retry-After")
    });
    problems.push(("503", "Busy; try again after Retry-After"));

    let problem = operation["responses"]["default"].clone();
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, description) in problems {
            let mut response = problem.clone();
            response["description"] = json!(description);
            if matches!(status, "429" | "503") {
                response["headers"]["Retry-After"] = header("Seconds to wait.");
            }
            if status == "409" && method == "post" && !is_open {
                response["headers"]["Retry-After"] =
                    header("Seconds to wait, while an equal request is in progress.");
            }
            responses.entry(status).or_insert(response);
        }
    }
}
