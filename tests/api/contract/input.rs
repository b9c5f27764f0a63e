//! Bad input on every operation, generated from the document. Each answer is a problem, never a
//! server error, and the same on both databases.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::bodies::also_needed;
use crate::harness::{Person, Reply, TestApp};

/// The number of tries, and their outcomes.
#[derive(Default)]
struct Tally {
    tried: usize,
    outcomes: BTreeMap<String, usize>,
}

impl Tally {
    fn note(&mut self, what: &str, reply: &Reply) {
        self.tried += 1;
        assert!(reply.status.as_u16() < 500, "{what}: {}", reply.text);
        let code = if reply.status.is_success() {
            "success".to_owned()
        } else {
            let problem = reply.json();
            assert_eq!(
                reply.header("content-type"),
                "application/problem+json",
                "{what}"
            );
            assert_eq!(
                problem["request_id"],
                reply.header("x-request-id"),
                "{what}"
            );
            for word in ["sqlx", "panicked", "SELECT", "INSERT", "src/"] {
                assert!(!reply.text.contains(word), "{what}: {}", reply.text);
            }
            problem["code"].as_str().unwrap().to_owned()
        };
        let outcome = format!("{} {code}", reply.status.as_u16());
        *self.outcomes.entry(outcome).or_default() += 1;
    }
}

/// An operation that gets bad input.
struct Target<'a> {
    person: &'a Person,
    method: Method,
    path: String,
    name: &'a str,
    schema: Option<Value>,
    max_bytes: usize,
    needs_body: bool,
}

impl Target<'_> {
    async fn send(&self, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let request = Request::builder()
            .method(&self.method)
            .uri(path)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.person.token.as_ref().unwrap()),
            )
            .header(header::CONTENT_TYPE, kind)
            .body(body.into())
            .unwrap();
        self.person.app.send(request).await
    }

    async fn json(&self, body: &Value) -> Reply {
        self.send(&self.path, "application/json", body.to_string())
            .await
    }
}

fn max_bytes(operation: &Value) -> usize {
    let most = operation["requestBody"]["x-max-bytes"].as_u64();
    most.map_or(0, |most| usize::try_from(most).unwrap())
}

fn schema_of(operation: &Value, document: &Value) -> Option<Value> {
    let reference =
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?;
    let name = reference.rsplit('/').next()?;
    Some(document["components"]["schemas"][name].clone())
}

