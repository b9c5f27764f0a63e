//! Every input of every tagged answer is changed in turn: the tag before must not
//! hide it.

use axum::http::Method;
use chrono::TimeDelta;
use kith::privacy::retention::sweep;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::contract::matrix::{Ids, fill};
use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

/// What an answer may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// The row itself.
    Circle,
    List,
    Task,
    Appointment,
    Need,
    Role,
    RoleAssignment,
    Thread,
    Message,
    Member,
    /// What others do with it.
    TakesTask,
    TakesNeed,
    Answers,
    /// Somebody offers the reader something.
    Offers,
    /// How somebody who is shown is called.
    Name,
    /// Where an account that is shown has its mail, and that it moves back.
    Email,
    EmailUndone,
    /// What the reader sees, and how far they have read.
    Sight,
    Reads,
    /// Another line of the log, one that is too old, and one that is settled later.
    Event,
    EventSettled,
    EventPruned,
    LogPruned,
    /// An invitation, and that it is swept.
    Invitation,
    InvitationSwept,
    /// The reader's own account.
    Profile,
    /// The day on which one asks.
    Day,
}

use Input as I;

/// What each tagged answer depends on.
fn inputs(operation: &str) -> Option<&'static [Input]> {
    Some(match operation {
        "read_circle" => &[I::Circle, I::Sight],
        "list_my_circles" => &[I::Circle, I::Offers, I::Reads, I::Sight],
        "read_summary" => &[I::Offers, I::Reads],
        "read_agenda" => &[I::Task, I::TakesTask, I::Answers, I::Sight, I::Day],
        "list_appointments" | "read_appointment" => &[
            I::Appointment,
            I::Answers,
            I::Need,
            I::TakesNeed,
            I::Name,
            I::Sight,
        ],
        "list_needs" | "read_need" => &[I::Need, I::TakesNeed, I::Name, I::Sight],
        "list_tasks" | "read_task" => &[I::Task, I::TakesTask, I::Name, I::Sight],
        "list_task_lists" | "read_task_list" => &[I::List, I::Sight],
        "list_roles" | "read_role" => &[I::Role, I::RoleAssignment, I::Name, I::Sight],
        "read_role_timeline" | "read_role_assignment" => &[I::RoleAssignment, I::Name, I::Sight],
        "list_threads" | "read_thread" => &[I::Thread, I::Message, I::Name, I::Reads, I::Sight],
        "list_messages" | "read_message" => &[I::Message, I::Name, I::Sight],
        "list_message_history" => &[I::Message, I::Sight],
        "list_members" | "read_member" => &[I::Member, I::Name, I::Email, I::EmailUndone, I::Sight],
        "list_invitations" => &[I::Invitation, I::InvitationSwept, I::Sight],
        "read_log" => &[I::Task, I::Name, I::LogPruned, I::Sight],
        "list_account_events" => &[I::Event, I::EventSettled, I::EventPruned],
        "read_profile" => &[I::Profile],
        _ => return None,
    })
}

struct House {
    ana: Person,
    ben: Person,
    ids: Ids,
    /// Makes every value another one.
    number: u32,
    /// The mail that takes Ben's last change of address back.
    undo: Option<String>,
    reader: Client,
}

impl House {
    async fn build() -> Self {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let mut ids = crate::contract::matrix::fresh(&ana, "ours").await;
        ids.member.clone_from(&ben.member_id);
        // What the agenda and the role show is the reader's and Ben's.
        // Something of today, which is over on the next day.
        let today = json!({ "title": "Today", "starts_on": "2026-12-01" });
        ana.post("/appointments", today).await.is(201);
        let accept = format!("/role-assignments/{}/accept", ids.role_assignment);
        ana.act(&accept).await.is(200);
        app.mails().await;
        Self {
            reader: ana.client.clone(),
            ana,
            ben,
            ids,
            number: 0,
            undo: None,
        }
    }

