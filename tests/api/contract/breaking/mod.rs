//! Later versions of `/v1` do not break the clients of the first release. Its document is
//! `openapi/released/v1.json`; what changes may add to it and take nothing away.

mod compare;
mod sample;
mod schema;

use std::path::Path;

use serde_json::{Value, json};

use compare::breaks;
use sample::{change, document};

const RELEASED: &str = "openapi/released/v1.json";

const ON_PURPOSE: &str = "When to write that file, docs/development.md says under \"A released API\"; how: \
    cargo run -- openapi | jq --compact-output . > openapi/released/v1.json";

#[test]
fn the_api_does_not_break_the_clients_of_the_release() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RELEASED);
    let released = std::fs::read(path).unwrap_or_else(|error| {
        panic!("{RELEASED}: {error}. It is the document of the release. {ON_PURPOSE}")
    });
    let released: Value = serde_json::from_slice(&released).unwrap();
    let breaks = breaks(&released, &kith::api::document());
    assert!(
        breaks.is_empty(),
        "clients that were made for {RELEASED} break:\n- {}\nAdd instead of changing: a new \
         operation, an optional field. {ON_PURPOSE}",
        breaks.join("\n- ")
    );
}

const LIST: &str = "/paths/~1v1~1tasks/get";
const CREATE: &str = "/paths/~1v1~1tasks/post";
const REQUEST: &str = "/components/schemas/CreateTaskRequest";
const TASK: &str = "/components/schemas/Task";

/// What breaks after one change of the small document.
fn breaks_after(path: &str, value: Value) -> Vec<String> {
    let mut changed = document();
    change(&mut changed, path, value);
    assert_ne!(changed, document(), "{path}: nothing was changed");
    breaks(&document(), &changed)
}

#[track_caller]
fn refused(path: &str, value: Value, expected: &str) {
    let breaks = breaks_after(path, value);
    assert_eq!(breaks, [expected], "{path}");
}

#[track_caller]
fn allowed(path: &str, value: Value) {
    let breaks = breaks_after(path, value);
    assert!(breaks.is_empty(), "{path}: {breaks:?}");
}

#[test]
fn an_equal_document_breaks_nothing() {
    assert_eq!(breaks(&document(), &document()), [""; 0]);
}

#[test]
fn operations_are_not_taken_away_or_renamed() {
    let gone = "GET /v1/server: the operation is gone";
    refused("/paths/~1v1~1server", Value::Null, gone);
    refused("/paths/~1v1~1server/get", Value::Null, gone);
    let renamed = "GET /v1/tasks: its operationId was \"list_tasks\"";
    refused(&format!("{LIST}/operationId"), json!("tasks"), renamed);
    let security = "a way to sign in that was enough no longer is";
    let path = "/paths/~1v1~1server/get/security";
    refused(
        path,
        json!([{ "bearer": [] }]),
        &format!("GET /v1/server: {security}"),
    );
    let path = format!("{LIST}/security");
    refused(
        &path,
        json!([{ "bearer": [] }]),
        &format!("GET /v1/tasks: {security}"),
    );
}

#[test]
fn parameters_are_not_taken_away_or_required() {
    let limit = "GET /v1/tasks: query parameter limit";
    refused(
        &format!("{LIST}/parameters/0"),
        Value::Null,
        &format!("{limit}: it is gone"),
    );
    let required = "/components/parameters/Limit/required";
    refused(
        required,
        json!(true),
        &format!("{limit}: it is required now"),
    );
    let lower = "/components/parameters/Limit/schema/maximum";
    refused(lower, json!(100), &format!("{limit}: its maximum is lower"));
    let default = "/components/parameters/Limit/schema/default";
    refused(
        default,
        json!(20),
        &format!("{limit}: its default is another"),
    );
    let explode = format!("{LIST}/parameters/1/explode");
    let told = "GET /v1/tasks: query parameter state: its explode is another";
    refused(&explode, json!(false), told);
    let new = json!({ "name": "at", "in": "query", "required": true, "schema": {} });
    let told = "GET /v1/tasks: query parameter at: it is new and required";
    refused(&format!("{LIST}/parameters/-"), new, told);
}

