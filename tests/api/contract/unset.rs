//! Several generated clients send null or `[]` for every field that nobody set, and forms send an
//! empty text. In a create or a verb this changes nothing.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::bodies::is;
use super::matrix::{Ids, end_series, fill, fresh};
use crate::appointments::{reschedule, scan};
use crate::harness::{Reply, TestApp};

/// The body with an empty value in every optional field that it leaves out. Lists are `[]` if
/// `with_lists`.
fn filled_up(base: &Map<String, Value>, schema: &Value, empty: &Value, with_lists: bool) -> Value {
    let mut body = base.clone();
    for (name, property) in schema["properties"].as_object().unwrap() {
        let unset = if with_lists && is(property, "array") {
            json!([])
        } else {
            empty.clone()
        };
        body.entry(name).or_insert(unset);
    }
    body.into()
}

fn may_be_null(property: &Value) -> bool {
    let options = ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|of| property[of].as_array());
    is(property, "null") || options.flatten().any(|option| option["type"] == "null")
}

/// Names in a body what exists in the circle.
fn meant(body: &Value, ids: &Ids) -> Value {
    let mut body = body.clone();
    for (name, value) in body.as_object_mut().unwrap() {
        match name.as_str() {
            _ if [json!(null), json!([]), json!("")].contains(value) => {}
            "email" => *value = json!(format!("{}@guest.example", Uuid::now_v7().simple())),
            "member_id" => *value = json!(ids.member),
            "last_read_message_id" => *value = json!(ids.message),
            "member_ids" => *value = json!([ids.member]),
            "circle_ids" => *value = json!([ids.circle]),
            _ => {}
        }
    }
    body
}

/// An answer without what is different each time.
fn masked(reply: &Reply, name: &str) -> Value {
    fn mask(value: &mut Value) {
        match value {
            Value::String(text) => {
                let differs = text.parse::<Uuid>().is_ok() || text.contains('@');
                if differs {
                    *text = "masked".into();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(mask),
            Value::Object(members) => {
                members.remove("request_id");
                // What the member holds grows with each try.
                members.remove("affected");
                for secret in [
                    "access_token",
                    "refresh_token",
                    "device_token",
                    "token",
                    "url",
                ] {
                    members.remove(secret);
                }
                members.values_mut().for_each(mask);
            }
            _ => {}
        }
    }
    let text = reply.text.replace(name, "Name");
    let mut body: Value = serde_json::from_str(&text).unwrap_or_default();
    mask(&mut body);
    json!({ "status": reply.status.as_u16(), "body": body })
}

#[tokio::test]
async fn null_and_empty_lists_and_texts_in_a_create_or_a_verb_mean_not_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let document = kith::api::document();
    let (mut fields, mut done, mut people) = (0, 0, 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let Some(reference) = content["schema"]["$ref"].as_str() else {
                continue;
            };
            let name = operation["operationId"].as_str().unwrap();
            // A circle in memory would be of no use to the others.
            if method == "patch" || name == "mark_circle_in_memory" {
                continue;
            }
            let schema = reference.rsplit('/').next().unwrap();
            let schema = &document["components"]["schemas"][schema];
            let of_circle = path.contains("{circle_id}");
            let example = schema["examples"][0].as_object().unwrap();
            let required = schema["required"].as_array().into_iter().flatten();
            let required: Vec<_> = required.filter_map(Value::as_str).collect();
            let properties = schema["properties"].as_object().unwrap();
            for (field, property) in properties {
                if !required.contains(&field.as_str()) {
                    let says = may_be_null(property);
                    assert!(
                        says,
                        "{name}: the document does not say that {field} may be null"
                    );
                    fields += 1;
                }
            }
            let mut least = example.clone();
            least.retain(|field, _| required.contains(&field.as_str()));
            // Outside a circle each request has a person of its own, and one example is enough.
            let mut bases = vec![example];
            if of_circle && least != *example {
                bases.push(&least);
            }
            for base in bases {
                let bodies = [
                    base.clone().into(),
                    filled_up(base, schema, &Value::Null, false),
                    filled_up(base, schema, &Value::Null, true),
                    filled_up(base, schema, &json!(""), false),
                ];
                let mut answers = Vec::new();
                for body in bodies {
                    let mut ids = fresh(&ana, "ours").await;
                    people += 1;
                    let name = format!("Person{people}x");
                    let needs_a_person = !of_circle || path.contains("{member_id}");
                    let other = if needs_a_person {
                        app.mails().await;
                        Some(app.person(&name).await)
                    } else {
                        None
                    };
                    let by = other.as_ref().filter(|_| !of_circle).unwrap_or(&ana);
                    ids.member.clone_from(&ben.member_id);
                    if let Some(guest) = other.as_ref().filter(|_| of_circle) {
                        let viewer = json!({ "access": "viewer" });
                        ids.member = app.join(&ana, guest, viewer).await;
                    }
                    let path = fill(path, &ids);
                    let body = meant(&body, &ids);
                    let method = method.to_uppercase().parse().unwrap();
                    let reply = app.send(by.request(&method, &path, Some(&body))).await;
                    done += usize::from(reply.status.is_success());
                    answers.push((masked(&reply, &name), body));
                    // A circle can have only so many.
                    end_series(&ana, &ids).await;
                }
                for (answer, body) in &answers[1..] {
                    assert_eq!(*answer, answers[0].0, "{name} {body}");
                }
            }
        }
    }
    app.mails().await;
    assert!(fields > 80, "{fields} optional fields");
    assert!(done > 70, "{done} successful requests");
}

