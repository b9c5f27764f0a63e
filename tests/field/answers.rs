//! Correct answers: ETags, repeated requests, states and `actions`.

use serde_json::json;

use crate::family::{Family, id_of, ids};
use crate::support::clock::new_id;
use crate::support::mail::Letter;
use crate::support::people::SOON;

#[test]
fn the_list_of_members_has_a_new_etag_when_an_address_changes() {
    let family = Family::gather();
    let members = family.at("members");
    let before = family.ana.api.get(&members).is(200);
    let tag = before.header("etag").unwrap().to_owned();
    let unchanged = [("if-none-match", tag.as_str())];
    family
        .ana
        .api
        .call_with(&unchanged, "GET", &members, None)
        .is(304);

    let new = json!({ "email": "ben.new@example.org" });
    family.ben.api.post("/v1/me/email-changes", &new).is(202);
    let letter = Letter::read(&family.setup.mails.next_to("ben.new@example.org", SOON));
    let link = letter.link_to("confirm-email");
    family
        .setup
        .client()
        .press(family.setup.path_of(&link))
        .is(200);
    let after = family
        .ana
        .api
        .call_with(&unchanged, "GET", &members, None)
        .is(200);
    assert!(after.body.contains("ben.new@example.org"), "{}", after.body);
}

#[test]
fn a_second_create_with_the_same_id_and_another_body_is_a_conflict() {
    let family = Family::gather();
    let id = new_id();
    let tasks = family.at("tasks");
    let first = json!({ "id": id, "title": "Milk" });
    family.ana.api.post(&tasks, &first).is(201);
    family.ana.api.post(&tasks, &first).is(200);
    family
        .ana
        .api
        .post(&tasks, &json!({ "id": id, "title": "Bread" }))
        .is(409);
    family
        .ana
        .api
        .patch(&format!("{tasks}/{id}"), &json!({ "notes": "two" }))
        .is(200);
    let again = family.ana.api.post(&tasks, &first).is(200).json();
    assert_eq!(again["notes"], "two");
}

#[test]
fn a_patch_that_changes_nothing_leaves_no_trace() {
    let family = Family::gather();
    let body = json!({ "title": "Milk", "notes": "two" });
    let task = family.make(&family.ana, "tasks", &body);
    let before = family.ana.api.get(&task).is(200);
    let log = family.ana.api.get(&family.at("activity")).is(200).body;
    family.ana.api.patch(&task, &body).is(200);
    let after = family.ana.api.get(&task).is(200);
    assert_eq!(before.header("etag"), after.header("etag"));
    assert_eq!(before.body, after.body);
    assert_eq!(family.ana.api.get(&family.at("activity")).body, log);
}

#[test]
fn uncovered_lists_only_work_that_still_needs_people() {
    let family = Family::gather();
    let open = family.task_due_in(30);
    let done = family.task_due_in(31);
    family.ana.api.press(&format!("{done}/complete")).is(200);
    let canceled = family.task_due_in(32);
    family.ana.api.press(&format!("{canceled}/cancel")).is(200);
    let proposed = json!({ "title": "A wish" });
    family.make(&family.ben, "tasks", &proposed);
    let list = family.ana.api.get(&family.at("tasks?uncovered=true"));
    assert_eq!(ids(&list.is(200)), [id_of(&open)]);
}

#[test]
fn a_reinstated_proposal_is_a_proposal_again() {
    let family = Family::gather();
    let body = json!({
        "title": "Coffee", "is_proposal": true, "starts_local": "2027-05-01T10:00",
        "time_zone": "Europe/Berlin",
    });
    let visit = family.make(&family.ana, "appointments", &body);
    family.ana.api.press(&format!("{visit}/cancel")).is(200);
    let back = family.ana.api.press(&format!("{visit}/reinstate")).is(200);
    assert_eq!(back.json()["state"], "proposed");
}

#[test]
fn a_member_who_adds_themselves_owes_no_answer() {
    let family = Family::gather();
    let body = json!({
        "title": "Coffee", "starts_local": "2027-05-01T10:00", "time_zone": "Europe/Berlin",
        "attendee_member_ids": [family.ana.member_id],
    });
    let visit = family.make(&family.ana, "appointments", &body);
    let seen = family.ana.api.get(&visit).is(200).json();
    assert_eq!(seen["attendees"][0]["response"], "accepted");
    let summary = family.ana.api.get("/v1/me/summary").is(200).json();
    assert_eq!(summary["waiting_for_you"], 0, "{summary}");
}

/// The same id in another spelling is the same id.
#[test]
fn one_idempotency_key_creates_one_task_however_the_path_is_spelled() {
    let family = Family::gather();
    let id = family.path.rsplit('/').next().unwrap().to_owned();
    let spellings = [
        id.clone(),
        id.to_uppercase(),
        id.replace('-', ""),
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
    ];
    let body = json!({ "title": "Once" });
    let key = [("idempotency-key", "one-key")];
    for spelling in spellings {
        let tasks = format!("/v1/circles/{spelling}/tasks");
        let reply = family.ana.api.call_with(&key, "POST", &tasks, Some(&body));
        assert!(matches!(reply.status, 201 | 404), "{}", reply.body);
    }
    let list = family.ana.api.get(&family.at("tasks")).is(200);
    assert_eq!(ids(&list).len(), 1, "{}", list.body);
}

#[test]
fn a_write_only_token_reads_nothing_by_repeating_an_operation() {
    let family = Family::gather();
    let body = json!({ "title": "Milk", "notes": "Private words" });
    let task = family.make(&family.ana, "tasks", &body);
    family.ana.api.press(&format!("{task}/claim")).is(200);
    let circle = id_of(&family.path);
    let token = json!({ "name": "Robot", "scopes": ["tasks:write"], "circle_ids": [circle] });
    let token = family
        .ana
        .api
        .post("/v1/me/access-tokens", &token)
        .is(201)
        .json();
    let robot = json!({ "access_token": token["token"] });
    let robot = family.setup.client().signed_in(&robot);
    robot.get(&task).is(403);
    let repeated = robot.press(&format!("{task}/claim"));
    assert!(
        !repeated.body.contains("Private words"),
        "{}",
        repeated.body
    );
}

/// An operation in `actions` is not refused, and an operation that is missing there is.
#[test]
fn actions_match_what_the_operations_allow() {
    let family = Family::gather();
    let task = family.task_due_in(30);
    let seen = family.ben.api.get(&task).is(200).json();
    assert_eq!(seen["actions"], json!(["claim", "create_comment"]));
    let offer = json!({ "member_id": family.cleo.member_id });
    family
        .ben
        .api
        .post(&format!("{task}/offer"), &offer)
        .is(403);
    family.ben.api.press(&format!("{task}/cancel")).is(403);
    let seen = family
        .ben
        .api
        .press(&format!("{task}/claim"))
        .is(200)
        .json();
    for action in seen["actions"].as_array().unwrap() {
        assert_ne!(action, "claim");
    }
    family.ben.api.press(&format!("{task}/release")).is(200);
}
