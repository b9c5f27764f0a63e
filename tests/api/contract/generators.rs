//! What generators of clients stumble over, though it is correct: each was tried with the clients of
//! examples/clients.

use axum::http::Method;
use serde_json::{Value, json};

use super::document::operations;
use super::matrix::{fill, fresh};
use crate::harness::TestApp;

/// openapi-python-client sends the last of several kinds, and takes `A | A` as the type of the body.
#[tokio::test]
async fn a_patch_names_one_media_type_and_takes_the_one_of_merge_patches_too() {
    let document = kith::api::document();
    for (_, _, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let content = operation["requestBody"]["content"].as_object();
        let kinds: Vec<_> = content
            .into_iter()
            .flatten()
            .map(|(kind, _)| kind)
            .collect();
        assert!(
            kinds.is_empty()
                || kinds == ["application/json"]
                || kinds == ["application/octet-stream"],
            "{id}: {kinds:?}: a generator makes one client of several media types badly"
        );
    }
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana
        .post("/tasks", json!({ "title": "a", "notes": "b" }))
        .await;
    let path = format!("/tasks/{}", task.is(201)["id"].as_str().unwrap());
    let merge_patch = ("content-type", "application/merge-patch+json");
    let changed = ana
        .with(
            merge_patch,
            &Method::PATCH,
            &path,
            Some(json!({ "notes": null })),
        )
        .await;
    assert_eq!(changed.is(200)["notes"], Value::Null);
}

/// openapi-typescript makes a property with a default required, and dart-dio sends the default.
#[test]
fn no_property_of_a_body_has_a_default() {
    let document = kith::api::document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(
                schema["default"].is_null(),
                "{name}: {property}: say the default in the description, not in `#[schema(default)]`"
            );
        }
    }
}

/// Clients in Kotlin and Swift name the content type of a body that they do not send.
#[tokio::test]
async fn an_empty_body_with_a_content_type_counts_as_none() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let document = kith::api::document();
    let mut tried = 0;
    for (path, method, operation) in operations(&document) {
        let body = &operation["requestBody"];
        if body.is_null() || body["required"] == true {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let mut ids = fresh(&ana, "ours").await;
        ids.member.clone_from(&ben.member_id);
        let path = fill(&path, &ids);
        let method: Method = method.to_uppercase().parse().unwrap();
        for (kind, is_json) in [("text/plain", false), ("application/json", true)] {
            let reply = ana.with(("content-type", kind), &method, &path, None).await;
            assert_eq!(reply.status == 415, !is_json, "{id}: {}", reply.text);
            assert!(
                ![400, 422].contains(&reply.status.as_u16()),
                "{id} must do without a body. It answered {}",
                reply.text
            );
        }
        // Other clients write `null` in its place.
        let kind = ("content-type", "application/json");
        let reply = ana.with(kind, &method, &path, Some(Value::Null)).await;
        let status = reply.status.as_u16();
        assert!(![400, 415, 422].contains(&status), "{id}: {}", reply.text);
        tried += 1;
    }
    assert!(tried >= 6, "{tried}");
}
