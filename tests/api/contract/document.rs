//! The OpenAPI document is complete and correct, for people who read it and for programs that
//! generate clients from it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use regex::Regex;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::matrix::{fill, fresh, row, table};
use crate::harness::{Reply, TestApp};
use crate::structure::{rust_files, source_folders};

pub(super) fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &'_ Value)| -> Vec<(String, String)> {
        let methods = item.as_object().unwrap().keys();
        methods
            .map(|method| (path.clone(), method.clone()))
            .collect()
    };
    paths
        .iter()
        .flat_map(of_path)
        .map(|(path, method)| {
            let operation = &document["paths"][&path][&method];
            (path, method, operation)
        })
        .collect()
}

/// Calls `visit` with every object in the document and the path to it.
pub(super) fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(path, members);
            for (name, value) in members {
                if name != "examples" && name != "example" {
                    walk(value, &format!("{path}/{name}"), visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// What to do if the document does not say enough about an operation.
const OF_THE_OPERATION: &str = "Where the operation's handler is, in src/features/<area> (or \
src/auth/signing, src/notify/notifications, src/privacy, src/sync): its doc comment is the document's text, `responses(…)` \
in its `#[utoipa::path]` are its answers. What all operations of a kind answer is added by \
base/src/http/openapi/operations.rs";

#[test]
fn every_operation_is_fully_documented() {
    let document = kith::api::operations();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<_> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} twice: rename one of the handlers");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(
            !summary.ends_with('.') && summary.contains(' '),
            "{id}: {summary:?} is no summary. The first line of the handler's doc comment is the \
             summary; its full stop is taken off. {OF_THE_OPERATION}"
        );
        let description = operation["description"].as_str().unwrap_or_default();
        assert!(
            description.len() > 8,
            "{id} is not described: add a second paragraph to the handler's doc comment. \
             {OF_THE_OPERATION}"
        );
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(
            tags.contains(tag),
            "{id}: src/api.rs: add a line for the tag {tag:?} to `tags(…)`"
        );
        let responses = operation["responses"].as_object().unwrap();
        let retry_after = &responses["429"]["headers"]["Retry-After"];
        assert!(
            retry_after.is_object(),
            "{id}: base/src/http/openapi/operations.rs: 429 has no Retry-After"
        );
        for (status, response) in responses {
            let expected = status.starts_with('2') || status == "429";
            for name in ["RateLimit", "RateLimit-Policy"] {
                let documented = response["headers"][name].is_object();
                assert_eq!(
                    documented, expected,
                    "{id} {status}: {name}: see `add_rate_limits` in \
                     base/src/http/openapi/operations.rs"
                );
            }
            let description = response["description"].as_str().unwrap_or_default();
            assert!(
                !description.is_empty(),
                "{id}: {status} has no description. {OF_THE_OPERATION}"
            );
            if status.starts_with('4') || status.starts_with('5') || status == "default" {
                let problem = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(
                    problem["$ref"], "#/components/schemas/Problem",
                    "{id} {status} is no problem. {OF_THE_OPERATION}"
                );
            }
        }
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{id} never succeeds. {OF_THE_OPERATION}"
        );
        assert!(
            responses.contains_key("400") && responses.contains_key("503"),
            "{id}: see `add_problems` in base/src/http/openapi/operations.rs"
        );
        let open = operation["security"] == json!([{}]);
        assert!(
            responses.contains_key("401") || open,
            "{id} ({method} {path}) answers no 401 and is not open. {OF_THE_OPERATION}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let description = parameter["description"].as_str().unwrap_or_default();
            assert!(
                !description.is_empty(),
                "{id}: add a doc comment to the field {} of the parameters",
                parameter["name"]
            );
            assert!(
                parameter["schema"]["type"].is_string() || parameter["schema"]["type"].is_array(),
                "{id}: {parameter} has no type: its schema is a reference. Say \
                 `#[param(inline)]` on the field"
            );
        }
    }
    let default = &document["security"][0]["bearer"];
    assert!(default.is_array() && document["components"]["securitySchemes"]["bearer"].is_object());
}

