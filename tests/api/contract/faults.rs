//! Every error names its field or parameter and says what to send. The test tries wrong values on
//! every operation of the document.

use axum::http::{Method, Request, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::bodies::{also_needed, fitting, is};
use super::matrix::{fill, fresh, separator};
use crate::harness::{Person, Reply, TestApp};

/// Words of internal libraries, which do not tell a caller what to send.
const INSIDE: [&str; 22] = [
    "serde",
    "struct ",
    "enum",
    "variant",
    "i32",
    "u32",
    "i64",
    "u64",
    "usize",
    "f64",
    "string or map",
    "sequence",
    "invalid type",
    "invalid value",
    "invalid digit",
    "invalid length",
    "found in string",
    "Expected",
    "deserialize",
    "premature",
    "UUID parsing",
    "provided string",
];

/// The errors of an answer, each with its pointer and its sentence.
#[track_caller]
fn faults(reply: &Reply, status: u16, what: &str) -> Vec<(String, String)> {
    assert_eq!(reply.status, status, "{what}: {}", reply.text);
    let mut problem = reply.json();
    problem["request_id"] = Value::Null;
    for word in INSIDE {
        assert!(
            !problem.to_string().contains(word),
            "{what}: {word} in {}",
            reply.text
        );
    }
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let faults: Vec<_> = errors
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "detail")))
        .collect();
    for (pointer, detail) in &faults {
        let sentence = detail.ends_with(['.', '?']) || detail.contains(": ");
        assert!(sentence && detail.len() > 8, "{what}: {pointer}: {detail}");
    }
    faults
}

#[tokio::test]
async fn an_error_about_a_query_parameter_names_it_and_says_what_to_send() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = kith::api::operations();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let queries: Vec<_> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        let path = fill(path, &ids);
        let and = separator(&path);
        for parameter in &queries {
            let name = parameter["name"].as_str().unwrap();
            let schema = &parameter["schema"];
            let mut wrong = vec!["%F0%9F%98%80", "a%00b"];
            if is(schema, "integer") {
                wrong.extend(["x", "-1", "1.5", "0"]);
            }
            if schema["format"] == "date-time" {
                wrong.extend(["2027-01-02T12:00:00+02:00", "2027-01-02", "x"]);
            }
            for value in wrong {
                let asked = format!("{path}{and}{name}={value}");
                let reply = ana.get(&asked).await;
                let faults = faults(&reply, 400, &asked);
                assert_eq!(faults.len(), 1, "{asked}: {faults:?}");
                assert_eq!(faults[0].0, format!("?{name}"), "{asked}");
                assert!(faults[0].1.contains("Send "), "{asked}: {faults:?}");
                assert!(reply.json()["detail"].as_str().unwrap().contains(name));
                if value.contains('+') {
                    assert!(faults[0].1.contains("%2B"), "{asked}: {faults:?}");
                }
                tried += 1;
            }
        }
        if item["get"].is_object() {
            let asked = format!("{path}{and}no_such=1");
            let faults = faults(&ana.get(&asked).await, 400, &asked);
            assert_eq!(faults[0].0, "?no_such");
            for parameter in &queries {
                assert!(faults[0].1.contains(parameter["name"].as_str().unwrap()));
            }
        }
    }
    println!("{tried} parameters tried");
    assert!(tried > 100);
}

#[tokio::test]
async fn an_error_names_all_wrong_parameters_at_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let reply = ana
        .get("/tasks?from=2027-01-02T12:00:00+02:00&limit=x&state=odd&uncovered=1")
        .await;
    let faults = faults(&reply, 400, "tasks");
    let names: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(names, ["?from", "?limit", "?state", "?uncovered"]);
    assert_eq!(faults[3].1, "Send true or false.");
    let twice = ana.get("/tasks?limit=1&limit=2").await;
    assert_eq!(twice.json()["errors"][0]["code"], "given_twice");
    ana.get("/tasks?from=2027-01-02T12:00:00%2B02:00")
        .await
        .is(200);
}

