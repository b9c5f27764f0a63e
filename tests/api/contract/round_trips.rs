//! How many statements each operation sends: the table is `round_trips.txt`. A statement is a round
//! trip to PostgreSQL, and a change of threads on SQLite. So the number decides how fast an
//! operation is, and it must not grow with the number of rows or people.
//!
//! BEGIN and COMMIT are counted. The proof of the caller at the door is counted too: it is one
//! statement of every operation that needs a caller.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use axum::http::{Method, header};
use serde_json::{Map, Value, json};

use super::bodies::{also_needed, fitting};
use super::matrix::{Ids, fill, fresh};
use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};
use crate::pictures::{avatar_url, path as path_of, picture};

/// The statements of a read beside the proof, and of a write beside the proof.
const READ: usize = 2;
const WRITE: usize = 9;

const HELP: &str = "\
Each line of tests/api/contract/round_trips.txt is an operation, the status of its answer in this \
test, and the number of statements on SQLite and on PostgreSQL. After `#` is the reason of a number \
above the bound.
- The number has become smaller, or the operation is new: put the line below into the file.
- The number has become larger: find the statement that is new. Read what belongs together with \
one statement. What nothing in the transaction reads can wait for the commit: see \
base/src/platform/db/later.rs.
- A new operation answers with a refusal: prepare what it needs in `prepare`, and its body in `body`.
- A line that begins with `passkeys:` counts in a program with that feature, instead of the other \
line of the operation.";

/// What begins a line for a program with passkeys.
const PASSKEYS: &str = "passkeys:";