#[test]
fn bodies_of_requests_ask_for_nothing_new() {
    let body = "POST /v1/tasks: body";
    let path = format!("{CREATE}/requestBody");
    refused(&path, Value::Null, &format!("{body}: it is gone"));
    refused(
        &format!("{path}/required"),
        json!(true),
        &format!("{body}: it is required now"),
    );
    let path = format!("{path}/x-max-bytes");
    refused(
        &path,
        json!(999),
        &format!("{body}: its x-max-bytes is lower"),
    );
    let path = format!("{CREATE}/requestBody/content/application~1json");
    refused(
        &path,
        Value::Null,
        &format!("{body}: application/json is gone"),
    );
    let place = "CreateTaskRequest in requests";
    let told = format!("{place}: effort: it is required now");
    refused(&format!("{REQUEST}/required/-"), json!("effort"), &told);
    let told = format!("{place}: notes: the property is gone");
    refused(&format!("{REQUEST}/properties/notes"), Value::Null, &told);
}

#[test]
fn what_was_accepted_stays_accepted() {
    for (property, value, what) in [
        (
            "title/maxLength",
            json!(119),
            "title: its maxLength is lower",
        ),
        (
            "title/minLength",
            json!(2),
            "title: its minLength is higher",
        ),
        (
            "title/pattern",
            json!("^b"),
            "title: its pattern was null, and is \"^b\"",
        ),
        (
            "title/format",
            json!("email"),
            "title: its format was null, and is \"email\"",
        ),
        (
            "title/enum",
            json!(["a"]),
            "title: only listed values are accepted now",
        ),
        (
            "notes/pattern",
            json!("^b"),
            "notes: its pattern was \"^a\", and is \"^b\"",
        ),
        (
            "notes/type",
            json!("string"),
            "notes: null is no longer accepted",
        ),
        ("notes/maxLength", json!(9), "notes: its maxLength is lower"),
        (
            "effort/type",
            json!("integer"),
            "effort: its type was {\"number\"}, and is {\"integer\"}",
        ),
        (
            "effort/multipleOf",
            json!(5),
            "effort: its multipleOf is another",
        ),
        ("effort/minimum", json!(-5), "effort: its minimum is higher"),
        ("labels/maxItems", json!(4), "labels: its maxItems is lower"),
        (
            "labels/uniqueItems",
            json!(true),
            "labels: its items must differ now",
        ),
        (
            "labels/items/maxLength",
            json!(9),
            "labels: items: its maxLength is lower",
        ),
        (
            "state",
            json!({ "$ref": "#/components/schemas/TaskState" }),
            "state: null is no longer accepted",
        ),
    ] {
        let path = format!("{REQUEST}/properties/{property}");
        refused(
            &path,
            value,
            &format!("CreateTaskRequest in requests: {what}"),
        );
    }
    let told = "TaskState in requests: \"completed\" is no longer accepted";
    refused("/components/schemas/TaskState/enum/1", Value::Null, told);
}

#[test]
fn answers_keep_what_clients_read() {
    let place = "Task in answers";
    for (path, value, what) in [
        (
            "properties/title",
            Value::Null,
            "title: the property is gone",
        ),
        (
            "properties/title/type",
            json!(["string", "null"]),
            "title: it can be null now",
        ),
        (
            "properties/title/type",
            json!("integer"),
            "title: its type was {\"string\"}, and is {\"integer\"}",
        ),
        (
            "properties/due_on/format",
            Value::Null,
            "due_on: its format was \"date\", and is null",
        ),
        ("required/1", Value::Null, "due_on: it can be missing now"),
        (
            "properties/level/enum/-",
            json!("none"),
            "level: \"none\" is new in a closed list",
        ),
        (
            "properties/level/enum",
            Value::Null,
            "level: it was one of a closed list, and can be anything now",
        ),
    ] {
        refused(
            &format!("{TASK}/{path}"),
            value,
            &format!("{place}: {what}"),
        );
    }
    let status = format!("{CREATE}/responses/201");
    refused(
        &status,
        Value::Null,
        "POST /v1/tasks: 201: the status is gone",
    );
    let header = format!("{LIST}/responses/200/headers/ETag");
    refused(
        &header,
        Value::Null,
        "GET /v1/tasks: 200: header ETag: it is gone",
    );
    let content = "/components/responses/NotFound/content/application~1problem+json";
    refused(
        content,
        Value::Null,
        "GET /v1/tasks: 404: application/problem+json is gone",
    );
    let code = "/components/schemas/Problem/properties/code";
    refused(
        code,
        Value::Null,
        "Problem in answers: code: the property is gone",
    );
}

