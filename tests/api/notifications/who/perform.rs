//! How each operation of the table is performed.

use chrono::TimeDelta;
use kith::features::circles;
use serde_json::{Value, json};

use super::world::{FAR, SOON, THIS_WEEK, World, answer};
use crate::appointments::{act, grant, path_of, reschedule, scan};
use crate::handovers::{act_on, hand_over, place};
use crate::harness::{Client, Person};
use crate::needs::{add_need, need_act, need_path, offer_need};
use crate::notifications::{invite, offer_role, offer_task};
use crate::tasks::let_lapse;

pub async fn act_on_assignment(by: &Client, part: &Value, verb: &str) {
    let path = format!("/role-assignments/{}/{verb}", part["id"].as_str().unwrap());
    by.act(&path).await.is(200);
}

async fn change(by: &Client, path: &str, body: Value) {
    by.patch(path, body).await.is(200);
}

fn task_path(task: &Value) -> String {
    format!("/tasks/{}", task["id"].as_str().unwrap())
}

fn member_path(of: &Person) -> String {
    format!("/members/{}", of.member_id)
}

/// Prepares what the operation needs, and performs it.
pub async fn perform(world: &mut World, operation: &str, case: &str) {
    match operation
        .rsplit_once('_')
        .map_or(operation, |(_, noun)| noun)
    {
        "task" => perform_on_task(world, operation, case).await,
        "appointment" | "missed" | "attendees" | "attendee" => {
            perform_on_appointment(world, operation, case).await;
        }
        "series" if operation.ends_with("_appointment_series") => {
            perform_on_appointment_series(world, operation, case).await;
        }
        "series" | "turns" => perform_on_series(world, operation, case).await,
        "need" => perform_on_need(world, operation, case).await,
        "invitation" | "request" => perform_on_guest(world, operation).await,
        "role" | "assignment" => perform_on_role(world, operation, case).await,
        "absence" => {
            world.claimed(SOON).await;
            world.begin().await;
            let away = json!({ "from_on": "2026-12-01", "on_affected": case });
            world.ben.post("/absences", away).await.is(201);
        }
        "handover" => perform_on_handover(world, operation, case).await,
        _ => perform_on_member(world, operation, case).await,
    }
}

async fn perform_on_series(world: &mut World, operation: &str, case: &str) {
    let series = json!({
        "title": "Shopping", "due_local": "2027-01-03T18:00", "recurrence": "FREQ=WEEKLY",
    });
    let series = world.ana.post("/task-series", series).await.is(201);
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let act = async |by: &Client, verb: &str| by.act(&format!("{path}/{verb}")).await.is(200);
    let offer = json!({ "member_id": world.ben.member_id });
    let verb = operation
        .strip_suffix("_task_series")
        .unwrap_or("set-turns");
    if verb == "offer" {
        world.begin().await;
        let offer_path = format!("{path}/offer");
        world.ana.post(&offer_path, offer).await.is(200);
        return;
    }
    world
        .ana
        .post(&format!("{path}/offer"), offer)
        .await
        .is(200);
    if verb != "decline" {
        act(&world.ben, "accept").await;
    }
    if verb == "resume" {
        act(&world.ana, "pause").await;
    }
    world.begin().await;
    match verb {
        "decline" | "release" => {
            act(&world.ben, verb).await;
        }
        "set-turns" => {
            let turns = json!({ "member_ids": [world.ana.member_id, world.dora.member_id] });
            world
                .ana
                .post(&format!("{path}/set-turns"), turns)
                .await
                .is(200);
        }
        "update" => {
            let body = match case {
                "another time" => json!({ "due_local": "2027-01-03T19:00" }),
                _ => json!({ "title": "More shopping" }),
            };
            change(&world.ana, &path, body).await;
        }
        _ => {
            act(&world.ana, verb).await;
        }
    }
}