#[tokio::test]
async fn reminders_are_off_only_if_the_request_says_so() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = json!({ "title": "Walk", "due_on": "2027-01-02" });
    let visit = json!({ "title": "Visit", "starts_on": "2027-01-02" });
    for (path, new, default) in [
        ("/tasks", task, json!([1440])),
        ("/appointments", visit, json!([1440, 120])),
    ] {
        let with = |fields: Value| {
            let mut body = new.clone();
            body.as_object_mut()
                .unwrap()
                .extend(fields.as_object().unwrap().clone());
            body
        };
        let reminders = |thing: &Value| {
            let minutes = thing["reminder_minutes"].clone();
            (minutes, thing["reminders_off"].as_bool().unwrap())
        };
        for body in [
            json!({}),
            json!({ "reminder_minutes": [] }),
            json!({ "reminder_minutes": null, "reminders_off": null }),
            json!({ "reminder_minutes": [], "reminders_off": false }),
        ] {
            let made = ana.post(path, with(body.clone())).await.is(201);
            assert_eq!(reminders(&made), (default.clone(), false), "{path} {body}");
        }
        let both = json!({ "reminder_minutes": [60], "reminders_off": true });
        let refused = ana.post(path, with(both.clone())).await;
        assert_eq!(refused.is_invalid(), ["/reminders_off minutes_and_off"]);

        let off = json!({ "reminder_minutes": [], "reminders_off": true });
        let made = ana.post(path, with(off)).await.is(201);
        assert_eq!(reminders(&made), (json!([]), true));
        let thing = format!("{path}/{}", made["id"].as_str().unwrap());
        let patch = async |body: Value| reminders(&ana.patch(&thing, body).await.is(200));
        let default = (default, false);
        assert_eq!(
            patch(json!({ "title": "Another" })).await,
            (json!([]), true)
        );
        assert_eq!(patch(json!({ "reminders_off": false })).await, default);
        assert_eq!(
            patch(json!({ "reminder_minutes": [60] })).await,
            (json!([60]), false)
        );
        assert_eq!(
            patch(json!({ "reminders_off": false })).await,
            (json!([60]), false)
        );
        assert_eq!(
            patch(json!({ "reminder_minutes": [] })).await,
            (json!([60]), false)
        );
        assert_eq!(
            patch(json!({ "reminders_off": true })).await,
            (json!([]), true)
        );
        assert_eq!(patch(json!({ "reminder_minutes": null })).await, default);
        let refused = ana.patch(&thing, both).await;
        assert_eq!(refused.is_invalid(), ["/reminders_off minutes_and_off"]);
        let null = ana.patch(&thing, json!({ "reminders_off": null })).await;
        assert_eq!(null.is_invalid(), ["/reminders_off wrong_type"]);
    }
}

#[tokio::test]
async fn an_appointment_is_without_attendees_only_if_the_request_says_so() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    let default = scan(&ana, json!({ "attendee_member_ids": [] })).await;
    assert_eq!(default["attendees"][0]["member_id"], json!(ben.member_id));
    let nobody = json!({ "attendee_member_ids": [], "without_attendees": true });
    assert_eq!(scan(&ana, nobody).await["attendees"], json!([]));
    let both = json!({
        "title": "Visit", "starts_on": "2027-01-02",
        "attendee_member_ids": [ben.member_id], "without_attendees": true,
    });
    let refused = ana.post("/appointments", both).await;
    assert_eq!(
        refused.is_invalid(),
        ["/without_attendees attendees_and_without"]
    );
}