async fn send(person: &Person, method: &str, path: &str, body: &Value) -> Reply {
    let token = person.token.as_ref().unwrap();
    let request = Request::builder()
        .method(method.to_uppercase().parse::<Method>().unwrap())
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into())
        .unwrap();
    person.app.send(request).await
}

#[tokio::test]
async fn an_error_about_a_field_names_it_and_says_what_to_send() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = kith::api::operations();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let Some(reference) = content["schema"]["$ref"].as_str() else {
                continue;
            };
            let schema = &document["components"]["schemas"][reference.rsplit('/').next().unwrap()];
            let properties = schema["properties"].as_object().unwrap();
            let required: Vec<_> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let name = operation["operationId"].as_str().unwrap();
            let path = fill(path, &ids);
            let base: Map<_, _> = required
                .iter()
                .map(|name| ((*name).to_owned(), fitting(&properties[*name])))
                .chain(also_needed(name))
                .collect();

            // Wrong values for each field.
            for (field, property) in properties {
                let mut wrong = Vec::new();
                if !is(property, "object")
                    && property["anyOf"].is_null()
                    && property["$ref"].is_null()
                {
                    wrong.push(json!({ "a": 1 }));
                }
                if !property.to_string().contains("null") {
                    wrong.push(Value::Null);
                }
                if !is(property, "boolean") {
                    wrong.push(json!(true));
                }
                if !is(property, "integer") {
                    wrong.push(json!(12));
                }
                if !is(property, "string") {
                    wrong.push(json!("text"));
                }
                if property["enum"].is_array() || property["format"] == "uuid" {
                    wrong.push(json!("no such value"));
                }
                for value in wrong {
                    let mut body = base.clone();
                    body.insert(field.clone(), value.clone());
                    let what = format!("{name} {field}={value}");
                    let reply = send(&ana, method, &path, &Value::Object(body)).await;
                    let faults = faults(&reply, 422, &what);
                    let start = format!("/{field}");
                    assert!(!faults.is_empty(), "{what}");
                    for (pointer, detail) in faults {
                        assert!(pointer.starts_with(&start), "{what}: {pointer}");
                        let says = detail.contains("Send ") || detail.contains("send ");
                        assert!(says, "{what}: {detail}");
                    }
                    tried += 1;
                }
            }

            // All required fields are missing at once, and two fields are unknown.
            let empty = json!({ "no_such": 1, "nor_this": null });
            let what = format!("{name} {empty}");
            let faults = faults(&send(&ana, method, &path, &empty).await, 422, &what);
            let mut named: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
            named.sort_unstable();
            let missing = required.iter().map(|name| format!("/{name}"));
            // Of several fields of which one is needed, the first is named.
            let one_of_several = match name {
                "create_appointment" | "create_appointment_series" | "reschedule_appointment" => {
                    Some("/starts_local")
                }
                "create_handover" => Some("/task_id"),
                "create_task_series" => Some("/due_local"),
                "create_thread" => Some("/topic"),
                _ => None,
            };
            let mut wanted: Vec<_> = missing
                .chain(["/no_such".into(), "/nor_this".into()])
                .chain(one_of_several.map(str::to_owned))
                .collect();
            wanted.sort_unstable();
            assert_eq!(named, wanted, "{what}");
            let unknown = faults
                .iter()
                .find(|(pointer, _)| pointer == "/no_such")
                .unwrap();
            for known in properties.keys() {
                assert!(unknown.1.contains(known), "{what}: {}", unknown.1);
            }
        }
    }
    println!("{tried} fields tried");
    assert!(tried > 500);
}