/// The ids in paths outside of circles. The test fills in one that does not exist.
const OF_ACCOUNTS: [&str; 8] = [
    "{picture_token}",
    "{registration_id}",
    "{sign_in_code_id}",
    "{session_id}",
    "{notification_id}",
    "{personal_access_token_id}",
    "{passkey_id}",
    "{passkey_challenge_id}",
];

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it makes one thing of each kind")]
async fn bad_input_gets_a_problem_and_never_a_server_error() {
    let app = TestApp::start().await;
    let [person] = app.circle(["coordinator and patient"]).await;
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let task = json!({ "title": "a task", "checklist": ["a step"] });
    let task = person.task(task).await;
    let (checklist_item, task) = (id(&task["checklist"][0]), id(&task));
    let list = id(&person
        .post("/task-lists", json!({ "title": "a list" }))
        .await
        .is(201));
    let role = id(&person
        .post("/roles", json!({ "kind": "pets" }))
        .await
        .is(201));
    let offer = json!({ "member_id": person.member_id });
    let path = format!("/roles/{role}/offer");
    let assignment = id(&person.post(&path, offer).await.is(200)["assignments"][0]);
    let thread = json!({ "title": "a thread", "topic": "daily" });
    let thread = id(&person.post("/threads", thread).await.is(201));
    let messages = format!("/threads/{thread}/messages");
    let message = json!({ "body": "a message" });
    let message = id(&person.post(&messages, message).await.is(201));
    let guest = json!({ "email": "guest@test.example", "access": "viewer" });
    let invitation = id(&person.post("/invitations", guest).await.is(201));

    let link = json!({ "access": "viewer" });
    let link = person.post("/join-links", link).await.is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    app.mails().await;
    let guest = app.person("Guest").await;
    let asked = guest.post("/v1/join-requests", json!({ "token": token }));
    let join_request = id(&asked.await.is(201));
    let join_link = id(&link);

    let visit = json!({ "title": "a visit", "starts_on": "2027-01-02" });
    let visit = id(&person.post("/appointments", visit).await.is(201));
    let needs = format!("/appointments/{visit}/needs");
    let need = id(&person
        .post(&needs, json!({ "kind": "driver" }))
        .await
        .is(201));

    let carried = json!({ "kind": "meals" });
    let carried = id(&person.post("/roles", carried).await.is(201));
    let carried = person.act(&format!("/roles/{carried}/claim")).await.is(200);
    let handover = json!({ "role_assignment_id": carried["assignments"][0]["id"] });
    let handover = id(&person.post("/handovers", handover).await.is(201));

    let away = json!({ "from_on": "2027-06-01" });
    let away = id(&person.post("/absences", away).await.is(201));
    let series = json!({
        "title": "a series", "due_on": "2027-01-03", "recurrence": "FREQ=WEEKLY",
    });
    let series = id(&person.post("/task-series", series).await.is(201));
    let visits = json!({
        "title": "visits", "starts_on": "2027-01-03", "recurrence": "FREQ=WEEKLY",
    });
    let visits = id(&person.post("/appointment-series", visits).await.is(201));
    let [agenda_item, question] = agenda_item_and_question(&person).await;

    let document = kith::api::operations();
    let mut tally = Tally::default();
    for (path, item) in document["paths"].as_object().unwrap() {
        let filled = path
            .replace("{circle_id}", person.circle_id())
            .replace("{member_id}", &person.member_id)
            .replace("{invitation_id}", &invitation)
            .replace("{join_link_id}", &join_link)
            .replace("{join_request_id}", &join_request)
            .replace("{task_list_id}", &list)
            .replace("{role_id}", &role)
            .replace("{role_assignment_id}", &assignment)
            .replace("{task_id}", &task)
            .replace("{checklist_item_id}", &checklist_item)
            .replace("{task_series_id}", &series)
            .replace("{appointment_series_id}", &visits)
            .replace("{appointment_id}", &visit)
            .replace("{need_id}", &need)
            .replace("{handover_id}", &handover)
            .replace("{absence_id}", &away)
            .replace("{agenda_item_id}", &agenda_item)
            .replace("{question_id}", &question)
            .replace("{thread_id}", &thread)
            .replace("{message_id}", &message);
        let filled = OF_ACCOUNTS.iter().fold(filled, |path, name| {
            path.replace(name, "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d")
        });
        assert!(
            !filled.contains('{'),
            "tests/api/contract/input.rs: {filled}: add a line that fills in the id"
        );
        for (method, operation) in item.as_object().unwrap() {
            let target = Target {
                person: &person,
                method: method.to_uppercase().parse().unwrap(),
                path: filled.clone(),
                name: operation["operationId"].as_str().unwrap(),
                schema: schema_of(operation, &document),
                max_bytes: max_bytes(operation),
                needs_body: operation["requestBody"]["required"] == true,
            };
            if !matches!(
                target.name,
                "sign_out" | "leave_circle" | "delete_task_list"
            ) {
                bad_queries(&target, &mut tally).await;
            }
            bad_paths(&target, path, &mut tally).await;
            if target.schema.is_some() {
                bad_bodies(&target, &mut tally).await;
                bad_members(&target, &mut tally).await;
            }
        }
    }
    // The server still works after all bad input. The numbers below grow with each new operation:
    // accept the new snapshot if it has the same kinds of outcomes.
    person.get("/tasks").await.is(200);
    let mut table = format!("{} inputs\n", tally.tried);
    for (outcome, count) in tally.outcomes {
        writeln!(table, "{count:5} {outcome}").unwrap();
    }
    insta::assert_snapshot!(table, @r"
    9405 inputs
     2480 400 invalid_parameters
      991 400 malformed_request
     1938 404 not_found
      113 413 body_too_large
      452 415 unsupported_media_type
     3431 422 validation_failed
    ");
    app.mails().await;
}

async fn agenda_item_and_question(person: &Person) -> [String; 2] {
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let meeting = json!({ "title": "a", "kind": "family_meeting", "starts_on": "2027-01-02" });
    let meeting = id(&person.post("/appointments", meeting).await.is(201));
    let agenda = format!("/appointments/{meeting}/agenda-items");
    let item = person.post(&agenda, json!({ "title": "an item" })).await;
    let question = json!({ "text": "a question" });
    let question = person.post("/questions", question).await;
    [id(&item.is(201)), id(&question.is(201))]
}

async fn bad_queries(target: &Target<'_>, tally: &mut Tally) {
    for query in [
        "no_such=1",
        "limit=1&no_such=1",
        "limit=0",
        "limit=x",
        "limit=-1",
        "cursor=x",
        "cursor=%00",
        "from=-262143-01-01T00:00:00Z",
        "to=%2B262142-12-31T23:59:59Z",
        "state=%F0%9F%98%80",
    ] {
        let path = format!("{}?{query}", target.path);
        let reply = target
            .send(&path, "application/json", "{\"no_such_member\":1}")
            .await;
        let what = format!("{} ?{query}", target.name);
        assert_eq!(reply.status, 400, "{what}: {}", reply.text);
        tally.note(&what, &reply);
    }
}

async fn bad_paths(target: &Target<'_>, path: &str, tally: &mut Tally) {
    for id in [
        "x",
        "%00",
        "0199d7a0",
        "..",
        "%F0%9F%98%80",
        "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    ] {
        let parts: Vec<_> = path.split('/').collect();
        for (index, part) in parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.starts_with('{'))
        {
            let mut filled: Vec<_> = target.path.split('/').collect();
            filled[index] = id;
            let reply = target
                .send(&filled.join("/"), "application/json", "{}")
                .await;
            let what = format!("{} {part}={id}", target.name);
            assert!(
                matches!(reply.status.as_u16(), 404 | 405 | 422),
                "{what}: {}",
                reply.text
            );
            tally.note(&what, &reply);
        }
    }
}

