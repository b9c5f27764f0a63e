//! The test changes each input of each answer with an ETag. The old ETag must not hide a change.

use axum::http::Method;
use chrono::TimeDelta;
use kith::privacy::retention::sweep;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::contract::matrix::{Ids, fill};
use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};
use crate::pictures::picture;

/// What an answer may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// The row itself.
    Circle,
    List,
    Series,
    AppointmentSeries,
    Task,
    Appointment,
    Need,
    AgendaItem,
    Question,
    Role,
    RoleAssignment,
    Handover,
    Absence,
    Thread,
    Message,
    Member,
    /// An item of a checklist is checked or unchecked.
    Checks,
    /// A comment is written.
    TaskComment,
    AppointmentComment,
    /// What others do with it.
    TakesTask,
    TakesNeed,
    Answers,
    /// Somebody offers the reader something.
    Offers,
    /// The name of a member who is shown.
    Name,
    /// A change of an email address that is shown, and undoing it.
    Email,
    EmailUndone,
    /// The picture of a member, and of the patient.
    Avatar,
    Photo,
    /// What the reader sees, and how far they have read.
    Sight,
    Reads,
    /// Which notifications the reader has marked as read.
    NotificationsRead,
    /// A new security event, a changed event, and deleted lines of both logs.
    Event,
    EventSettled,
    EventPruned,
    LogPruned,
    /// An invitation, and its removal by the sweep.
    Invitation,
    InvitationSwept,
    /// A join link, and a person who asks to join by one.
    JoinLink,
    JoinRequest,
    /// The reader's own account.
    Profile,
    /// The day of the request.
    Day,
}

use Input as I;

/// What each answer with an ETag depends on.
#[expect(clippy::too_many_lines, reason = "a table, one entry an operation")]
fn inputs(operation: &str) -> Option<&'static [Input]> {
    Some(match operation {
        "get_succession" | "get_proxy" => &[I::Sight],
        "get_circle" => &[I::Circle, I::Photo, I::Sight],
        "list_my_circles" => &[
            I::Circle,
            I::Photo,
            I::Offers,
            I::Reads,
            I::NotificationsRead,
            I::Sight,
        ],
        "get_summary" => &[I::Offers, I::Reads, I::NotificationsRead],
        "list_notifications" => &[I::Offers, I::NotificationsRead, I::Name, I::Sight],
        "list_agenda_items" => &[I::Task, I::TakesTask, I::Answers, I::Sight, I::Day],
        "list_my_calendar_items" | "list_calendar_items" => &[
            I::Circle,
            I::Task,
            I::TakesTask,
            I::Answers,
            I::Need,
            I::TakesNeed,
            I::Name,
            I::Sight,
            I::Day,
        ],
        "list_gaps" => &[
            I::Task,
            I::TakesTask,
            I::TakesNeed,
            I::Offers,
            I::Role,
            I::Name,
            I::Sight,
            I::Day,
        ],
        "list_workloads" => &[
            I::TakesTask,
            I::TakesNeed,
            I::Role,
            I::Name,
            I::Member,
            I::Absence,
            I::Sight,
        ],
        "list_appointments" | "get_appointment" => &[
            I::Appointment,
            I::Answers,
            I::Need,
            I::TakesNeed,
            I::AppointmentComment,
            I::Name,
            I::Sight,
        ],
        "list_needs" | "get_need" => &[I::Need, I::TakesNeed, I::Name, I::Sight],
        "list_tasks" | "get_task" => &[
            I::Task,
            I::TakesTask,
            I::Checks,
            I::TaskComment,
            I::Name,
            I::Sight,
        ],
        "get_checklist_item" => &[I::Checks, I::Sight],
        "list_task_comments" => &[I::TaskComment, I::Name, I::Sight],
        "list_appointment_comments" => &[I::AppointmentComment, I::Name, I::Sight],
        "list_meeting_agenda_items" | "get_meeting_agenda_item" => &[I::AgendaItem, I::Sight],
        "list_questions" | "get_question" => &[I::Question, I::Sight],
        "get_appointment_brief" => &[
            I::Appointment,
            I::Answers,
            I::Need,
            I::TakesNeed,
            I::AgendaItem,
            I::Question,
            I::AppointmentComment,
            I::Name,
            I::Sight,
        ],
        "list_task_series" | "get_task_series" => &[I::Series, I::Name, I::Sight],
        "list_appointment_series" | "get_appointment_series" => {
            &[I::AppointmentSeries, I::Name, I::Sight]
        }
        "list_task_lists" | "get_task_list" => &[I::List, I::Sight],
        "list_roles" | "get_role" => &[I::Role, I::RoleAssignment, I::Name, I::Sight],
        "list_role_assignments" | "get_role_assignment" => &[I::RoleAssignment, I::Name, I::Sight],
        "list_handovers" | "get_handover" => &[I::Handover, I::Name, I::Sight],
        "list_absences" | "get_absence" => &[I::Absence, I::Name, I::Sight],
        "list_threads" | "get_thread" => &[I::Thread, I::Message, I::Name, I::Reads, I::Sight],
        "list_messages" | "get_message" => &[I::Message, I::Name, I::Sight],
        "list_message_revisions" => &[I::Message, I::Sight],
        "list_join_links" => &[I::JoinLink, I::Sight],
        "list_join_requests" => &[I::JoinRequest, I::Sight],
        "list_members" | "get_member" => &[
            I::Member,
            I::Name,
            I::Avatar,
            I::Email,
            I::EmailUndone,
            I::Sight,
        ],
        "list_invitations" => &[I::Invitation, I::InvitationSwept, I::Sight],
        "search_circle" | "search_my_circles" => {
            &[I::Task, I::Appointment, I::Thread, I::Message, I::Sight]
        }
        "list_activity" => &[I::Task, I::Name, I::LogPruned, I::Reads, I::Sight],
        "list_security_events" => &[I::Event, I::EventSettled, I::EventPruned],
        "get_account" => &[I::Profile, I::Avatar],
        "get_avatar" => &[I::Avatar],
        // Another picture has another address.
        "get_picture" => &[],
        _ => return None,
    })
}