async fn perform_on_appointment_series(world: &mut World, operation: &str, case: &str) {
    let series = json!({
        "title": "Dialysis", "starts_local": "2027-01-05T08:00", "recurrence": "FREQ=WEEKLY",
        "attendee_member_ids": [world.ben.member_id],
    });
    let create = async |world: &World| world.ana.post("/appointment-series", series.clone()).await;
    if operation == "create_appointment_series" {
        world.begin().await;
        create(world).await.is(201);
        return;
    }
    let made = create(world).await.is(201);
    let path = format!("/appointment-series/{}", made["id"].as_str().unwrap());
    let act = async |world: &World, verb: &str| {
        world.ana.act(&format!("{path}/{verb}")).await.is(200);
    };
    let verb = operation.trim_end_matches("_appointment_series");
    if verb == "resume" {
        act(world, "pause").await;
    }
    let respond = async |world: &World, response: &str| {
        let path = format!("{path}/attendees/me/respond");
        let body = json!({ "response": response });
        world.ben.post(&path, body).await.is(200);
    };
    if case == "tentative" {
        respond(world, "accepted").await;
    }
    world.begin().await;
    if verb == "respond_to" {
        respond(world, case).await;
        return;
    }
    if verb != "update" {
        act(world, verb).await;
        return;
    }
    let body = match case {
        "another time" => json!({ "starts_local": "2027-01-05T09:00" }),
        "another place" => json!({ "location": "Ward 5" }),
        _ => json!({ "title": "Dialysis, left arm" }),
    };
    change(&world.ana, &path, body).await;
}

/// Members who get no emails are concerned.
async fn perform_without_emails(world: &mut World, operation: &str, when: &str) {
    if operation == "decline_task" {
        let task = world.task(when).await;
        offer_task(&world.cem, &task, &world.ben).await;
        let today = json!({
            "from_on": "2026-12-01", "until_on": "2026-12-01", "on_affected": "keep",
        });
        world.cem.post("/absences", today).await.is(201);
        world.begin().await;
        world.ben.task_act(&task, "decline").await.is(200);
        return;
    }
    let off = json!({ "gaps": "off" });
    for person in [&world.ana, &world.cem] {
        change(person, "/notification-settings", off.clone()).await;
    }
    let task = world.claimed(when).await;
    world.begin().await;
    world.ben.task_act(&task, "release").await.is(200);
}

async fn perform_on_task(world: &mut World, operation: &str, case: &str) {
    let when = if case.starts_with("far") { FAR } else { SOON };
    match (operation, case) {
        ("create_task" | "approve_task", _)
        | ("cancel_task", "suggested" | "their own suggestion") => {
            perform_suggestion(world, operation, case).await;
        }
        ("offer_task", _) => {
            let task = world.task(when).await;
            world.begin().await;
            offer_task(&world.ana, &task, &world.ben).await;
        }
        ("claim_task", "taken over") => {
            let task = world.claimed(when).await;
            hand_over(&world.ben, "task_id", &task["id"], None).await;
            world.begin().await;
            world.dora.task_act(&task, "claim").await.is(200);
        }
        ("claim_task", _) => {
            let task = world.task(when).await;
            world.begin().await;
            world.ben.task_act(&task, "claim").await.is(200);
        }
        ("decline_task", "the person who asked is away") | ("release_task", "soon, turned off") => {
            perform_without_emails(world, operation, when).await;
        }
        ("decline_task", "the person who asked is gone") => {
            let task = world.task(when).await;
            offer_task(&world.cem, &task, &world.ben).await;
            let remove = format!("{}/remove", member_path(&world.cem));
            world.ana.post(&remove, json!({})).await.is(200);
            world.begin().await;
            world.ben.task_act(&task, "decline").await.is(200);
        }
        ("accept_task" | "decline_task", _) => {
            let task = world.offered(when).await;
            world.begin().await;
            let verb = operation.strip_suffix("_task").unwrap();
            world.ben.task_act(&task, verb).await.is(200);
        }
        ("release_task", _) => perform_release(world, case, when).await,
        ("reinstate_task", _) => {
            let task = match case {
                "suggested" => world.dora.task(json!({ "title": "A walk" })).await,
                _ => world.claimed(when).await,
            };
            world.ana.task_act(&task, "cancel").await.is(200);
            world.begin().await;
            world.ana.task_act(&task, "reinstate").await.is(200);
        }
        ("reopen_task", "lapsed") => {
            let task = world.claimed(when).await;
            let_lapse(&world.app, &task_path(&task)).await;
            world.begin().await;
            world.ana.task_act(&task, "reopen").await.is(200);
        }
        ("complete_task" | "reopen_task", _) => perform_completion(world, operation, case).await,
        ("update_task", "another topic") => {
            let task = world.task(when).await;
            world.dora.task_act(&task, "claim").await.is(200);
            world.begin().await;
            change(&world.ana, &task_path(&task), json!({ "topic": "health" })).await;
        }
        ("update_task", _) => {
            let task = world.claimed(when).await;
            world.begin().await;
            let body = match case {
                "another time" => json!({ "due_local": THIS_WEEK }),
                _ => json!({ "title": "Cook" }),
            };
            change(&world.ana, &task_path(&task), body).await;
        }
        ("cancel_task", _) => {
            let task = world.claimed(when).await;
            world.begin().await;
            world.ana.task_act(&task, "cancel").await.is(200);
        }
        _ => unreachable!(
            "{operation} {case}: add an arm for it in tests/api/notifications/who/perform.rs"
        ),
    }
}