#[test]
fn every_body_has_an_example() {
    let document = kith::api::operations();
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let responses = operation["responses"].as_object().unwrap().values();
        for body in responses.chain([&operation["requestBody"]]) {
            for content in body["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::values)
            {
                let Some(name) = content["schema"]["$ref"].as_str() else {
                    continue;
                };
                let name = name.rsplit('/').next().unwrap();
                let schema = &document["components"]["schemas"][name];
                let is_page = schema["properties"]["data"].is_object();
                let has = schema["examples"].is_array() || is_page;
                assert!(
                    has,
                    "{id}: {name} has no example: add `#[schema(examples(json!(…)))]` to the type, \
                     in the feature's types.rs"
                );
            }
        }
    }
}

#[test]
fn examples_fit_their_schemas() {
    let document = kith::api::operations();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let properties = schema["properties"].as_object();
        for example in schema["examples"].as_array().into_iter().flatten() {
            for (member, value) in example.as_object().unwrap() {
                let property = properties.and_then(|all| all.get(member));
                let property = property.unwrap_or_else(|| {
                    panic!("{name}: the type has no field {member}: remove it from the example")
                });
                let nullable = property.to_string().contains("\"null\"");
                assert!(
                    !value.is_null() || nullable,
                    "{name}: {member} is never null: give it a value in the example of the type"
                );
            }
            for required in schema["required"].as_array().into_iter().flatten() {
                let required = required.as_str().unwrap();
                let optional = name == "Problem";
                let there = example.get(required).is_some();
                assert!(
                    there || optional,
                    "{name}: add {required} to the example of the type"
                );
            }
        }
    }
}

/// The generator silently keeps only the last of two types with the same name.
#[test]
fn no_two_types_share_a_name() {
    let derived = Regex::new(
        r"(?s)derive\([^)]*ToSchema[^)]*\)\]\s*(?:#\[(?:[^\[\]]|\[[^\]]*\])*\]\s*)*pub (?:struct|enum) (\w+)",
    )
    .unwrap();
    let paged = Regex::new(r"page_of!\((\w+)").unwrap();
    let patched = Regex::new(r"(?s)merge_patch! \{.*?pub struct (\w+)").unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in source_folders().iter().flat_map(|root| rust_files(root)) {
        let text = std::fs::read_to_string(&path).unwrap();
        for pattern in [&derived, &paged, &patched] {
            for name in pattern.captures_iter(&text) {
                let file = path.display().to_string();
                found.entry(name[1].to_owned()).or_default().push(file);
            }
        }
    }
    assert!(found.len() > 30, "the pattern finds the types: {found:?}");
    for (name, files) in found {
        assert_eq!(
            files.len(),
            1,
            "{name} is the name of two types, but the document keeps only the last: rename a type in \
             {files:?}"
        );
    }
}

#[tokio::test]
async fn every_documented_operation_is_registered() {
    let app = TestApp::start().await;
    let document = kith::api::operations();
    let ids = Regex::new(r"\{\w+\}").unwrap();
    for (path, method, _) in operations(&document) {
        let path = ids.replace_all(&path, Uuid::nil().to_string()).into_owned();
        let method: Method = method.to_uppercase().parse().unwrap();
        let reply = app.send(app.anybody().request(&method, &path, None)).await;
        assert!(
            ![404, 405].contains(&reply.status.as_u16())
                || path.contains("registrations")
                || path.contains("pictures"),
            "{method} {path} is documented but does not exist: register its handler in \
             `operations!` in src/api.rs. It answered {}",
            reply.text
        );
    }
}

/// Checks that the status of the answer is documented, and that its headers are the documented
/// headers.
fn check_headers(operation: &Value, reply: &Reply) {
    let what = format!("{} {}", operation["operationId"], reply.status);
    let response = &operation["responses"][reply.status.as_str()];
    assert!(
        response.is_object(),
        "{what} is not documented: add the status to `responses(…)` in the `#[utoipa::path]` of the \
         handler"
    );
    for name in ["ETag", "Location"] {
        let sent = reply.headers.contains_key(name);
        let documented = response["headers"][name].is_object();
        assert_eq!(
            sent, documented,
            "{what}: {name} must be sent (left) if it is documented (right), and only then. Write \
             `headers((\"{name}\" = String, …))` at that status in the handler's `#[utoipa::path]`, or \
             answer it (base/src/http/response.rs)"
        );
    }
}