struct Fixture {
    ana: Person,
    ben: Person,
    ids: Ids,
    /// Makes every value different.
    number: u32,
    /// The token that undoes Ben's last change of address.
    undo: Option<String>,
    reader: Client,
}

impl Fixture {
    async fn build() -> Self {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let mut ids = crate::contract::matrix::fresh(&ana, "ours").await;
        ids.member.clone_from(&ben.member_id);
        let away = json!({ "from_on": "2027-06-01" });
        let away = ana.post("/absences", away).await.is(201);
        ids.absence = away["id"].as_str().unwrap().to_owned();
        // The agenda depends on the day: this appointment is over on the next day.
        let today = json!({ "title": "Today", "starts_on": "2026-12-01" });
        ana.post("/appointments", today).await.is(201);
        let accept = format!("/role-assignments/{}/accept", ids.role_assignment);
        ana.act(&accept).await.is(200);
        crate::circles::once_had_leaders(&ana).await;
        app.mails().await;
        ana.put_bytes("/v1/me/avatar", picture(0)).await.is(200);
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
            I::Series => change_at(format!("/task-series/{}", ids.task_series), title).await,
            I::AppointmentSeries => {
                let path = format!("/appointment-series/{}", ids.appointment_series);
                change_at(path, title).await;
            }
            I::Task => change_at(format!("/tasks/{}", ids.task), title).await,
            I::Appointment => change_at(format!("/appointments/{}", ids.appointment), title).await,
            I::Need => {
                let place = json!({ "pickup_location": word });
                change_at(format!("/needs/{}", ids.need), place).await;
            }
            I::AgendaItem => change_at(format!("/agenda-items/{}", ids.agenda_item), title).await,
            I::Question => {
                let path = format!("/questions/{}", ids.question);
                change_at(path, json!({ "text": word })).await;
            }
            I::Role => change_at(format!("/roles/{}", ids.role), title).await,
            I::RoleAssignment => {
                let day = format!("2027-02-{:02}", number % 28 + 1);
                let path = format!("/role-assignments/{}", ids.role_assignment);
                change_at(path, json!({ "ends_on": day })).await;
            }
            I::Absence => {
                let path = format!("/absences/{}", ids.absence);
                change_at(path, json!({ "note": word })).await;
            }
            I::Handover => {
                let withdraw = format!("/handovers/{}/withdraw", ids.handover);
                ana.act(&withdraw).await.is(200);
            }
            I::Thread => change_at(format!("/threads/{}", ids.thread), title).await,
            I::Message => {
                let path = format!("/messages/{}", ids.message);
                change_at(path, json!({ "body": word })).await;
            }
            I::Checks => {
                let path = format!("/checklist-items/{}", ids.checklist_item);
                let item = ana.get(&path).await.is(200);
                let is_checked = !item["checked_at"].is_null();
                let verb = if is_checked { "uncheck" } else { "check" };
                ana.act(&format!("{path}/{verb}")).await.is(200);
            }
            I::TaskComment => {
                let path = format!("/tasks/{}/comments", ids.task);
                ana.post(&path, json!({ "body": word })).await.is(201);
            }
            I::AppointmentComment => {
                let path = format!("/appointments/{}/comments", ids.appointment);
                ana.post(&path, json!({ "body": word })).await.is(201);
            }
            I::Member => {
                let path = format!("/members/{}", ids.member);
                change_at(path, json!({ "relationship": word })).await;
            }
            I::TakesTask => {
                let path = format!("/tasks/{}", ids.task);
                let task = ana.get(&path).await.is(200);
                let claimed = task["my_assignment"] == "accepted";
                let verb = if claimed { "release" } else { "claim" };
                ana.act(&format!("{path}/{verb}")).await.is(200);
            }
            I::TakesNeed => {
                let need = ben.get(&format!("/needs/{}", ids.need)).await.is(200);
                let taken = need["my_assignment"] == "accepted";
                let verb = if taken { "release" } else { "claim" };
                ben.act(&format!("/needs/{}/{verb}", ids.need))
                    .await
                    .is(200);
            }
            I::Answers => {
                let path = format!("/appointments/{}", ids.appointment);
                let current = ana.get(&path).await.is(200)["my_response"].clone();
                let answer = if current == "accepted" {
                    "tentative"
                } else {
                    "accepted"
                };
                let body = json!({ "response": answer });
                ana.post(&format!("{path}/attendees/me/respond"), body)
                    .await
                    .is(200);
            }
            I::Offers => {
                let task = ben.task(title).await;
                let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
                ben.post(&path, json!({ "member_id": ana.member_id }))
                    .await
                    .is(200);
            }
            I::Name => {
                // The answers show the reader as author and holder, and Ben as a helper.
                for person in [ana, ben] {
                    let path = format!("/members/{}", person.member_id);
                    person.patch(&path, json!({ "name": word })).await.is(200);
                }
            }
            I::Email => {
                let email = format!("ben{number}@test.example");
                ben.post("/v1/me/email-changes", json!({ "email": email }))
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
                // Undoing the change signs out all devices, Ben's too.
                let forgotten = json!({ "email": ben.email });
                ben.post("/v1/password-resets", forgotten).await.is(202);
                let mails = ben.app.mails().await;
                let mail = mails.iter().find(|mail| mail.to == ben.email).unwrap();
                let reset = json!({ "token": mail.token(), "password": PASSWORD });
                ben.post("/v1/password-resets/confirm", reset).await.is(204);
                self.ben.client = self.ben.later().await;
                self.ben.app.mails().await;
            }
            I::Avatar => {
                for person in [ana, ben] {
                    let sent = person.put_bytes("/v1/me/avatar", picture(number));
                    sent.await.is(200);
                }
            }
            I::Photo => {
                let sent = ana.put_bytes("/patient-photo", picture(number));
                sent.await.is(200);
            }
            I::Sight => {
                let grants = ana
                    .get(&format!("/members/{}", ana.member_id))
                    .await
                    .is(200);
                let sees = grants["topic_levels"]["decisions"] != "none";
                let level = if sees { "none" } else { "write" };
                let path = format!("/members/{}/topics", ana.member_id);
                ana.patch(&path, json!({ "decisions": level }))
                    .await
                    .is(200);
            }
            I::Reads => {
                let messages = format!("/threads/{}/messages", ids.thread);
                let message = ben.post(&messages, json!({ "body": word })).await.is(201);
                let read = format!("/threads/{}/mark-read", ids.thread);
                ana.post(&read, json!({ "last_read_message_id": message["id"] }))
                    .await
                    .is(200);
            }
            I::NotificationsRead => {
                let page = ana.get("/v1/me/notifications?unread=true").await.is(200);
                let last = json!({ "last_read_notification_id": page["data"][0]["id"] });
                ana.post("/v1/me/notifications/mark-all-read", last)
                    .await
                    .is(204);
            }
            I::Event => {
                let proof = json!({ "password": PASSWORD });
                ana.post("/v1/me/reauthenticate", proof).await.is(204);
            }
            I::EventSettled => {
                let settle = format!("UPDATE security_events SET device_label = '{word}'");
                self.sql(&settle).await;
            }
            I::EventPruned => self.sql("DELETE FROM security_events").await,
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
            I::JoinLink => {
                let link = json!({ "access": "viewer" });
                ana.post("/join-links", link).await.is(201);
            }
            I::JoinRequest => {
                let guest = ana.app.person(&format!("Guest{number}")).await;
                let link = json!({ "access": "viewer" });
                let link = ana.post("/join-links", link).await.is(201);
                let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
                let asked = json!({ "token": token });
                guest.post("/v1/join-requests", asked).await.is(201);
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
async fn an_etag_changes_with_everything_that_its_answer_depends_on() {
    let document = kith::api::operations();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        if !operation["responses"]["304"].is_object() {
            continue;
        }
        let name = operation["operationId"].as_str().unwrap();
        let Some(inputs) = inputs(name) else {
            panic!(
                "{name} has an ETag: add a line to inputs() in tests/api/contract/answers/tags.rs \
                 that names everything its answer depends on"
            );
        };
        let mut fixture = Fixture::build().await;
        let path = fill(path, &fixture.ids);
        for input in inputs {
            let before = fixture.get(&path, None).await;
            let tag = before.header("etag").to_owned();
            assert_eq!(before.status, 200, "{name}: {}", before.text);
            assert_eq!(fixture.get(&path, Some(&tag)).await.status, 304, "{name}");
            fixture.change(*input).await;
            let after = fixture.get(&path, Some(&tag)).await;
            assert_eq!(
                after.status, 200,
                "{name} hides a change of {input:?}: its ETag (base/src/http/entity_tag.rs) must \
                 include it, or the line in `inputs()` in tests/api/contract/answers/tags.rs is wrong"
            );
            assert_ne!(after.header("etag"), tag, "{name} {input:?}");
        }
    }
}

#[tokio::test]
async fn an_etag_begins_with_the_version_that_if_match_compares() {
    let fixture = Fixture::build().await;
    let path = format!("/tasks/{}", fixture.ids.task);
    let task = fixture.ana.get(&path).await;
    let tag = task.header("etag").to_owned();
    assert!(
        tag.starts_with(&format!("\"{}-", task.json()["version"])),
        "{tag}"
    );
    let change = async |tag: &str, title: &str| {
        let body = Some(json!({ "title": title }));
        let seen = ("if-match", tag);
        fixture.ana.with(seen, &Method::PATCH, &path, body).await
    };
    let changed = change(&tag, "Another").await;
    change(&tag, "A third")
        .await
        .is_problem(412, "version_mismatch");
    // A write answers with the same ETag as a read.
    let read = fixture.ana.get(&path).await;
    assert_eq!(changed.header("etag"), read.header("etag"));
    change(read.header("etag"), "A third").await.is(200);
}

#[tokio::test]
async fn a_member_who_lowers_their_own_access_sees_the_effect_in_the_answer() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let member = format!("/members/{}", ben.member_id);
    let lowered = ben.patch(&member, json!({ "access": "viewer" })).await;
    let read = ben.get(&member).await;
    shows_the_same(&lowered, &read);
    assert_eq!(read.is(200)["actions"], json!(["update", "leave"]));

    let own = format!("/members/{}", ana.member_id);
    let path = format!("{own}/topics");
    let granted = ana.patch(&path, json!({ "decisions": "none" })).await;
    let read = ana.get(&own).await;
    shows_the_same(&granted, &read);
}

/// Compares a change of access with a later read. The change also answers what it released, which
/// is part of its ETag. The version, the reader and their access stand before that in the ETag.
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
async fn accepting_an_invitation_answers_what_the_new_member_can_see() {
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
    assert_eq!(read.is(200)["actions"], json!(["update", "leave"]));
}