async fn perform_release(world: &mut World, case: &str, when: &str) {
    if case == "the only coordinator" {
        let access = json!({ "access": "helper" });
        change(&world.ana, &member_path(&world.cem), access).await;
        let task = world.task(when).await;
        world.ana.task_act(&task, "claim").await.is(200);
        world.begin().await;
        world.ana.task_act(&task, "release").await.is(200);
        return;
    }
    let task = match case {
        _ if case.ends_with("asked") => world.accepted(when).await,
        _ => world.claimed(when).await,
    };
    world.begin().await;
    world.ben.task_act(&task, "release").await.is(200);
}

async fn perform_suggestion(world: &mut World, operation: &str, case: &str) {
    let walk = json!({ "title": "A walk" });
    if operation == "create_task" {
        world.begin().await;
        match case {
            "suggested" => world.dora.task(walk).await,
            _ => world.ana.task(walk).await,
        };
        return;
    }
    let task = world.dora.task(walk).await;
    world.begin().await;
    let by = if case == "their own suggestion" {
        &world.dora
    } else {
        &world.ana
    };
    let verb = operation.strip_suffix("_task").unwrap();
    by.task_act(&task, verb).await.is(200);
}

async fn perform_completion(world: &mut World, operation: &str, case: &str) {
    let task = match case {
        "alone" => world.claimed(SOON).await,
        _ => world.shared().await,
    };
    match (operation, case) {
        ("complete_task", "alone" | "one of two parts") => {
            world.begin().await;
            world.ben.task_act(&task, "complete").await.is(200);
        }
        ("complete_task", "the whole") => {
            world.ana.task_act(&task, "claim").await.is(200);
            world.begin().await;
            let path = format!("{}/complete", task_path(&task));
            let whole = json!({ "for_everyone": true });
            world.ana.post(&path, whole).await.is(200);
        }
        ("complete_task", _) => {
            world.begin().await;
            world.ana.task_act(&task, "complete").await.is(200);
        }
        ("reopen_task", "own part") => {
            world.ben.task_act(&task, "complete").await.is(200);
            world.dora.task_act(&task, "complete").await.is(200);
            world.begin().await;
            world.ben.task_act(&task, "reopen").await.is(200);
        }
        _ => {
            world.ana.task_act(&task, "complete").await.is(200);
            world.begin().await;
            world.ana.task_act(&task, "reopen").await.is(200);
        }
    }
}