/// Some creates with an id that the client chose.
fn creates() -> [(&'static str, &'static str, Value); 4] {
    let own_id = Uuid::now_v7();
    let guest = "guest@test.example";
    [
        (
            "create_circle",
            "/v1/circles",
            json!({ "id": own_id, "patient_name": "Rosa" }),
        ),
        (
            "create_task_list",
            "/task-lists",
            json!({ "id": own_id, "title": "a" }),
        ),
        (
            "create_task",
            "/tasks",
            json!({ "id": own_id, "title": "a" }),
        ),
        (
            "create_invitation",
            "/invitations",
            json!({ "id": own_id, "email": guest, "access": "viewer" }),
        ),
    ]
}

#[tokio::test]
async fn the_sent_headers_are_the_documented_headers() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "viewer"]).await;
    let document = kith::api::operations();
    let mut reached = BTreeSet::new();
    let mut check = |operation: &Value, reply: &Reply| {
        check_headers(operation, reply);
        reached.insert(operation["operationId"].as_str().unwrap().to_owned());
    };
    let bodies = table();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        // These would end the caller, or what the others need.
        if name == "sign_out" || name.starts_with("schedule_") {
            continue;
        }
        let mut ids = fresh(&ana, "ours").await;
        ids.member.clone_from(&ben.member_id);
        let path = fill(&path, &ids);
        let method: Method = method.to_uppercase().parse().unwrap();
        let (_, _, body) = row(name, &bodies);
        let body = (!body.is_null()).then(|| body.clone());
        let reply = app.send(ana.request(&method, &path, body.as_ref())).await;
        if name == "archive_circle" {
            ana.act("/unarchive").await.is(200);
        }
        if !reply.status.is_success() {
            continue;
        }
        check(operation, &reply);
        if method == Method::GET {
            let tag = ("if-none-match", reply.header("etag"));
            let again = ana.with(tag, &method, &path, None).await;
            let unchanged = operation["responses"]["304"].is_object();
            assert_eq!(
                again.status == 304,
                unchanged,
                "{name}: a known ETag must answer 304 (left) if the document says so (right), and only then \
                 (`has_etag` in base/src/http/openapi/operations.rs)"
            );
            check(operation, &again);
        }
    }

    let by_name = |name: &str| {
        let mut all = operations(&document).into_iter();
        let found = all.find(|(.., operation)| operation["operationId"] == name);
        found.unwrap().2
    };
    for (name, path, body) in creates() {
        for status in [201, 200] {
            let reply = ana.post(path, body.clone()).await;
            assert_eq!(reply.status, status, "{name}: {}", reply.text);
            check(by_name(name), &reply);
        }
    }
    app.mails().await;
    check(
        by_name("leave_circle"),
        &cem.post("/leave", json!({})).await,
    );
    let invitation = json!({ "email": cem.email, "access": "viewer" });
    ana.post("/invitations", invitation).await.is(201);
    let token = json!({ "token": app.mail().await.token() });
    let accepted = cem.post("/v1/invitations/accept", token).await;
    check(by_name("accept_invitation"), &accepted);
    let invitation = json!({ "email": "no@test.example", "access": "viewer" });
    ana.post("/invitations", invitation).await.is(201);
    let token = json!({ "token": app.mail().await.token() });
    let declined = cem.post("/v1/invitations/decline", token).await;
    check(by_name("decline_invitation"), &declined);
    for (name, by, path) in [
        ("schedule_circle_deletion", &ana, "/deletion"),
        ("schedule_account_deletion", &cem, "/v1/me/deletion"),
    ] {
        let scheduled = by.put(path).await;
        assert_eq!(scheduled.status, 200, "{path}: {}", scheduled.text);
        check(by_name(name), &scheduled);
    }
    app.mails().await;
    let missed: Vec<_> = operations(&document)
        .into_iter()
        .map(|(.., operation)| operation["operationId"].as_str().unwrap().to_owned())
        .filter(|name| !reached.contains(name))
        .collect();
    println!("not reached: {missed:?}");
    assert!(reached.len() > 30, "{reached:?}");
}