#[tokio::test]
async fn unknown_members_and_unknown_fields_have_their_own_error_codes() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let nobody = json!({ "title": "a visit", "starts_on": "2027-01-02", "attendee_member_ids": [Uuid::now_v7()], "x": 1 });
    let unknown = ana.post("/appointments", nobody.clone()).await;
    assert_eq!(unknown.is_invalid(), ["/x unknown_field"]);
    let mut nobody = nobody;
    nobody.as_object_mut().unwrap().remove("x");
    let unknown = ana.post("/appointments", nobody).await;
    assert_eq!(
        unknown.is_invalid(),
        ["/attendee_member_ids/0 unknown_member"]
    );
}

#[tokio::test]
async fn the_detail_of_a_problem_names_the_first_field_and_the_number_of_others() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let detail = async |body: Value| {
        let reply = ana.post("/tasks", body).await;
        reply.is_problem(422, "validation_failed")["detail"].clone()
    };
    let one = detail(json!({ "title": "a", "due_on": "soon" })).await;
    assert_eq!(one, "due_on: Send a date like 2027-01-02.");
    let two = detail(json!({ "due_on": "soon", "title": null })).await;
    assert_eq!(two, "due_on: Send a date like 2027-01-02. (and 1 more)");
    let all = detail(json!([])).await;
    assert_eq!(all, "Send an object.");
    // A client may send a field with a name of any length.
    let long = detail(json!({ "title": "a", ("x".repeat(500)): 1 })).await;
    let start = format!("{}: There is", "x".repeat(60));
    assert!(long.as_str().unwrap().starts_with(&start), "{long}");
}

#[tokio::test]
async fn an_error_about_a_required_field_does_not_suggest_leaving_it_out() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator and patient"]).await;
    let registration =
        json!({ "email": null, "password": "correct horse battery staple", "name": "A" });
    let email = ana.post("/v1/registrations", registration).await;
    let title = ana.post("/tasks", json!({ "title": null })).await;
    for (reply, field) in [(email, "/email"), (title, "/title")] {
        let found = faults(&reply, 422, field);
        assert_eq!(found[0].0, field);
        let detail = &found[0].1;
        let start = "This cannot be null or empty. Send ";
        assert!(detail.starts_with(start), "{detail}");
    }
    let task = ana.task(json!({ "title": "a" })).await;
    let task = format!("/tasks/{}", task["id"].as_str().unwrap());
    let optional = ana.patch(&task, json!({ "category": null })).await;
    let found = faults(&optional, 422, "category");
    assert!(found[0].1.contains("leave it out, or send "), "{found:?}");
}

#[tokio::test]
async fn a_missing_body_counts_as_an_empty_object() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let missing = ana.act("/tasks").await;
    assert_eq!(missing.is_invalid(), ["/title required"]);
    // An operation without required fields works without a body.
    let suspend = format!("/members/{}/suspend", ben.member_id);
    assert_eq!(ana.act(&suspend).await.is(200)["state"], "suspended");
    let reinstate = format!("/members/{}/reinstate", ben.member_id);
    ana.act(&reinstate).await.is(200);
    assert_eq!(ben.act("/leave").await.is(200)["state"], "left");
    let document = kith::api::operations();
    let leave = &document["paths"]["/v1/circles/{circle_id}/leave"]["post"];
    assert_eq!(leave["requestBody"]["required"], false);

    let mut text = ana.request(&Method::POST, &ana.path("/tasks"), None);
    let kind = "text/plain".parse().unwrap();
    text.headers_mut().insert(header::CONTENT_TYPE, kind);
    let refused = app.send(text).await;
    let refused = refused.is_problem(415, "unsupported_media_type");
    let detail = "Send a JSON body, at least `{}`, uncompressed and with Content-Type: \
        application/json.";
    assert_eq!(refused["detail"], detail);
}

#[tokio::test]
async fn if_match_needs_a_version_in_quotes_and_the_error_says_so() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let change = async |version: &str| {
        let name = Some(json!({ "name": "Ana" }));
        let version = ("if-match", version);
        ana.with(version, &Method::PATCH, "/v1/me", name).await
    };
    let problem = change("1").await.is_problem(400, "malformed_request");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(r#"like "3""#), "{detail}");
    change(r#""1""#).await.is(200);
}