async fn perform_on_appointment(world: &mut World, operation: &str, case: &str) {
    let past = "2026-11-30T10:00";
    let when = match case {
        _ if case.ends_with("in the past") => past,
        _ if case.ends_with("six weeks") || case.ends_with("far") => FAR,
        "declined soon" | "tentative soon" => SOON,
        _ => THIS_WEEK,
    };
    match (operation, case) {
        ("create_appointment", _) => {
            world.begin().await;
            world.scan(when).await;
        }
        ("confirm_appointment", _) => {
            let more = json!({ "attendee_member_ids": [world.ben.member_id], "is_proposal": true });
            let appointment = scan(&world.ana, more).await;
            world.begin().await;
            act(&world.ana, &appointment, "confirm").await.is(200);
        }
        ("update_appointment", "another topic") => {
            let more = json!({ "attendee_member_ids": [world.ben.member_id], "topic": "family" });
            let appointment = scan(&world.ana, more).await;
            answer(&world.ben, &appointment, "accepted").await;
            grant(&world.ana, &world.ben, json!({ "health": "none" })).await;
            world.begin().await;
            change(
                &world.ana,
                &path_of(&appointment),
                json!({ "topic": "health" }),
            )
            .await;
        }
        ("update_appointment", _) => {
            let (appointment, _) = world.appointment_with_ride(when).await;
            world.begin().await;
            let body = match case.split(' ').next().unwrap() {
                "place" => json!({ "location": "Ward 5" }),
                "link" => json!({ "video_link": "https://meet.example/y" }),
                "preparation" => json!({ "preparation": "Bring the letter." }),
                "the" => json!({ "location": "Canary ward" }),
                _ => json!({ "title": "Another scan" }),
            };
            change(&world.ana, &path_of(&appointment), body).await;
        }
        ("add_attendees", _) => {
            let appointment = scan(&world.ana, json!({ "without_attendees": true })).await;
            world.begin().await;
            invite(&world.ana, &appointment, &world.ben).await;
        }
        ("remove_attendee", _) => {
            let appointment = world.scan(when).await;
            if case != "not answered" {
                answer(&world.ben, &appointment, case).await;
            }
            world.begin().await;
            let ben = &world.ben.member_id;
            let path = format!("{}/attendees/{ben}", path_of(&appointment));
            world.ana.delete(&path).await.is(204);
        }
        ("respond_to_appointment", _) => {
            let appointment = world.scan(when).await;
            if case != "accepted" {
                answer(&world.ben, &appointment, "accepted").await;
            }
            world.begin().await;
            let said = case.split(' ').next().unwrap();
            answer(&world.ben, &appointment, said).await;
        }
        ("reschedule_appointment", _) => {
            let (appointment, _) = world.appointment_with_ride(when).await;
            world.begin().await;
            let to = match case {
                "into the past" => json!({ "starts_local": past }),
                "another end" => {
                    json!({ "starts_local": when, "ends_local": "2026-12-04T15:00" })
                }
                _ => json!({ "starts_local": "2026-12-05T10:00" }),
            };
            reschedule(&world.ana, &appointment, to).await.is(200);
        }
        _ => {
            let when = match operation {
                "complete_appointment" | "mark_appointment_missed" => "2026-12-01T08:30",
                _ => when,
            };
            let (appointment, _) = world.appointment_with_ride(when).await;
            let verb = match operation {
                "mark_appointment_missed" => "mark-missed",
                "reinstate_appointment" => {
                    act(&world.ana, &appointment, "cancel").await.is(200);
                    "reinstate"
                }
                _ => operation.strip_suffix("_appointment").unwrap(),
            };
            world.begin().await;
            act(&world.ana, &appointment, verb).await.is(200);
        }
    }
}