async fn bad_bodies(target: &Target<'_>, tally: &mut Tally) {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let long = format!("[{}0]", "0,".repeat(300));
    let bodies: [(&str, &[u8], u16); 12] = [
        // The first two: where a body may be left out, they are none.
        ("empty", b"", 400),
        ("null", b"null", 422),
        ("not JSON", b"{", 400),
        ("not UTF-8", b"\"\xff\"", 400),
        ("two values", b"{} {}", 400),
        ("twice a member", b"{\"a\":1,\"a\":1}", 400),
        ("a lone surrogate", b"{\"a\":\"\\ud800\"}", 400),
        ("a huge number", b"{\"a\":1e999}", 400),
        ("deep", deep.as_bytes(), 400),
        ("many", long.as_bytes(), 400),
        ("a list", b"[]", 422),
        ("an unknown member", b"{\"no_such_member\":1}", 422),
    ];
    let left_out = if target.needs_body { 0 } else { 2 };
    for (what, body, status) in bodies.into_iter().skip(left_out) {
        let reply = target
            .send(&target.path, "application/json", body.to_vec())
            .await;
        let what = format!("{} {what}", target.name);
        assert_eq!(reply.status, status, "{what}: {}", reply.text);
        tally.note(&what, &reply);
    }
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "json",
    ] {
        let reply = target.send(&target.path, kind, "{}").await;
        assert_eq!(reply.status, 415, "{} {kind}: {}", target.name, reply.text);
        tally.note(target.name, &reply);
    }
    let large = format!(
        "{{\"no_such_member\":\"{}\"}}",
        "x".repeat(target.max_bytes)
    );
    let reply = target.send(&target.path, "application/json", large).await;
    assert_eq!(reply.status, 413, "{}: {}", target.name, reply.text);
    tally.note(target.name, &reply);
}