    async fn sql(&self, statement: &str) {
        let connection = self.ana.app.database.connect().await;
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Changes the input to something that it was not before.
    #[expect(clippy::too_many_lines, reason = "a table, one entry an input")]
    async fn change(&mut self, input: Input) {
        self.number += 1;
        let number = self.number;
        let word = format!("Number {number}");
        let (ana, ben, ids) = (&self.ana, &self.ben, &self.ids);
        let title = json!({ "title": word });
        let change_at = async |path: String, body: Value| {
            ana.patch(&path, body).await.is(200);
        };
        match input {
            I::Circle => change_at(String::new(), json!({ "patient_about": word })).await,
            I::List => change_at(format!("/task-lists/{}", ids.list), title).await,
            I::Task => change_at(format!("/tasks/{}", ids.task), title).await,
            I::Appointment => change_at(format!("/appointments/{}", ids.appointment), title).await,
            I::Need => {
                let place = json!({ "pick_up": word });
                change_at(format!("/needs/{}", ids.need), place).await;
            }
            I::Role => change_at(format!("/roles/{}", ids.role), title).await,
            I::RoleAssignment => {
                let day = format!("2027-02-{:02}", number % 28 + 1);
                let path = format!("/role-assignments/{}", ids.role_assignment);
                change_at(path, json!({ "ends_on": day })).await;
            }
            I::Thread => change_at(format!("/threads/{}", ids.thread), title).await,
            I::Message => {
                let path = format!("/messages/{}", ids.message);
                change_at(path, json!({ "body": word })).await;
            }
            I::Member => {
                let path = format!("/members/{}", ids.member);
                change_at(path, json!({ "relationship": word })).await;
            }
            I::TakesTask => {
                let path = format!("/tasks/{}", ids.task);
                let task = ana.get(&path).await.is(200);
                let held = task["my_assignment"] == "accepted";
                let verb = if held { "withdraw" } else { "claim" };
                ana.act(&format!("{path}/{verb}")).await.is(200);
            }
            I::TakesNeed => {
                let need = ben.get(&format!("/needs/{}", ids.need)).await.is(200);
                let taken = need["my_commitment"] == "accepted";
                let verb = if taken { "withdraw" } else { "take" };
                ben.act(&format!("/needs/{}/{verb}", ids.need))
                    .await
                    .is(200);
            }
            I::Answers => {
                let path = format!("/appointments/{}", ids.appointment);
                let said = ana.get(&path).await.is(200)["my_answer"].clone();
                let answer = if said == "accepted" {
                    "tentative"
                } else {
                    "accepted"
                };
                let body = json!({ "answer": answer });
                ana.post(&format!("{path}/answer"), body).await.is(200);
            }
            I::Offers => {
                let task = ben.task(title).await;
                let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
                ben.post(&path, json!({ "member_id": ana.member_id }))
                    .await
                    .is(200);
            }
            I::Name => {
                // The person who is shown: the reader wrote and carries, Ben takes.
                for person in [ana, ben] {
                    let path = format!("/members/{}", person.member_id);
                    person.patch(&path, json!({ "name": word })).await.is(200);
                }
            }
            I::Email => {
                let email = format!("ben{number}@test.example");
                ben.post("/v1/me/email", json!({ "email": email }))
                    .await
                    .is(202);
                let mails = ben.app.mails().await;
                let mail = mails.iter().find(|mail| mail.to == email).unwrap();
                let token = json!({ "token": mail.token() });
                ben.post("/v1/email-changes/confirm", token).await.is(204);
                let mails = ben.app.mails().await;
                let mut mails = mails.iter();
                let mail = mails.find(|mail| mail.text.contains("undo-email"));
                self.undo = mail.map(crate::harness::Mail::token);
            }
            I::EmailUndone => {
                let token = json!({ "token": self.undo.take().unwrap() });
                ben.post("/v1/email-changes/undo", token).await.is(204);
                // The thief's devices are signed out, and so is Ben's.
                let forgotten = json!({ "email": ben.email });
                ben.post("/v1/password-resets", forgotten).await.is(202);
                let mails = ben.app.mails().await;
                let mail = mails.iter().find(|mail| mail.to == ben.email).unwrap();
                let reset = json!({ "token": mail.token(), "password": PASSWORD });
                ben.post("/v1/password-resets/confirm", reset).await.is(204);
                self.ben.client = self.ben.later().await;
                self.ben.app.mails().await;
            }
            I::Sight => {
                let grants = ana
                    .get(&format!("/members/{}", ana.member_id))
                    .await
                    .is(200);
                let sees = grants["topics"]["decisions"] != "none";
                let level = if sees { "none" } else { "write" };
                let path = format!("/members/{}/grant-topics", ana.member_id);
                ana.post(&path, json!({ "decisions": level })).await.is(200);
            }
            I::Reads => {
                let messages = format!("/threads/{}/messages", ids.thread);
                let said = ben.post(&messages, json!({ "body": word })).await.is(201);
                let read = format!("/threads/{}/read", ids.thread);
                ana.post(&read, json!({ "up_to": said["id"] }))
                    .await
                    .is(200);
            }
            I::Event => {
                let proof = json!({ "password": PASSWORD });
                ana.post("/v1/sessions/reauthenticate", proof).await.is(204);
            }
            I::EventSettled => {
                let settle = format!("UPDATE account_events SET device_label = '{word}'");
                self.sql(&settle).await;
            }
            I::EventPruned => self.sql("DELETE FROM account_events").await,
            I::LogPruned => {
                let oldest = "DELETE FROM changes WHERE seq = (SELECT MIN(seq) FROM changes)";
                self.sql(oldest).await;
            }
            I::Invitation => {
                let email = format!("guest{number}@test.example");
                let invitation = json!({ "email": email, "access": "viewer" });
                ana.post("/invitations", invitation).await.is(201);
                ana.app.mails().await;
            }
            I::InvitationSwept => {
                self.sql("UPDATE invitations SET expires_at = '2026-01-01 00:00:00+00:00'")
                    .await;
                sweep(&self.ana.app.app).await.unwrap();
            }
            I::Profile => {
                ana.patch("/v1/me", json!({ "name": word })).await.is(200);
            }
            I::Day => {
                self.ana.app.advance(TimeDelta::days(1));
                self.reader = self.ana.later().await;
            }
        }
    }

    async fn get(&self, path: &str, tag: Option<&str>) -> crate::harness::Reply {
        match tag {
            Some(tag) => {
                let seen = ("if-none-match", tag);
                self.reader.with(seen, &Method::GET, path, None).await
            }
            None => self.reader.get(path).await,
        }
    }
}

#[tokio::test]
async fn no_tag_outlives_a_change_of_what_its_answer_depends_on() {
    let document = kith::api::document();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        if !operation["responses"]["304"].is_object() {
            continue;
        }
        let name = operation["operationId"].as_str().unwrap();
        let Some(inputs) = inputs(name) else {
            panic!(
                "{name} has an entity tag: add a line to inputs() in tests/api/contract/answers/tags.rs \
                 that names everything its answer depends on"
            );
        };
        let mut house = House::build().await;
        let path = fill(path, &house.ids);
        for input in inputs {
            let before = house.get(&path, None).await;
            let tag = before.header("etag").to_owned();
            assert_eq!(before.status, 200, "{name}: {}", before.text);
            assert_eq!(house.get(&path, Some(&tag)).await.status, 304, "{name}");
            house.change(*input).await;
            let after = house.get(&path, Some(&tag)).await;
            assert_eq!(
                after.status, 200,
                "{name} hides a change of {input:?}: its entity tag (base/src/http/entity_tag.rs) has to \
                 hold that as well, or the line in `inputs()` in tests/api/contract/answers/tags.rs is wrong"
            );
            assert_ne!(after.header("etag"), tag, "{name} {input:?}");
        }
    }
}