async fn perform_on_need(world: &mut World, operation: &str, case: &str) {
    let when = match case {
        "soon" => SOON,
        "in the past" => "2026-11-30T10:00",
        _ if case.starts_with("far") || case.ends_with("six weeks") => FAR,
        _ => THIS_WEEK,
    };
    if matches!(
        operation,
        "create_need" | "offer_need" | "claim_need" | "accept_need" | "decline_need"
    ) {
        let appointment = world.scan(when).await;
        if operation == "create_need" {
            world.begin().await;
        }
        let ride = add_need(&world.ana, &appointment, json!({ "kind": "driver" })).await;
        if operation == "offer_need" {
            world.begin().await;
        }
        offer_need(&world.ana, &ride, &world.dora).await.is(200);
        if operation == "create_need" {
            world.begin().await;
        }
        if let "claim_need" | "accept_need" | "decline_need" = operation {
            world.begin().await;
            let verb = operation.strip_suffix("_need").unwrap();
            let take = format!("{}/{verb}", need_path(&ride));
            let anyway = json!({ "allow_overlap": true });
            match operation {
                "decline_need" => need_act(&world.dora, &ride, "decline").await.is(200),
                _ => world.dora.post(&take, anyway).await.is(200),
            };
        }
        return;
    }
    let (_, ride) = world.appointment_with_ride(when).await;
    world.begin().await;
    match operation {
        "release_need" => {
            need_act(&world.dora, &ride, "release").await.is(200);
        }
        "cancel_need" => {
            need_act(&world.ana, &ride, "cancel").await.is(200);
        }
        _ => {
            let body = match case.split(' ').next().unwrap() {
                "pick-up" => json!({ "pickup_location": "At the station" }),
                "drop-off" => json!({ "dropoff_location": "Gate 2" }),
                _ => json!({ "people_needed": 2 }),
            };
            change(&world.ana, &need_path(&ride), body).await;
        }
    }
}

async fn perform_on_role(world: &mut World, operation: &str, case: &str) {
    match (operation, case) {
        ("offer_role", _) => {
            world.begin().await;
            world.role(false).await;
        }
        ("accept_role_assignment", "taken over") => {
            let part = offer_role(&world.ana, &world.ben).await;
            act_on_assignment(&world.ben, &part, "accept").await;
            let path = format!("/roles/{}/offer", part["role_id"].as_str().unwrap());
            let offer = json!({
                "member_id": world.dora.member_id, "previous_assignment_id": part["id"],
            });
            let role = world.ana.post(&path, offer).await.is(200);
            let offers = role["assignments"].as_array().unwrap();
            let offered = offers.iter().find(|part| part["state"] == "offered");
            world.begin().await;
            act_on_assignment(&world.dora, offered.unwrap(), "accept").await;
        }
        ("accept_role_assignment" | "decline_role_assignment", _) => {
            let part = world.role(false).await;
            world.begin().await;
            let verb = operation.strip_suffix("_role_assignment").unwrap();
            act_on_assignment(&world.dora, &part, verb).await;
        }
        ("release_role_assignment", _) => {
            let part = world.role(true).await;
            world.begin().await;
            let by = if case == "own" {
                &world.dora
            } else {
                &world.ana
            };
            act_on_assignment(by, &part, "release").await;
        }
        ("archive_role", _) => {
            let part = world.role(true).await;
            world.begin().await;
            let path = format!("/roles/{}/archive", part["role_id"].as_str().unwrap());
            world.ana.act(&path).await.is(200);
        }
        _ => unreachable!(
            "{operation} {case}: add an arm for it in tests/api/notifications/who/perform.rs"
        ),
    }
}

async fn perform_on_handover(world: &mut World, operation: &str, case: &str) {
    let when = if case.ends_with("far") { FAR } else { SOON };
    let task = world.claimed(when).await;
    if operation == "create_handover" {
        world.begin().await;
    }
    let to = (case != "to anybody, soon" && case != "to anybody, far").then_some(&world.dora);
    let handover = hand_over(&world.ben, "task_id", &task["id"], to).await;
    if operation == "create_handover" {
        return;
    }
    world.begin().await;
    match operation {
        "accept_handover" => act_on(&world.dora, &handover, "accept").await.is(200),
        "decline_handover" => act_on(&world.dora, &handover, "decline").await.is(200),
        "withdraw_handover" => act_on(&world.ben, &handover, "withdraw").await.is(200),
        _ => place(&world.ana, &handover, &world.dora).await.is(200),
    };
}

