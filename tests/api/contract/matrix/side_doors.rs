//! Indirect ways into another circle: its ids in bodies and filters, its cursors and keys.

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::masked;
use super::world::{CANARY, Ids, World, nowhere};

/// A body that names an id.
type BodyOf = fn(&Ids) -> Value;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one place after the other")]
async fn an_id_of_another_circle_in_a_body_is_treated_like_an_unknown_id() {
    let world = Box::pin(World::build()).await;
    let (ours, foreign, none) = (&world.coordinator, &world.foreign, nowhere());
    let task = ours.task(json!({ "title": "Ours" })).await;
    let task = format!("/tasks/{}", task["id"].as_str().unwrap());
    let member = format!("/members/{}", world.victim);
    let visit = json!({ "title": "Ours", "starts_on": "2027-01-02" });
    let visit = ours.post("/appointments", visit).await.is(201);
    let visit = format!("/appointments/{}", visit["id"].as_str().unwrap());
    let driver = json!({ "kind": "driver" });
    let need = ours.post(&format!("{visit}/needs"), driver).await.is(201);
    let need = format!("/needs/{}", need["id"].as_str().unwrap());
    let role = ours.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let role = format!("/roles/{}", role["id"].as_str().unwrap());
    let taken = ours.act(&format!("{role}/claim")).await.is(200);
    let part = taken["assignments"][0]["id"].as_str().unwrap();
    let part = format!("/role-assignments/{part}");
    let free = ours
        .post("/roles", json!({ "kind": "meals" }))
        .await
        .is(201);
    let free = format!("/roles/{}", free["id"].as_str().unwrap());
    let thread = json!({ "title": "Ours", "topic": "daily" });
    let thread = ours.post("/threads", thread).await.is(201);
    let thread = format!("/threads/{}", thread["id"].as_str().unwrap());
    let handover = json!({ "role_assignment_id": taken["assignments"][0]["id"] });
    let handover = ours.post("/handovers", handover).await.is(201);
    let handover = format!("/handovers/{}", handover["id"].as_str().unwrap());
    let question = json!({ "text": "Ours", "topic": "daily" });
    let question = ours.post("/questions", question).await.is(201);
    let question = format!("/questions/{}", question["id"].as_str().unwrap());
    let places: [(Method, String, BodyOf); 33] = [
        (
            Method::POST,
            "/absences".into(),
            |ids| json!({ "from_on": "2027-06-01", "member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{handover}/place"),
            |ids| json!({ "member_id": ids.member }),
        ),
        (
            Method::POST,
            "/handovers".into(),
            |ids| json!({ "task_id": ids.task }),
        ),
        (
            Method::POST,
            "/handovers".into(),
            |ids| json!({ "need_id": ids.need }),
        ),
        (
            Method::POST,
            "/handovers".into(),
            |ids| json!({ "role_assignment_id": ids.role_assignment }),
        ),
        (
            Method::POST,
            "/members".into(),
            |ids| json!({ "name": "a", "access": "helper", "contact_member_id": ids.member }),
        ),
        (
            Method::POST,
            "/invitations".into(),
            |ids| json!({ "email": "a@test.example", "access": "helper", "member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{task}/claim"),
            |ids| json!({ "on_behalf_of_member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{task}/release"),
            |ids| json!({ "on_behalf_of_member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{need}/decline"),
            |ids| json!({ "on_behalf_of_member_id": ids.member }),
        ),
        (
            Method::POST,
            "/questions".into(),
            |ids| json!({ "text": "a", "appointment_id": ids.appointment }),
        ),
        (
            Method::POST,
            format!("{question}/plan"),
            |ids| json!({ "appointment_id": ids.appointment }),
        ),
        (
            Method::POST,
            format!("{question}/answer"),
            |ids| json!({ "answer": "a", "heard_by_member_id": ids.member }),
        ),
        (
            Method::POST,
            "/tasks".into(),
            |ids| json!({ "title": "a", "appointment_id": ids.appointment }),
        ),
        (
            Method::POST,
            "/threads".into(),
            |ids| json!({ "member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            "/appointments".into(),
            |ids| json!({ "title": "a", "starts_on": "2027-01-02", "attendee_member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{visit}/attendees"),
            |ids| json!({ "member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{need}/offer"),
            |ids| json!({ "member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{role}/offer"),
            |ids| json!({ "member_id": ids.member }),
        ),
        (
            Method::PATCH,
            part.clone(),
            |ids| json!({ "patient_part": "task", "patient_part_task_id": ids.task }),
        ),
        (
            Method::POST,
            format!("{free}/claim"),
            |ids| json!({ "patient_part": "task", "patient_part_task_id": ids.task }),
        ),
        (
            Method::POST,
            format!("{thread}/messages"),
            |ids| json!({ "body": "a", "mentioned_member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{thread}/messages"),
            |ids| json!({ "body": "a", "reply_to_message_id": ids.message }),
        ),
        (
            Method::POST,
            format!("{thread}/mark-read"),
            |ids| json!({ "last_read_message_id": ids.message }),
        ),
        (
            Method::POST,
            format!("{task}/comments"),
            |ids| json!({ "body": "a", "mentioned_member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{visit}/comments"),
            |ids| json!({ "body": "a", "reply_to_message_id": ids.message }),
        ),
        (
            Method::POST,
            "/tasks".into(),
            |ids| json!({ "title": "a", "task_list_id": ids.list }),
        ),
        (
            Method::PATCH,
            task.clone(),
            |ids| json!({ "task_list_id": ids.list }),
        ),
        (
            Method::POST,
            format!("{task}/offer"),
            |ids| json!({ "member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{member}/suspend"),
            |ids| json!({ "reassign_to_member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{member}/remove"),
            |ids| json!({ "successor_member_id": ids.member }),
        ),
        (
            Method::PATCH,
            String::new(),
            |ids| json!({ "deputy_member_id": ids.member }),
        ),
        (
            Method::POST,
            "/leave".into(),
            |ids| json!({ "successor_member_id": ids.member }),
        ),
    ];
    for (method, path, body) in places {
        let ask = async |ids: &Ids| {
            ours.app
                .send(ours.request(&method, &path, Some(&body(ids))))
                .await
        };
        let (foreign, none) = (ask(foreign).await, ask(&none).await);
        assert_eq!(foreign.status, 422, "{path}: {}", foreign.text);
        assert_eq!(masked(&foreign), masked(&none), "{path}");
    }
    let filtered = format!("/tasks?task_list_id={}", foreign.list);
    assert_eq!(ours.get(&filtered).await.is(200)["data"], json!([]));
    for (name, id) in [
        ("task_id", &foreign.task),
        ("need_id", &foreign.need),
        ("role_assignment_id", &foreign.role_assignment),
    ] {
        let filtered = format!("/handovers?{name}={id}");
        assert_eq!(ours.get(&filtered).await.is(200)["data"], json!([]));
    }
    for list in ["tasks", "questions"] {
        let filtered = format!("/{list}?appointment_id={}", foreign.appointment);
        assert_eq!(ours.get(&filtered).await.is(200)["data"], json!([]));
    }
    for filter in [
        "tasks?assigned_member_id",
        "appointments?attendee_member_id",
        "needs?assigned_member_id",
        "roles?assigned_member_id",
        "absences?member_id",
    ] {
        let filtered = format!("/{filter}={}", foreign.member);
        assert_eq!(ours.get(&filtered).await.is(200)["data"], json!([]));
    }
    let offer = async |ids: &Ids| {
        let previous = &ids.role_assignment;
        let body = json!({ "member_id": ours.member_id, "previous_assignment_id": previous });
        ours.post(&format!("{free}/offer"), body).await
    };
    let (foreign_part, no_part) = (offer(foreign).await, offer(&none).await);
    let refused = ["/previous_assignment_id unknown_role_assignment"];
    assert_eq!(foreign_part.is_invalid(), refused);
    assert_eq!(masked(&foreign_part), masked(&no_part));
}

#[tokio::test]
async fn a_cursor_and_a_key_of_another_circle_give_no_access() {
    let world = Box::pin(World::build()).await;
    let (ours, theirs) = (&world.coordinator, &world.stranger);
    for title in ["one", "two"] {
        theirs
            .task(json!({ "title": format!("{CANARY} {title}") }))
            .await;
        ours.task(json!({ "title": title })).await;
    }
    let page = theirs.get("/tasks?limit=1").await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let reply = ours.get(&format!("/tasks?limit=1&cursor={cursor}")).await;
    reply.is_problem(400, "invalid_parameters");

    let id = Uuid::now_v7();
    let body = json!({ "id": id, "title": "Mine" });
    let key = ("idempotency-key", "the same key");
    let first = theirs
        .with(key, &Method::POST, "/tasks", Some(body.clone()))
        .await;
    let second = ours.with(key, &Method::POST, "/tasks", Some(body)).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(second.header("idempotency-replayed"), "");
    assert_eq!(second.json()["circle_id"], ours.circle_id());
}
