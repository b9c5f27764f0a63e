//! The format of instants in answers. The harness checks each answer of the whole suite.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::harness::TestApp;

static INSTANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$").unwrap()
});
static IN_MILLISECONDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").unwrap());

/// The properties with text of people, which may look like an instant.
const WORDS: [&str; 7] = ["title", "body", "name", "notes", "detail", "place", "note"];

/// Fails if an instant in a JSON answer does not have three digits after the second.
pub fn check(path: &str, text: &str) {
    if let Ok(answer) = serde_json::from_str::<Value>(text) {
        let wrong = find_others(&answer);
        assert!(
            wrong.is_empty(),
            "{path} answers with instants without milliseconds: {wrong:?}. Add \
             #[serde(serialize_with = \"in_milliseconds\")] to the field, see base/src/platform/time/timestamps.rs"
        );
    }
}

/// The instants that are not in milliseconds, each as `name value`.
fn find_others(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.iter().flat_map(of_member).collect(),
        Value::Array(items) => items.iter().flat_map(find_others).collect(),
        _ => Vec::new(),
    }
}

fn of_member((name, value): (&String, &Value)) -> Vec<String> {
    let is_other = |text: &&str| INSTANT.is_match(text) && !IN_MILLISECONDS.is_match(text);
    match value.as_str().filter(is_other) {
        Some(text) if !WORDS.contains(&name.as_str()) => vec![format!("{name} {text}")],
        _ => find_others(value),
    }
}

#[test]
fn an_instant_that_is_not_in_milliseconds_is_found() {
    let answer = json!({
        "created_at": "2026-12-01T08:00:00.000Z",
        "title": "2026-12-01T08:00:00Z",
        "due_local": "2026-12-01T08:00",
        "data": [
            { "a": "2026-12-01T08:00:00Z" },
            { "b": { "c": "2026-12-01T08:00:00.123456Z" } },
            { "d": "2026-12-01T08:00:00.123+00:00", "e": null },
        ],
    });
    assert_eq!(
        find_others(&answer),
        [
            "a 2026-12-01T08:00:00Z",
            "c 2026-12-01T08:00:00.123456Z",
            "d 2026-12-01T08:00:00.123+00:00",
        ]
    );
}

#[test]
fn the_examples_of_answers_are_in_milliseconds() {
    let document = kith::api::operations();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let is_asked = |(name, _): &(&String, &Value)| !requests(&document).contains(name);
    for (name, schema) in schemas.iter().filter(is_asked) {
        for example in schema["examples"].as_array().into_iter().flatten() {
            assert_eq!(
                find_others(example),
                [""; 0],
                "write the instants of the example of {name} like 2026-12-01T08:00:00.000Z"
            );
        }
    }
}

/// The names of the schemas of request bodies.
fn requests(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let bodies = operations.filter_map(|operation| operation["requestBody"]["content"].as_object());
    let names = bodies.flat_map(Map::values).filter_map(|content| {
        let reference = content["schema"]["$ref"].as_str()?;
        reference.rsplit('/').next().map(str::to_owned)
    });
    names.collect()
}

#[tokio::test]
async fn a_client_reads_back_the_instants_that_it_sent() {
    let app = TestApp::start().await;
    app.advance(TimeDelta::microseconds(7_654_321));
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Call" })).await;
    assert_eq!(task["created_at"], "2026-12-01T08:00:07.654Z");

    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    app.advance(TimeDelta::seconds(5));
    let done = json!({ "occurred_at": "2026-12-01T08:00:09.123456Z" });
    let done = ana.post(&format!("{path}/complete"), done).await.is(200);
    assert_eq!(done["completed_at"], "2026-12-01T08:00:09.123Z");

    let until = json!({ "health": "read", "expires_at": "2026-12-02T08:00:00.123999+00:00" });
    let topics = format!("/members/{}/topics", ben.member_id);
    let member = ana.patch(&topics, until).await.is(200);
    let told = &member["topic_expiries"]["health"];
    assert_eq!(told, "2026-12-02T08:00:00.123Z");
    let again = json!({ "health": "read", "expires_at": told });
    let member_again = ana.patch(&topics, again).await.is(200);
    assert_eq!(&member_again["topic_expiries"]["health"], told);

    let since = format!("/tasks?from={}", task["created_at"].as_str().unwrap());
    ana.get(&since).await.is(200);
}