#[test]
fn schemas_keep_their_names() {
    let mut renamed = document();
    let task = renamed
        .pointer("/components/schemas/Patient")
        .unwrap()
        .clone();
    change(&mut renamed, "/components/schemas/Patient", Value::Null);
    change(&mut renamed, "/components/schemas/Person", task);
    let person = json!({ "$ref": "#/components/schemas/Person" });
    change(
        &mut renamed,
        &format!("{TASK}/properties/patient/anyOf/0"),
        person,
    );
    assert_eq!(
        breaks(&document(), &renamed),
        [
            "Patient: the schema is gone or has another name",
            "Task in answers: patient: its schema was Patient, and is Person",
        ]
    );
    let inline = json!({ "type": "object" });
    let told = "Task in answers: patient: its schema was Patient, and is without a name";
    refused(&format!("{TASK}/properties/patient/anyOf/0"), inline, told);
}

#[test]
fn additions_are_allowed() {
    let operation = json!({ "get": { "operationId": "list_needs", "responses": {} } });
    allowed("/paths/~1v1~1needs", operation);
    let parameter = json!({ "name": "sort", "in": "query", "schema": { "type": "string" } });
    allowed(&format!("{LIST}/parameters/-"), parameter);
    allowed(&format!("{LIST}/deprecated"), json!(true));
    allowed("/security/-", json!({ "passkey": [] }));
    allowed(&format!("{LIST}/security"), json!([]));
    allowed(
        &format!("{CREATE}/responses/409"),
        json!({ "description": "Not now" }),
    );
    allowed(&format!("{LIST}/responses/404"), Value::Null);
    allowed("/components/schemas/Need", json!({ "type": "object" }));
    allowed("/components/schemas/TaskState/enum/-", json!("canceled"));
    allowed(
        "/components/schemas/TaskState/description",
        json!("What it is."),
    );
    let codes = "/components/schemas/Problem/properties/code/x-extensible-enum/-";
    allowed(codes, json!("forbidden"));
    for (property, value) in [
        ("title/maxLength", json!(500)),
        ("title/maxLength", Value::Null),
        ("title/minLength", json!(0)),
        ("title/type", json!(["string", "null"])),
        ("notes/pattern", Value::Null),
        ("effort/minLength", json!(0)),
        ("category", json!({ "type": "string", "maxLength": 9 })),
    ] {
        allowed(&format!("{REQUEST}/properties/{property}"), value);
    }
    allowed(&format!("{REQUEST}/required/0"), Value::Null);
    allowed(&format!("{CREATE}/requestBody/x-max-bytes"), json!(2000));
    for (path, value) in [
        ("properties/notes", json!({ "type": "string" })),
        ("properties/due_on/type", json!("string")),
        ("properties/title/maxLength", json!(9)),
        ("properties/level/enum/1", Value::Null),
        ("required/-", json!("level")),
    ] {
        allowed(&format!("{TASK}/{path}"), value);
    }
}

/// Only the way in which it is written is another: a reference to a component instead of its text.
#[test]
fn components_are_the_same_as_their_text() {
    let mut inline = document();
    for (pointer, component) in [
        (
            format!("{LIST}/parameters/0"),
            "/components/parameters/Limit",
        ),
        (
            format!("{LIST}/responses/404"),
            "/components/responses/NotFound",
        ),
        (
            format!("{LIST}/responses/200/headers/ETag"),
            "/components/headers/ETag",
        ),
    ] {
        let text = inline.pointer(component).unwrap().clone();
        change(&mut inline, &pointer, text);
    }
    assert_eq!(breaks(&document(), &inline), [""; 0]);
    assert_eq!(breaks(&inline, &document()), [""; 0]);
}