/// What people who are no members yet are asked or ask.
async fn perform_on_guest(world: &mut World, operation: &str) {
    match operation {
        "propose_invitation" => {
            world.begin().await;
            propose(world).await;
        }
        "approve_invitation" | "reject_invitation" => {
            let invitation = propose(world).await;
            world.begin().await;
            let verb = operation.strip_suffix("_invitation").unwrap();
            let id = invitation["id"].as_str().unwrap();
            let path = format!("/invitations/{id}/{verb}");
            world.ana.act(&path).await.is(200);
        }
        "create_join_request" => {
            world.begin().await;
            ask_to_join(world).await;
        }
        "approve_join_request" => {
            let request = ask_to_join(world).await;
            world.begin().await;
            let path = format!("/join-requests/{}/approve", request["id"].as_str().unwrap());
            world.ana.act(&path).await.is(200);
        }
        _ => {
            unreachable!("{operation}: add an arm for it in tests/api/notifications/who/perform.rs")
        }
    }
}

async fn propose(world: &World) -> Value {
    let person = json!({ "email": format!("{}@test.example", uuid::Uuid::now_v7()) });
    world.ben.post("/invitations/propose", person).await.is(201)
}

async fn ask_to_join(world: &World) -> Value {
    let guest = world.app.person("Gio").await;
    let link = json!({ "access": "viewer" });
    let link = world.ana.post("/join-links", link).await.is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    guest
        .post("/v1/join-requests", json!({ "token": token }))
        .await
        .is(201)
}

async fn perform_on_member(world: &mut World, operation: &str, case: &str) {
    world.claimed(SOON).await;
    if case == "was going to come" {
        let appointment = world.scan(SOON).await;
        answer(&world.ben, &appointment, "accepted").await;
    }
    let path = member_path(&world.ben);
    if case == "ended by the clock" {
        let until = json!({ "daily": "write", "expires_at": "2026-12-01T08:05:00Z" });
        grant(&world.ana, &world.ben, until).await;
        world.app.advance(TimeDelta::minutes(5));
    }
    let aunt = json!({ "name": "Rosa", "access": "helper" });
    let aunt_of_ben = json!({
        "name": "Rosa", "access": "helper", "contact_member_id": world.ben.member_id,
    });
    if case == "the contact of somebody" {
        world
            .ana
            .post("/members", aunt_of_ben.clone())
            .await
            .is(201);
    }
    let mut managed = Value::Null;
    if case == "another contact" {
        managed = world.ana.post("/members", aunt.clone()).await.is(201);
    }
    world.begin().await;
    match (operation, case) {
        ("create_member", "") => {
            world.ana.post("/members", aunt_of_ben).await.is(201);
        }
        ("create_member", _) => {
            world.ana.post("/members", aunt).await.is(201);
        }
        ("update_member", "another contact") => {
            let path = format!("/members/{}", managed["id"].as_str().unwrap());
            let contact = json!({ "contact_member_id": world.ben.member_id });
            change(&world.ana, &path, contact).await;
        }
        ("leave_circle", _) => {
            world.ben.post("/leave", json!({})).await.is(200);
        }
        ("remove_member" | "suspend_member", _) => {
            let verb = operation.strip_suffix("_member").unwrap();
            let path = format!("{path}/{verb}");
            world.ana.post(&path, json!({})).await.is(200);
        }
        ("update_member", "less access") => {
            change(&world.ana, &path, json!({ "access": "viewer" })).await;
        }
        ("update_member", _) => {
            change(&world.ben, &path, json!({ "name": "Benno" })).await;
        }
        ("update_member_topics", "ended by the clock") => {
            circles::end_grants(&world.app.app).await.unwrap();
        }
        ("update_member_topics", _) => {
            let level = if case == "less" { "none" } else { "write" };
            grant(&world.ana, &world.ben, json!({ "daily": level })).await;
        }
        ("schedule_account_deletion", _) => {
            world.ben.put("/v1/me/deletion").await.is(200);
        }
        _ => unreachable!(
            "{operation} {case}: add an arm for it in tests/api/notifications/who/perform.rs"
        ),
    }
}