/// A value that fits a property, for the fields that are not under test.
fn fitting(property: &Value) -> Value {
    let first = |list: &Value| list.as_array().and_then(|list| list.first().cloned());
    first(&property["enum"])
        .or_else(|| first(&property["examples"]))
        .unwrap_or_else(|| match property["type"].as_str() {
            Some("boolean") => json!(false),
            Some("object") => json!({}),
            Some("array") if property["minItems"].is_u64() => {
                json!([fitting(&property["items"])])
            }
            Some("array") => json!([]),
            Some("integer") => json!(1),
            _ if property["format"] == "uuid" => json!(Uuid::nil()),
            _ => json!("x"),
        })
}

async fn bad_members(target: &Target<'_>, tally: &mut Tally) {
    let schema = target.schema.as_ref().unwrap();
    let properties = schema["properties"].as_object().unwrap();
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let base: Map<_, _> = required
        .iter()
        .map(|name| name.as_str().unwrap())
        .map(|name| (name.to_owned(), fitting(&properties[name])))
        .chain(also_needed(target.name))
        .collect();
    for name in &required {
        let mut body = base.clone();
        body.remove(name.as_str().unwrap());
        let what = format!("{} without {name}", target.name);
        let fields = target.json(&Value::Object(body)).await;
        tally.note(&what, &fields);
        assert_eq!(
            fields.is_invalid(),
            [format!("/{} required", name.as_str().unwrap())],
            "{what}"
        );
    }
    for (name, property) in properties {
        let kinds = property["type"].to_string();
        let is_text = kinds.contains("string");
        let mut wrong = Vec::new();
        if !kinds.contains("object") {
            wrong.extend([json!({}), json!({ "a": [1] })]);
        }
        if !property.to_string().contains("null") {
            wrong.push(Value::Null);
        }
        if !kinds.contains("boolean") {
            wrong.push(json!(true));
        }
        if !kinds.contains("array") {
            wrong.push(json!([1, "a"]));
        }
        if !kinds.contains("integer") {
            wrong.push(json!(12));
        }
        if is_text {
            wrong.push(json!("a\u{0}b"));
            if let Some(max) = property["maxLength"].as_u64() {
                wrong.push(json!("é".repeat(usize::try_from(max).unwrap() + 1)));
            }
            let formatted = property["format"]
                .as_str()
                .is_some_and(|format| format != "password");
            if property["format"] == "date-time" {
                wrong.push(json!("-262143-01-01T00:00:00Z"));
                wrong.push(json!("2200-01-01T00:00:00Z"));
                wrong.push(json!("2027-01-01T00:00:60Z"));
            }
            if formatted || property["enum"].is_array() || property["pattern"].is_string() {
                wrong.push(json!("no such value"));
            }
        } else {
            wrong.push(json!("text"));
        }
        if let Some(minimum) = property["minimum"].as_i64() {
            wrong.push(json!(minimum - 1));
            wrong.push(json!(property["maximum"].as_i64().unwrap() + 1));
            wrong.push(json!(1.5));
            wrong.push(json!(i64::MAX));
        }
        for value in wrong {
            let mut body = base.clone();
            body.insert(name.clone(), value.clone());
            let what = format!("{} {name}={:.60}", target.name, value.to_string());
            let reply = target.json(&Value::Object(body)).await;
            assert_eq!(reply.status, 422, "{what}: {}", reply.text);
            tally.note(&what, &reply);
            let fields = reply.is_invalid();
            let start = format!("/{name}");
            assert!(
                fields.iter().all(|field| field.starts_with(&start)),
                "{what}: {fields:?}"
            );
        }
    }
}