#[tokio::test]
async fn every_operation_sends_as_many_statements_as_the_table_says() {
    let few = Family::start(0).await.measure().await;
    let many = Family::start(4).await.measure().await;
    let grown: Vec<_> = few
        .iter()
        .filter(|(name, found)| many[*name] != **found)
        .map(|(name, found)| format!("{name}: {found:?} became {:?}", many[name]))
        .collect();
    assert!(
        grown.is_empty(),
        "with more rows and people: {grown:#?}\n{HELP}"
    );

    let table = Table::read();
    let is_sqlite = std::env::var_os("TEST_DATABASE_URL").is_none();
    let mut wrong = String::new();
    for (name, (status, count)) in &few {
        let with_passkeys = format!("{PASSKEYS}{name}");
        let other = table.0.get(with_passkeys.as_str());
        let other = other.filter(|_| cfg!(feature = "passkeys"));
        let begin = if other.is_some() { PASSKEYS } else { "" };
        let line = other.or_else(|| table.0.get(name.as_str()));
        let known = line.map(|line| {
            (
                line.status,
                if is_sqlite {
                    line.sqlite
                } else {
                    line.postgres
                },
            )
        });
        if known != Some((*status, *count)) {
            let other = line.map_or(*count, |line| {
                if is_sqlite {
                    line.postgres
                } else {
                    line.sqlite
                }
            });
            let (sqlite, postgres) = if is_sqlite {
                (*count, other)
            } else {
                (other, *count)
            };
            let reason = line.map_or("", |line| line.reason.as_str());
            writeln!(wrong, "{begin}{name} {status} {sqlite} {postgres}{reason}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "not as in the table:\n{wrong}\n{HELP}");
    let gone: Vec<_> = table
        .0
        .keys()
        .filter(|line| !few.contains_key(operation(line)))
        .collect();
    assert!(gone.is_empty(), "operations that do not exist: {gone:?}");
}

#[test]
fn a_number_above_the_bound_has_a_reason() {
    let document = kith::api::operations();
    let mut methods = BTreeMap::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            methods.insert(operation["operationId"].as_str().unwrap(), method == "get");
        }
    }
    for (name, line) in Table::read().0 {
        let most = 1 + if methods[operation(name)] {
            READ
        } else {
            WRITE
        };
        let is_above = line.sqlite.max(line.postgres) > most;
        assert_eq!(
            is_above,
            !line.reason.is_empty(),
            "{name}: at most {most} statements, or a reason after `#`; a reason only above that"
        );
    }
}

/// The operation of a line.
fn operation(line: &str) -> &str {
    line.strip_prefix(PASSKEYS).unwrap_or(line)
}

struct Line {
    status: u16,
    sqlite: usize,
    postgres: usize,
    reason: String,
}

struct Table(BTreeMap<&'static str, Line>);

impl Table {
    fn read() -> Self {
        let line = |line: &'static str| {
            let (facts, reason) = line.split_once(" #").unwrap_or((line, ""));
            let mut words = facts.split_whitespace();
            let name = words.next().unwrap();
            let mut number = || words.next().unwrap().parse::<usize>().unwrap();
            let status = u16::try_from(number()).unwrap();
            let reason = if reason.is_empty() {
                String::new()
            } else {
                format!(" #{reason}")
            };
            let line = Line {
                status,
                sqlite: number(),
                postgres: number(),
                reason,
            };
            (name, line)
        };
        Self(include_str!("round_trips.txt").lines().map(line).collect())
    }
}

/// A family in which every operation is tried.
struct Family {
    app: Arc<TestApp>,
    ana: Person,
    ben: Person,
    hana: Person,
    /// How many more people and rows there are.
    more: usize,
}

/// A request that is about to be sent.
struct Try {
    ids: Ids,
    by: Client,
    body: Option<Value>,
}

impl Family {
    async fn start(more: usize) -> Self {
        let app = TestApp::start().await;
        let [ana, ben, hana] = app
            .circle_of(
                ["coordinator", "caregiver", "helper"],
                ["Ana", "Ben", "Hana"],
            )
            .await;
        for number in 0..more {
            let guest = app.person(&format!("Guest{number}")).await;
            app.join(&ana, &guest, json!({ "access": "caregiver" }))
                .await;
            fresh(&ana, "more").await;
            app.mails().await;
        }
        Self {
            app,
            ana,
            ben,
            hana,
            more,
        }
    }

    /// The status and the number of statements of each operation.
    async fn measure(&self) -> BTreeMap<String, (u16, usize)> {
        let document = kith::api::operations();
        let mut found = BTreeMap::new();
        let paths = document["paths"].as_object().unwrap().iter();
        let mut operations: Vec<_> = paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().iter();
                methods.map(move |(method, operation)| (path, method, operation))
            })
            .collect();
        // What there is of a kind is counted only in a circle with a long change log, and each operation
        // makes it longer.
        let creates = |operation: &Value| operation["operationId"].to_string().contains("create_");
        operations.sort_by_key(|(_, _, operation)| !creates(operation));
        for (path, method, operation) in operations {
            let name = operation["operationId"].as_str().unwrap();
            let method: Method = method.to_uppercase().parse().unwrap();
            let sent = self.prepare(name, body(name, operation, &document)).await;
            // The first use of an access token is a write of its own.
            sent.by.get("/v1/me").await;
            let path = match name {
                "get_picture" => path_of(&avatar_url(&self.ana, &self.ana).await),
                "mark_notification_read" => {
                    let shown = sent.by.get("/v1/me/notifications").await.is(200);
                    let newest = shown["data"][0]["id"].as_str().unwrap().to_owned();
                    path.replace("{notification_id}", &newest)
                }
                _ => fill(path, &sent.ids),
            };
            let mut request = sent.by.request(&method, &path, sent.body.as_ref());
            if ["set_avatar", "set_patient_photo"].contains(&name) {
                *request.body_mut() = picture(1).into();
            }
            if sent.by.token.is_some() && method != Method::GET {
                let key = header::HeaderName::from_static("idempotency-key");
                let value = format!("{name} {}", self.more).parse().unwrap();
                request.headers_mut().insert(key, value);
            }
            let (reply, count) = self.app.with_statements(self.app.send(request)).await;
            found.insert(name.to_owned(), (reply.status.as_u16(), count));
        }
        found
    }

    /// Makes what an operation needs to succeed, and its request.
    #[expect(clippy::too_many_lines, reason = "a table, one entry an operation")]
    async fn prepare(&self, name: &str, body: Option<Value>) -> Try {
        let (ana, ben) = (&self.ana, &self.ben);
        let mut ids = fresh(ana, "tried").await;
        // A new person finds the code of their registration in the only new mail.
        self.app.mails().await;
        let mut by = ana.client.clone();
        let mut body = body;
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let (task, need) = (
            format!("/tasks/{}", ids.task),
            format!("/needs/{}", ids.need),
        );
        let role_assignment = format!("/role-assignments/{}", ids.role_assignment);
        let to_ben = json!({ "member_id": ben.member_id });
        match name {
            "approve_task" => {
                let wish = self.hana.post("/tasks", json!({ "title": "a wish" })).await;
                ids.task = id(&wish.is(201));
            }
            "accept_task" | "decline_task" => {
                ana.post(&format!("{task}/offer"), to_ben).await.is(200);
                by = ben.client.clone();
            }
            "complete_task" => {
                ana.act(&format!("{task}/claim")).await.is(200);
                ben.act(&format!("{task}/claim")).await;
            }
            "release_task" => drop(ana.act(&format!("{task}/claim")).await.is(200)),
            "reopen_task" => drop(ana.act(&format!("{task}/complete")).await.is(200)),
            "reinstate_task" => drop(ana.act(&format!("{task}/cancel")).await.is(200)),
            "uncheck_checklist_item" => {
                let check = format!("/checklist-items/{}/check", ids.checklist_item);
                ana.act(&check).await.is(200);
            }
            "list_task_comments" | "list_appointment_comments" => {
                for item in [task, format!("/appointments/{}", ids.appointment)] {
                    let comment = json!({ "body": "The key is with the neighbors" });
                    ana.post(&format!("{item}/comments"), comment).await.is(201);
                }
            }
            "accept_need" | "decline_need" => {
                ana.post(&format!("{need}/offer"), to_ben).await.is(200);
                by = ben.client.clone();
            }
            "release_need" => drop(ana.act(&format!("{need}/claim")).await.is(200)),
            "offer_task" | "offer_need" | "offer_role" => {
                let sent = body.get_or_insert_with(|| json!({}));
                sent["member_id"] = json!(ben.member_id);
            }
            "add_attendees" => body = Some(json!({ "member_ids": [ben.member_id] })),
            "mark_thread_read" => {
                body = Some(json!({ "last_read_message_id": ids.message }));
                let more = format!("/threads/{}/messages", ids.thread);
                let message = ben.post(&more, json!({ "body": "And another" })).await;
                if message.status == 201 {
                    body = Some(json!({ "last_read_message_id": id(&message.is(201)) }));
                }
            }
            "confirm_appointment" | "complete_appointment" | "mark_appointment_missed" => {
                let confirms = name == "confirm_appointment";
                let day = if confirms { "2027-01-02" } else { "2026-11-20" };
                let visit =
                    json!({ "title": "a visit", "starts_on": day, "is_proposal": confirms });
                ids.appointment = id(&ana.post("/appointments", visit).await.is(201));
            }
            "reinstate_appointment" => {
                let cancel = format!("/appointments/{}/cancel", ids.appointment);
                ana.act(&cancel).await.is(200);
            }
            "get_avatar" | "delete_avatar" | "get_picture" => {
                ana.put_bytes("/v1/me/avatar", picture(2)).await.is(200);
            }
            "delete_patient_photo" => {
                ana.put_bytes("/patient-photo", picture(2)).await.is(200);
            }
            "plan_question" => body = Some(json!({ "appointment_id": ids.appointment })),
            "reopen_question" => drop(
                ana.act(&format!("/questions/{}/ask", ids.question))
                    .await
                    .is(200),
            ),
            "reopen_meeting_agenda_item" => drop(
                ana.act(&format!("/agenda-items/{}/discuss", ids.agenda_item))
                    .await
                    .is(200),
            ),
            "unarchive_role" => {
                drop(
                    ana.act(&format!("/roles/{}/archive", ids.role))
                        .await
                        .is(200),
                );
            }
            "unarchive_thread" => {
                drop(
                    ana.act(&format!("/threads/{}/archive", ids.thread))
                        .await
                        .is(200),
                );
            }
            "create_absence" | "update_absence" | "end_absence" => {
                // Claims in a circle in which somebody is away read when.
                let circle = json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" });
                let circle = id(&ana.post("/v1/circles", circle).await.is(201));
                by = ana.inside(&circle);
                for _ in 0..=self.more {
                    let task = json!({ "title": "Cook", "due_on": "2027-06-02" });
                    let task = id(&by.post("/tasks", task).await.is(201));
                    by.act(&format!("/tasks/{task}/claim")).await.is(200);
                }
                let away = json!({ "from_on": "2027-06-01" });
                if name == "create_absence" {
                    body = Some(away);
                } else {
                    ids.absence = id(&by.post("/absences", away).await.is(201));
                    body = (name == "update_absence").then(|| json!({ "until_on": "2027-06-09" }));
                }
                ids.circle = circle;
            }
            "create_handover" => {
                ana.act(&format!("{task}/claim")).await.is(200);
                body = Some(json!({ "task_id": ids.task, "to_member_id": ben.member_id }));
            }
            "accept_handover" | "decline_handover" | "withdraw_handover" | "place_handover" => {
                let day = 1 + self.more;
                let sit = json!({
                    "title": "Sit", "starts_local": format!("2027-02-0{day}T10:00"),
                    "due_local": format!("2027-02-0{day}T12:00"),
                });
                let sit = id(&ana.post("/tasks", sit).await.is(201));
                let claim = json!({ "allow_overlap": true });
                ana.post(&format!("/tasks/{sit}/claim"), claim)
                    .await
                    .is(200);
                let handover = json!({ "task_id": sit, "to_member_id": ben.member_id });
                ids.handover = id(&ana.post("/handovers", handover).await.is(201));
                let (asks, overlap) = (name != "withdraw_handover", name == "accept_handover");
                if asks && name != "place_handover" {
                    by = ben.client.clone();
                }
                body = match name {
                    "place_handover" => Some(json!({ "member_id": ben.member_id })),
                    _ => overlap.then(|| json!({})),
                };
            }
            "release_role_assignment" => drop(ana.act(&format!("{role_assignment}/accept")).await),
            "request_succession" | "get_succession" | "end_succession" => {
                let circle = json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" });
                let circle = id(&ana.post("/v1/circles", circle).await.is(201));
                let guest = self.app.person(&name.replace('_', "")).await;
                let (ana, wish) = (ana.inside(&circle), json!({ "access": "caregiver" }));
                let member = join(&ana, &guest, wish).await;
                crate::circles::long_ago(&self.app, &circle).await;
                let named = json!({ "member_id": member });
                by = guest.client.inside(&circle);
                if name != "request_succession" {
                    put(&by, "/succession", &named).await.is(200);
                }
                body = body.map(|_| named);
                ids.circle = circle;
            }
            "pause_circle"
            | "resume_circle"
            | "mark_circle_in_memory"
            | "archive_circle"
            | "unarchive_circle"
            | "set_email_details"
            | "get_proxy"
            | "name_proxy"
            | "activate_proxy"
            | "revoke_proxy" => {
                let circle = json!({
                    "patient_name": "Rosa", "time_zone": "Europe/Berlin",
                    "creator_is_patient": name == "set_email_details",
                });
                let circle = ana.post("/v1/circles", circle).await.is(201);
                by = ana.inside(circle["id"].as_str().unwrap());
                let proxy = json!({
                    "member_id": circle["my_member_id"], "basis": "patient_said",
                    "said_on": "2026-11-01",
                });
                match name {
                    "resume_circle" => drop(by.act("/pause").await.is(200)),
                    "unarchive_circle" => drop(by.act("/archive").await.is(200)),
                    "mark_circle_in_memory" => body = Some(json!({ "confirm": true })),
                    "name_proxy" => body = Some(proxy),
                    "set_email_details" => body = Some(json!({ "forbidden": true })),
                    "get_proxy" | "activate_proxy" | "revoke_proxy" => {
                        put(&by, "/proxy", &proxy).await.is(200);
                        if name == "revoke_proxy" {
                            by.act("/proxy/activate").await.is(200);
                        }
                    }
                    _ => {}
                }
                ids.circle = id(&circle);
            }
            "schedule_circle_deletion" | "cancel_circle_deletion" => {
                let circle = json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" });
                let circle = id(&ana.post("/v1/circles", circle).await.is(201));
                by = ana.inside(&circle);
                if name == "cancel_circle_deletion" {
                    by.put("/deletion").await.is(200);
                }
                ids.circle = circle;
            }
            "update_member"
            | "update_member_topics"
            | "suspend_member"
            | "reinstate_member"
            | "remove_member"
            | "leave_circle" => {
                let guest = self.app.person(&name.replace('_', "")).await;
                let wish = json!({ "access": "caregiver" });
                ids.member = self.app.join(ana, &guest, wish).await;
                if name == "reinstate_member" {
                    let suspend = format!("/members/{}/suspend", ids.member);
                    ana.act(&suspend).await.is(200);
                }
                if name == "leave_circle" {
                    by = guest.client.clone();
                }
            }
            "create_personal_link" | "delete_personal_link" => {
                let aunt = json!({ "name": "Rosa", "access": "helper" });
                ids.member = id(&ana.post("/members", aunt).await.is(201));
                if name == "delete_personal_link" {
                    let link = format!("/members/{}/personal-link", ids.member);
                    ana.act(&link).await.is(201);
                }
            }
            "approve_invitation" | "reject_invitation" => {
                let email = format!("{}@test.example", name.replace('_', ""));
                let person = json!({ "email": email });
                let proposed = ben.post("/invitations/propose", person).await;
                ids.invitation = id(&proposed.is(201));
            }
            "create_join_request"
            | "preview_join_link"
            | "approve_join_request"
            | "decline_join_request" => {
                let guest = self.app.person(&name.replace('_', "")).await;
                let link = json!({ "access": "viewer" });
                let link = ana.post("/join-links", link).await.is(201);
                let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
                let asked = json!({ "token": token });
                if ["approve_join_request", "decline_join_request"].contains(&name) {
                    let asked = guest.post("/v1/join-requests", asked.clone()).await;
                    ids.join_request = id(&asked.is(201));
                } else {
                    by = guest.client.clone();
                    body = Some(asked);
                }
            }
            "schedule_account_deletion"
            | "sign_out"
            | "end_other_sessions"
            | "change_password"
            | "refresh_session"
            | "sign_in"
            | "reauthenticate" => {
                let guest = self.app.person(&name.replace('_', "")).await;
                by = guest.client.clone();
                body = match name {
                    "change_password" => Some(json!({
                        "current_password": PASSWORD,
                        "new_password": "another correct horse battery staple",
                    })),
                    "refresh_session" => {
                        Some(json!({ "refresh_token": guest.tokens["refresh_token"] }))
                    }
                    "sign_in" => Some(json!({ "email": guest.email, "password": PASSWORD })),
                    "reauthenticate" => Some(json!({ "password": PASSWORD })),
                    _ => None,
                };
            }
            _ => {}
        }
        Try { ids, by, body }
    }
}