#[tokio::test]
async fn a_rescheduled_appointment_loses_its_end_only_if_the_request_says_so() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({
        "title": "Visit", "starts_local": "2026-12-04T10:00", "ends_local": "2026-12-04T10:30",
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    let null = json!({ "starts_local": "2026-12-05T15:00", "ends_local": null });
    let moved = reschedule(&ana, &visit, null).await.is(200);
    assert_eq!(moved["ends_local"], "2026-12-05T15:30");
    let both = json!({
        "starts_local": "2026-12-05T15:00", "ends_local": "2026-12-05T16:00", "without_end": true,
    });
    let refused = reschedule(&ana, &visit, both).await;
    assert_eq!(refused.is_invalid(), ["/without_end end_and_without"]);
    let open = json!({ "starts_local": "2026-12-05T15:00", "without_end": true });
    let open = reschedule(&ana, &visit, open).await.is(200);
    assert_eq!(open["ends_local"], json!(null));
}

#[tokio::test]
async fn a_list_that_is_empty_means_not_sent_and_never_all() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = json!({ "title": "Walks", "topic": "daily", "member_ids": [] });
    assert_eq!(ana.post("/threads", thread).await.is(201)["kind"], "topic");
    for empty in ["scopes", "circle_ids"] {
        let mut token = json!({
            "name": "Display", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
        });
        token[empty] = json!([]);
        let refused = ana.post("/v1/me/access-tokens", token).await;
        assert_eq!(refused.is_invalid(), [format!("/{empty} too_short")]);
    }
}

#[tokio::test]
async fn faults_of_several_ids_are_told_together() {
    let app = TestApp::start().await;
    let [ana, _] = app.circle(["coordinator", "helper"]).await;
    let nobody = Uuid::now_v7();
    let leave = json!({ "reassign_to_member_id": nobody, "successor_member_id": nobody });
    assert_eq!(
        ana.post("/leave", leave).await.is_invalid(),
        [
            "/reassign_to_member_id unknown_member",
            "/successor_member_id unknown_member"
        ]
    );
    let ids = fresh(&ana, "ours").await;
    let message = json!({
        "body": "Yes", "reply_to_message_id": nobody, "mentioned_member_ids": [nobody, nobody],
    });
    let messages = format!("/threads/{}/messages", ids.thread);
    assert_eq!(
        ana.post(&messages, message).await.is_invalid(),
        [
            "/reply_to_message_id unknown_message",
            "/mentioned_member_ids/0 unknown_member",
            "/mentioned_member_ids/1 unknown_member"
        ]
    );
    let offer = json!({ "member_id": nobody, "previous_assignment_id": nobody });
    let role = format!("/roles/{}/offer", ids.role);
    assert_eq!(
        ana.post(&role, offer).await.is_invalid(),
        [
            "/member_id unknown_member",
            "/previous_assignment_id unknown_role_assignment"
        ]
    );
    let task = json!({
        "title": "Walk", "task_list_id": nobody, "reminder_minutes": [60], "reminders_off": true,
    });
    assert_eq!(
        ana.post("/tasks", task).await.is_invalid(),
        [
            "/reminders_off minutes_and_off",
            "/task_list_id unknown_task_list"
        ]
    );
    let walk = ana.task(json!({ "title": "Walk" })).await;
    let walk = format!("/tasks/{}", walk["id"].as_str().unwrap());
    let change = json!({
        "task_list_id": nobody, "starts_local": "2027-01-02T10:00",
        "reminder_minutes": [60], "reminders_off": true,
    });
    assert_eq!(
        ana.patch(&walk, change).await.is_invalid(),
        [
            "/starts_local start_without_due",
            "/task_list_id unknown_task_list",
            "/reminders_off minutes_and_off"
        ]
    );
    let six = json!({ "title": "Walk", "reminder_minutes": [1, 2, 3, 4, 5, 6] });
    let refused = ana
        .post("/tasks", six)
        .await
        .is_problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["detail"], "Send at most 5 items.");
    let token = json!({
        "name": "Display", "scopes": ["tasks:read"],
        "circle_ids": [ana.circle_id(), nobody, nobody],
    });
    assert_eq!(
        ana.post("/v1/me/access-tokens", token).await.is_invalid(),
        [
            "/circle_ids/1 unknown_circle",
            "/circle_ids/2 unknown_circle"
        ]
    );
}