#[tokio::test]
async fn a_tag_begins_with_the_version_that_if_match_compares() {
    let house = House::build().await;
    let path = format!("/tasks/{}", house.ids.task);
    let task = house.ana.get(&path).await;
    let tag = task.header("etag").to_owned();
    assert!(
        tag.starts_with(&format!("\"{}-", task.json()["version"])),
        "{tag}"
    );
    let change = async |tag: &str, title: &str| {
        let body = Some(json!({ "title": title }));
        let seen = ("if-match", tag);
        house.ana.with(seen, &Method::PATCH, &path, body).await
    };
    let changed = change(&tag, "Another").await;
    change(&tag, "A third").await.is_problem(412, "stale");
    // A write answers with the tag that reading gives.
    let read = house.ana.get(&path).await;
    assert_eq!(changed.header("etag"), read.header("etag"));
    change(read.header("etag"), "A third").await.is(200);
}

#[tokio::test]
async fn a_member_who_lowers_their_own_rights_sees_the_effect_in_the_answer() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let member = format!("/members/{}", ben.member_id);
    let lowered = ben.patch(&member, json!({ "access": "viewer" })).await;
    let read = ben.get(&member).await;
    shows_the_same(&lowered, &read);
    assert_eq!(read.is(200)["actions"], json!(["change", "leave"]));

    let own = format!("/members/{}", ana.member_id);
    let path = format!("{own}/grant-topics");
    let granted = ana.post(&path, json!({ "decisions": "none" })).await;
    let read = ana.get(&own).await;
    shows_the_same(&granted, &read);
}

/// A change of rights says besides what it has released, which is in its tag as well;
/// the version, the reader and their rights are in front of that.
fn shows_the_same(changed: &Reply, read: &Reply) {
    let begins = |reply: &Reply| {
        let tag = reply.header("etag");
        tag.splitn(4, '-')
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(begins(changed), begins(read));
    let mut shown = changed.json();
    shown["released"] = json!(null);
    assert_eq!(shown, read.json());
}

#[tokio::test]
async fn a_person_who_joins_a_circle_is_shown_what_they_may_see() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let dora = app.person("Dora").await;
    let invitation = json!({ "email": dora.email, "access": "helper" });
    ana.post("/invitations", invitation).await.is(201);
    let token = json!({ "token": app.mail().await.token() });
    let accepted = dora.post("/v1/invitations/accept", token).await;
    let id = accepted.json()["id"].as_str().unwrap().to_owned();
    let read = dora
        .inside(ana.circle_id())
        .get(&format!("/members/{id}"))
        .await;
    assert_eq!(accepted.text, read.text);
    assert_eq!(accepted.header("etag"), read.header("etag"));
    assert_eq!(read.is(200)["actions"], json!(["change", "leave"]));
}