/// Sends a PUT with a body.
async fn put(by: &Client, path: &str, body: &Value) -> Reply {
    let request = by.request(&Method::PUT, path, Some(body));
    by.app.send(request).await
}

/// Invites a person into the circle of a client, lets them accept, and returns their member id.
async fn join(by: &Client, guest: &Person, mut invitation: Value) -> String {
    invitation["email"] = json!(guest.email);
    by.post("/invitations", invitation).await.is(201);
    let mails = by.app.mails().await;
    let mail = mails.iter().find(|mail| mail.to == guest.email).unwrap();
    let token = json!({ "token": mail.token() });
    let member = guest.post("/v1/invitations/accept", token).await.is(200);
    member["id"].as_str().unwrap().to_owned()
}

/// The required fields of the body with values that fit, and what else the operation needs.
fn body(name: &str, operation: &Value, document: &Value) -> Option<Value> {
    let content = &operation["requestBody"]["content"]["application/json"];
    let reference = content["schema"]["$ref"].as_str()?;
    let schema = &document["components"]["schemas"][reference.rsplit('/').next()?];
    let required = schema["required"].as_array().into_iter().flatten();
    let required = required.filter_map(Value::as_str);
    let mut body: Map<String, Value> = required
        .map(|field| (field.to_owned(), fitting(&schema["properties"][field])))
        .chain(also_needed(name))
        .collect();
    let changed = match name {
        "update_task"
        | "update_appointment"
        | "update_role"
        | "update_thread"
        | "update_task_list"
        | "update_checklist_item"
        | "update_meeting_agenda_item" => json!({ "title": "Another" }),
        "update_question" => json!({ "text": "Another" }),
        "update_need" => json!({ "pickup_location": "There" }),
        "update_circle" | "update_account" | "update_member" => json!({ "name": "Another" }),
        "update_message" => json!({ "body": "Another" }),
        "update_member_topics" => json!({ "family": "none" }),
        "update_notification_settings" => json!({ "reminders": "off" }),
        "create_member" | "create_join_link" => json!({ "access": "helper" }),
        "create_task" => json!({ "due_local": "2027-01-02T12:00" }),
        "update_appointment_series" | "update_task_series" => {
            json!({ "recurrence": "FREQ=WEEKLY;INTERVAL=2" })
        }
        _ => json!({}),
    };
    body.extend(changed.as_object().cloned().unwrap_or_default());
    Some(Value::Object(body))
}
