//! `actions` lists exactly the actions that the server allows. The test tries each action on each
//! kind of thing, in each state, as each caller. A listed action is not refused. An action that is
//! not listed is refused, or changes nothing because it is already in effect.

use std::collections::BTreeSet;

use axum::http::Method;
use kith::entity::succession::SuccessionState;
use serde_json::{Value, json};

use super::transitions::{self, Transitions};
use crate::harness::{Client, Person, Reply, TestApp};
use crate::tasks::let_lapse;

/// Refusals that depend only on the time: such actions stay listed.
const ONLY_TIME: [&str; 2] = ["too_late", "too_early"];

/// Each kind of thing with actions, and the states that are tried. A new kind of thing with
/// `actions` in the document needs a line here, in [`verbs`] and in [`Fixture::make`].
const KINDS: &[(&str, &[&str])] = &[
    (
        "Circle",
        &[
            "archived",
            "paused",
            "going on",
            "ending",
            "ending by the patient",
        ],
    ),
    ("Succession", &["proposed", "requested", "granted"]),
    ("Proxy", &["dormant", "active", "revoked"]),
    (
        "Invitation",
        &["open", "declined", "withdrawn", "proposed", "rejected"],
    ),
    ("JoinRequest", &["pending", "approved", "declined"]),
    ("Member", &["active", "suspended", "patient", "managed"]),
    (
        "Role",
        &[
            "active",
            "mine",
            "held",
            "shared",
            "offered to me",
            "archived",
        ],
    ),
    (
        "RoleAssignment",
        &[
            "offered to me",
            "offered",
            "offered but held",
            "mine",
            "active",
            "ended",
        ],
    ),
    ("TaskList", &["there"]),
    (
        "Task",
        &[
            "proposed",
            "proposed by me",
            "open",
            "offered to me",
            "mine",
            "full",
            "done",
            "done by me",
            "my part done",
            "done after my part",
            "canceled",
            "canceled by me",
            "lapsed",
            "lapsed and mine",
        ],
    ),
    ("AppointmentSeries", &["active", "paused", "ended"]),
    (
        "ChecklistItem",
        &["unchecked", "checked", "mine", "of a suggestion", "ended"],
    ),
    (
        "TaskSeries",
        &[
            "active",
            "offered to me",
            "mine",
            "paused",
            "ended",
            "turns",
        ],
    ),
    (
        "Appointment",
        &["proposed", "scheduled", "completed", "missed", "canceled"],
    ),
    (
        "Need",
        &[
            "open",
            "offered to me",
            "mine",
            "full",
            "on hold",
            "canceled",
        ],
    ),
    ("Absence", &["mine", "another's", "ended"]),
    (
        "Handover",
        &["open", "to me", "mine", "accepted", "withdrawn"],
    ),
    (
        "Question",
        &["draft", "mine", "planned", "asked", "answered", "set aside"],
    ),
    ("MeetingAgendaItem", &["open", "discussed", "postponed"]),
    (
        "Thread",
        &["open", "mine", "direct", "archived", "comments"],
    ),
    (
        "Message",
        &["another's", "mine", "archived", "deleted", "a comment"],
    ),
];

/// How each action is called: its name, its method, its path after the path of the thing, and
/// bodies that are tried until a body is not refused.
#[expect(clippy::too_many_lines, reason = "one kind of thing after the other")]
fn verbs(
    kind: &str,
    fixture: &Fixture,
    thing: &Value,
) -> Vec<(&'static str, Method, String, Vec<Value>)> {
    let word = fixture.word();
    let post = |verb: &'static str, path: &str, body: Value| {
        (verb, Method::POST, format!("/{path}"), vec![body])
    };
    let plain = |verb: &'static str| post(verb, &verb.replace('_', "-"), Value::Null);
    let delete =
        |verb: &'static str, path: &str| (verb, Method::DELETE, path.to_owned(), vec![Value::Null]);
    let patch = |bodies: Vec<Value>| ("update", Method::PATCH, String::new(), bodies);
    // It is no path of the thing: see `path_of`.
    let hand_over = |names: &str| {
        let body = json!({ names: thing["id"] });
        (
            "hand_over",
            Method::POST,
            "=/handovers".to_owned(),
            vec![body],
        )
    };
    let to_cem = json!({ "member_id": fixture.person("helper").member_id });
    match kind {
        "Circle" => vec![
            patch(vec![json!({ "patient_about": word })]),
            post(
                "invite",
                "invitations",
                json!({ "email": format!("{word}@test.example"), "access": "viewer" }),
            ),
            post(
                "propose",
                "invitations/propose",
                json!({ "email": format!("{word}@test.example") }),
            ),
            (
                "schedule_deletion",
                Method::PUT,
                "/deletion".into(),
                vec![Value::Null],
            ),
            delete("cancel_deletion", "/deletion"),
            plain("pause"),
            plain("resume"),
            post(
                "mark_in_memory",
                "mark-in-memory",
                json!({ "confirm": false }),
            ),
            plain("archive"),
            plain("unarchive"),
        ],
        "Succession" => vec![
            (
                "support",
                Method::PUT,
                String::new(),
                vec![json!({ "member_id": thing["member_id"] })],
            ),
            delete("end", ""),
        ],
        "Proxy" => vec![plain("activate"), delete("revoke", "")],
        "Invitation" => vec![
            plain("resend"),
            delete("withdraw", ""),
            plain("approve"),
            plain("reject"),
        ],
        "JoinRequest" => vec![plain("approve"), plain("decline")],
        "Member" => vec![
            patch(vec![json!({ "relationship": word })]),
            (
                "update_topics",
                Method::PATCH,
                "/topics".into(),
                vec![json!({ "decisions": fixture.level() })],
            ),
            post("suspend", "suspend", json!({})),
            plain("reinstate"),
            post("remove", "remove", json!({})),
            post("create_personal_link", "personal-link", Value::Null),
            delete("delete_personal_link", "/personal-link"),
        ],
        "Role" => {
            let parts = thing["assignments"].as_array().into_iter().flatten();
            let mut active = parts.filter(|part| part["state"] == "active");
            let previous = active.next().filter(|_| thing["shared"] == false);
            let offer = json!({
                "member_id": fixture.person("helper").member_id, "patient_part": "ask_later",
                "previous_assignment_id": previous.map(|part| &part["id"]),
            });
            vec![
                patch(vec![json!({ "description": word })]),
                post("offer", "offer", offer),
                post("claim", "claim", json!({ "patient_part": "ask_later" })),
                plain("archive"),
                plain("unarchive"),
            ]
        }
        "RoleAssignment" => vec![
            hand_over("role_assignment_id"),
            plain("accept"),
            plain("decline"),
            plain("withdraw"),
            plain("release"),
            patch(vec![
                json!({ "ends_on": fixture.day() }),
                json!({ "patient_part": "text", "patient_part_text": word }),
            ]),
        ],
        "TaskList" => vec![patch(vec![json!({ "title": word })]), delete("delete", "")],
        "Task" => vec![
            patch(vec![json!({ "notes": word })]),
            plain("approve"),
            plain("cancel"),
            post("offer", "offer", to_cem),
            plain("claim"),
            plain("accept"),
            plain("decline"),
            plain("release"),
            plain("complete"),
            plain("reopen"),
            hand_over("task_id"),
            plain("reinstate"),
            post(
                "create_checklist_item",
                "checklist-items",
                json!({ "title": word }),
            ),
            post("create_comment", "comments", json!({ "body": word })),
        ],
        "ChecklistItem" => vec![
            patch(vec![json!({ "title": word })]),
            plain("check"),
            plain("uncheck"),
            delete("delete", ""),
        ],
        "TaskSeries" => vec![
            patch(vec![json!({ "notes": word })]),
            plain("pause"),
            plain("resume"),
            plain("end"),
            post("offer", "offer", to_cem),
            post(
                "set_turns",
                "set-turns",
                json!({ "member_ids": [
                    fixture.person("coordinator").member_id,
                    fixture.person("helper").member_id,
                ] }),
            ),
            plain("claim"),
            plain("accept"),
            plain("decline"),
            plain("release"),
        ],
        "AppointmentSeries" => vec![
            patch(vec![json!({ "location": word })]),
            plain("pause"),
            plain("resume"),
            plain("end"),
            post(
                "respond",
                "attendees/me/respond",
                json!({ "response": "accepted" }),
            ),
        ],
        "Appointment" => {
            let dora = &fixture.person("viewer").member_id;
            vec![
                patch(vec![json!({ "location": word })]),
                post(
                    "reschedule",
                    "reschedule",
                    json!({ "starts_on": fixture.day() }),
                ),
                plain("confirm"),
                plain("cancel"),
                plain("reinstate"),
                plain("complete"),
                plain("mark_missed"),
                post(
                    "add_attendees",
                    "attendees",
                    json!({ "member_ids": [fixture.person("helper").member_id] }),
                ),
                delete("remove_attendee", &format!("/attendees/{dora}")),
                post(
                    "respond",
                    "attendees/me/respond",
                    json!({ "response": "accepted" }),
                ),
                post("create_need", "needs", json!({ "kind": "driver" })),
                post("create_comment", "comments", json!({ "body": word })),
                post(
                    "create_agenda_item",
                    "agenda-items",
                    json!({ "title": word }),
                ),
            ]
        }
        "Need" => vec![
            patch(vec![json!({ "notes": word })]),
            post("offer", "offer", to_cem),
            plain("cancel"),
            post("claim", "claim", json!({ "allow_overlap": true })),
            post("accept", "accept", json!({ "allow_overlap": true })),
            plain("decline"),
            plain("release"),
            hand_over("need_id"),
        ],
        "Absence" => vec![patch(vec![json!({ "note": word })]), delete("end", "")],
        "Handover" => {
            let to = fixture.person("patient");
            vec![
                post("accept", "accept", json!({ "allow_overlap": true })),
                plain("decline"),
                plain("withdraw"),
                post("place", "place", json!({ "member_id": to.member_id })),
            ]
        }
        "Question" => vec![
            patch(vec![json!({ "text": word })]),
            post("plan", "plan", json!({ "appointment_id": fixture.visit })),
            plain("ask"),
            post("answer", "answer", json!({ "answer": word })),
            plain("set_aside"),
            plain("reopen"),
            delete("delete", ""),
        ],
        "MeetingAgendaItem" => vec![
            patch(vec![json!({ "title": word })]),
            plain("discuss"),
            plain("postpone"),
            plain("reopen"),
            delete("delete", ""),
        ],
        "Thread" => vec![
            post("create_message", "messages", json!({ "body": word })),
            patch(vec![json!({ "title": word })]),
            plain("archive"),
            plain("unarchive"),
            post(
                "mark_read",
                "mark-read",
                json!({ "last_read_message_id": thing["last_message"]["id"] }),
            ),
        ],
        "Message" => vec![patch(vec![json!({ "body": word })]), delete("delete", "")],
        _ => panic!("{kind}: add its verbs to tests/api/contract/answers/actions.rs"),
    }
}

/// The path of an action: after that of the thing, or after `=` a path of its own.
fn path_of(thing: &str, suffix: &str) -> String {
    let own = suffix.strip_prefix('=').map(str::to_owned);
    own.unwrap_or_else(|| format!("{thing}{suffix}"))
}

struct Fixture {
    people: Vec<(&'static str, Person)>,
    token: Client,
    /// A person who is suspended, removed and invited again.
    victim: Person,
    /// An appointment to come, for which questions are planned.
    visit: String,
    number: std::cell::Cell<u32>,
}

impl Fixture {
    async fn build() -> Self {
        let app = TestApp::start().await;
        let access = [
            "coordinator",
            "caregiver",
            "helper",
            "viewer",
            "patient",
            "caregiver",
        ];
        let [ana, ben, cem, dora, eli, finn] = app.circle(access).await;
        for person in [&ben, &cem, &dora, &finn] {
            let path = format!("/members/{}/topics", person.member_id);
            let all = json!({ "daily": "write", "family": "read" });
            ana.patch(&path, all).await.is(200);
        }
        let token = json!({
            "name": "A calendar", "circle_ids": [ana.circle_id()],
            "scopes": ["circle:read", "tasks:read", "tasks:write", "appointments:read",
                "roles:read", "messages:read"],
        });
        let token = ana.post("/v1/me/access-tokens", token).await.is(201);
        let mut by_token = ana.client.clone();
        by_token.token = token["token"].as_str().map(str::to_owned);
        let visit = json!({ "title": "Visit", "topic": "daily", "starts_on": "2027-01-02" });
        let visit = ana.post("/appointments", visit).await.is(201);
        let visit = visit["id"].as_str().unwrap().to_owned();
        app.mails().await;
        let victim = app.person("Gio").await;
        finn.put("/v1/me/deletion").await.is(200);
        app.mails().await;
        Self {
            people: vec![
                ("coordinator", ana),
                ("caregiver", ben),
                ("helper", cem),
                ("viewer", dora),
                ("patient", eli),
                ("leaving", finn),
            ],
            token: by_token,
            victim,
            visit,
            number: std::cell::Cell::new(0),
        }
    }

    fn person(&self, name: &str) -> &Person {
        &self.people.iter().find(|(of, _)| *of == name).unwrap().1
    }

    fn next(&self) -> u32 {
        self.number.set(self.number.get() + 1);
        self.number.get()
    }

    fn word(&self) -> String {
        format!("word{}", self.next())
    }

    fn day(&self) -> String {
        let number = self.next();
        format!("2027-{:02}-{:02}", number / 28 % 12 + 1, number % 28 + 1)
    }

    fn level(&self) -> &'static str {
        ["none", "read"][self.next() as usize % 2]
    }

    fn callers(&self) -> Vec<(&'static str, &Client, &str)> {
        let people = self.people.iter();
        let people = people.map(|(name, person)| (*name, &person.client, &*person.member_id));
        let ana = &*self.person("coordinator").member_id;
        people.chain([("token", &self.token, ana)]).collect()
    }

    /// Makes a thing in a state, as the caller sees it. Returns its path, or nothing if the caller
    /// cannot reach this state.
    #[expect(clippy::too_many_lines, reason = "a table, one entry a state")]
    async fn make(&self, kind: &str, state: &str, me: &Client, my_id: &str) -> Option<String> {
        let (ana, ben) = (self.person("coordinator"), self.person("caregiver"));
        let other = if me.token == ben.client.token {
            ana
        } else {
            ben
        };
        let by_me = state.ends_with("mine") || state.ends_with("by me");
        let to_me = json!({ "member_id": my_id, "patient_part": "ask_later" });
        let to_me_plain = json!({ "member_id": my_id });
        let id = |reply: Reply| {
            let made = reply.status.is_success();
            made.then(|| reply.json()["id"].as_str().unwrap_or_default().to_owned())
        };
        let done = |reply: &Reply| reply.status.is_success().then_some(());
        match kind {
            "Circle" => {
                let eli = self.person("patient");
                eli.delete("/deletion").await;
                ana.act("/unarchive").await.is(200);
                ana.act("/resume").await.is(200);
                match state {
                    "paused" => done(&ana.act("/pause").await)?,
                    "archived" => done(&ana.act("/archive").await)?,
                    "ending" => done(&ana.put("/deletion").await)?,
                    "ending by the patient" => done(&eli.put("/deletion").await)?,
                    _ => {}
                }
                Some(String::new())
            }
            "Succession" => {
                let state = SuccessionState::ALL.iter().find(|it| it.as_str() == state);
                crate::circles::put_succession(ana, &ben.member_id, *state?).await;
                Some("/succession".to_owned())
            }
            "Proxy" => {
                let eli = self.person("patient");
                eli.delete("/proxy").await.is(204);
                let proxy = json!({ "member_id": ben.member_id, "basis": "patient_said" });
                let header = ("x-request-id", "named");
                eli.with(header, &Method::PUT, "/proxy", Some(proxy))
                    .await
                    .is(200);
                match state {
                    "active" => done(&ana.act("/proxy/activate").await)?,
                    "revoked" => done(&eli.delete("/proxy").await)?,
                    _ => {}
                }
                Some("/proxy".to_owned())
            }
            "Invitation" => {
                let email = format!("{}@test.example", self.word());
                if matches!(state, "proposed" | "rejected") {
                    let person = json!({ "email": email });
                    let proposed = ben.post("/invitations/propose", person).await;
                    let path = format!("/invitations/{}", id(proposed)?);
                    if state == "rejected" {
                        ana.act(&format!("{path}/reject")).await.is(200);
                    }
                    return Some(path);
                }
                let invitation = json!({ "email": email, "access": "viewer" });
                let path = format!(
                    "/invitations/{}",
                    id(ana.post("/invitations", invitation).await)?
                );
                if state == "declined" {
                    let mails = ana.app.mails().await;

                    let mail = mails.iter().find(|mail| mail.to == email)?;
                    let token = json!({ "token": mail.token() });
                    let path = "/v1/invitations/decline";
                    done(&ana.app.anybody().post(path, token).await)?;
                }
                if state == "withdrawn" {
                    done(&ana.delete(&path).await)?;
                }
                Some(path)
            }
            "JoinRequest" => {
                let members = ana.get("/members").await.is(200);
                let mut members = members["data"].as_array().unwrap().iter();
                if let Some(gio) = members.find(|member| member["name"] == "Gio Test") {
                    let path = format!("/members/{}/remove", gio["id"].as_str().unwrap());
                    done(&ana.post(&path, json!({})).await)?;
                }
                let link = ana.post("/join-links", json!({ "access": "viewer" })).await;
                let link = link.json()["url"].as_str()?.to_owned();
                let token = json!({ "token": link.rsplit_once('=')?.1 });
                let asked = self.victim.post("/v1/join-requests", token).await;
                let path = format!("/join-requests/{}", id(asked)?);
                match state {
                    "approved" => done(&ana.act(&format!("{path}/approve")).await)?,
                    "declined" => done(&ana.act(&format!("{path}/decline")).await)?,
                    _ => {}
                }
                Some(path)
            }
            "Member" => {
                if state == "managed" {
                    let aunt = json!({ "name": self.word(), "access": "helper" });
                    return Some(format!(
                        "/members/{}",
                        id(ana.post("/members", aunt).await)?
                    ));
                }
                if state == "patient" {
                    return Some(format!("/members/{}", self.person("patient").member_id));
                }
                let members = ana
                    .get("/members?state=active&state=suspended&state=removed")
                    .await;
                let members = members.is(200)["data"].as_array().unwrap().clone();
                let mut here = members
                    .iter()
                    .filter(|it| it["name"] == "Gio Test" && it["state"] != "removed");
                let member = if let Some(member) = here.next() {
                    member["id"].as_str().unwrap().to_owned()
                } else {
                    // The test invites the same address more often than the throttle allows.
                    let connection = ana.app.database.connect().await;
                    let forget = "DELETE FROM throttles";
                    sea_orm::ConnectionTrait::execute_unprepared(&connection, forget)
                        .await
                        .unwrap();
                    connection.close().await.unwrap();
                    ana.app.mails().await;
                    ana.app
                        .join(ana, &self.victim, json!({ "access": "helper" }))
                        .await
                };
                let path = format!("/members/{member}");
                let verb = if state == "suspended" {
                    "suspend"
                } else {
                    "reinstate"
                };
                done(&ana.post(&format!("{path}/{verb}"), json!({})).await)?;
                Some(path)
            }
            "Role" | "RoleAssignment" => {
                let shared = state == "shared";
                let role = json!({ "kind": "custom", "title": self.word(), "shared": shared });
                let role = id(ana.post("/roles", role).await)?;
                let path = format!("/roles/{role}");
                let offer = |to: &str| json!({ "member_id": to, "patient_part": "ask_later" });
                let taking = json!({ "patient_part": "ask_later" });
                let take = async |by: &Client| {
                    done(&by.post(&format!("{path}/claim"), taking.clone()).await)
                };
                let ask = async |body: Value| done(&ana.post(&format!("{path}/offer"), body).await);
                let accept = async |by: &Client| {
                    let parts = by.get(&path).await.json()["assignments"].clone();
                    let part = parts[0]["id"].as_str()?.to_owned();
                    done(&by.act(&format!("/role-assignments/{part}/accept")).await)
                };
                match state {
                    "mine" => {
                        ask(to_me).await?;
                        accept(me).await?;
                    }
                    "held" | "shared" | "active"
                        if kind == "RoleAssignment" || state != "active" =>
                    {
                        take(other).await?;
                    }
                    "offered to me" => ask(to_me).await?,
                    "offered" => ask(offer(&other.member_id)).await?,
                    "offered but held" => {
                        ask(to_me).await?;
                        take(other).await?;
                    }
                    "ended" => {
                        take(other).await?;
                        done(&ana.act(&format!("{path}/archive")).await)?;
                    }
                    "archived" => done(&ana.act(&format!("{path}/archive")).await)?,
                    _ => {}
                }
                if kind == "Role" {
                    return Some(path);
                }
                let parts = ana.get(&format!("{path}/assignments")).await.is(200);
                let parts = parts["data"].as_array()?;
                let mine = parts.iter().find(|part| part["member_id"] == my_id);
                let part = mine.or(parts.first())?["id"].as_str()?.to_owned();
                Some(format!("/role-assignments/{part}"))
            }
            "TaskList" => {
                let list = json!({ "title": self.word() });
                Some(format!(
                    "/task-lists/{}",
                    id(ana.post("/task-lists", list).await)?
                ))
            }
            "AppointmentSeries" => {
                let series = json!({
                    "title": self.word(), "topic": "daily", "starts_on": "2027-01-03",
                    "recurrence": "FREQ=MONTHLY",
                });
                let path = format!(
                    "/appointment-series/{}",
                    id(ana.post("/appointment-series", series).await)?
                );
                let verb = match state {
                    "paused" => "pause",
                    "ended" => "end",
                    _ => return Some(path),
                };
                done(&ana.act(&format!("{path}/{verb}")).await)?;
                Some(path)
            }
            "TaskSeries" => {
                let series = json!({
                    "title": self.word(), "topic": "daily", "due_on": "2027-01-03",
                    "recurrence": "FREQ=MONTHLY",
                });
                let path = format!(
                    "/task-series/{}",
                    id(ana.post("/task-series", series).await)?
                );
                let act =
                    async |by: &Client, verb: &str| done(&by.act(&format!("{path}/{verb}")).await);
                match state {
                    "offered to me" => {
                        done(&ana.post(&format!("{path}/offer"), to_me_plain).await)?;
                    }
                    "mine" => act(me, "claim").await?,
                    "paused" => act(ana, "pause").await?,
                    "ended" => act(ana, "end").await?,
                    "turns" => {
                        let turns = json!({ "member_ids": [ana.member_id, other.member_id] });
                        done(&ana.post(&format!("{path}/set-turns"), turns).await)?;
                    }
                    _ => {}
                }
                Some(path)
            }
            "Task" => {
                let by = match state {
                    "proposed" => self.person("helper"),
                    "proposed by me" => me_as_author(self, me)?,
                    _ => ana,
                };
                let places = if state.contains("my part") { 2 } else { 1 };
                let task = json!({
                    "title": self.word(), "topic": "daily", "people_needed": places,
                });
                let path = format!("/tasks/{}", id(by.post("/tasks", task).await)?);
                let act =
                    async |by: &Client, verb: &str| done(&by.act(&format!("{path}/{verb}")).await);
                match state {
                    "offered to me" => {
                        done(&ana.post(&format!("{path}/offer"), to_me_plain).await)?;
                    }
                    "mine" => act(me, "claim").await?,
                    "full" => act(other, "claim").await?,
                    "done" => act(ana, "complete").await?,
                    "done by me" => {
                        act(me, "claim").await?;
                        act(me, "complete").await?;
                    }
                    "my part done" | "done after my part" => {
                        act(me, "claim").await?;
                        act(other, "claim").await?;
                        act(me, "complete").await?;
                        if state == "done after my part" {
                            act(other, "complete").await?;
                        }
                    }
                    "canceled" => act(ana, "cancel").await?,
                    "canceled by me" => act(me, "cancel").await?,
                    "lapsed" | "lapsed and mine" => {
                        if state == "lapsed and mine" {
                            act(me, "claim").await?;
                        }
                        // Nothing lapses in a circle that is about to be deleted.
                        self.person("patient").delete("/deletion").await;
                        let_lapse(&ana.app, &path).await;
                    }
                    _ => {}
                }
                Some(path)
            }
            "ChecklistItem" => {
                let by = match state {
                    "of a suggestion" => self.person("helper"),
                    _ => ana,
                };
                let task = json!({
                    "title": self.word(), "topic": "daily", "checklist": [self.word()],
                });
                let task = by.post("/tasks", task).await.is(201);
                let of_task = format!("/tasks/{}", task["id"].as_str()?);
                let path = format!("/checklist-items/{}", task["checklist"][0]["id"].as_str()?);
                match state {
                    "checked" => done(&ana.act(&format!("{path}/check")).await)?,
                    "mine" => done(&me.act(&format!("{of_task}/claim")).await)?,
                    "ended" => done(&ana.act(&format!("{of_task}/complete")).await)?,
                    _ => {}
                }
                Some(path)
            }
            "Appointment" => {
                let visit = json!({
                    "title": self.word(), "topic": "daily", "starts_on": "2026-11-30",
                    "kind": "family_meeting",
                    "is_proposal": state == "proposed",
                    "attendee_member_ids": [self.person("viewer").member_id],
                });
                let path = format!(
                    "/appointments/{}",
                    id(ana.post("/appointments", visit).await)?
                );
                let verb = match state {
                    "completed" => "complete",
                    "missed" => "mark-missed",
                    "canceled" => "cancel",
                    _ => return Some(path),
                };
                done(&ana.act(&format!("{path}/{verb}")).await)?;
                Some(path)
            }
            "Need" => {
                let visit =
                    json!({ "title": self.word(), "topic": "daily", "starts_on": "2027-01-02" });
                let visit = format!(
                    "/appointments/{}",
                    id(ana.post("/appointments", visit).await)?
                );
                let needs = format!("{visit}/needs");
                let path = format!(
                    "/needs/{}",
                    id(ana.post(&needs, json!({ "kind": "driver" })).await)?
                );
                let take = format!("{path}/claim");
                match state {
                    "offered to me" => {
                        done(&ana.post(&format!("{path}/offer"), to_me_plain).await)?;
                    }
                    "mine" => done(&me.post(&take, json!({ "allow_overlap": true })).await)?,
                    "full" => done(&other.post(&take, json!({ "allow_overlap": true })).await)?,
                    "on hold" => done(&ana.act(&format!("{visit}/cancel")).await)?,
                    "canceled" => done(&ana.act(&format!("{path}/cancel")).await)?,
                    _ => {}
                }
                Some(path)
            }
            "Absence" => {
                let by: &Client = if by_me { me } else { &other.client };
                let away = json!({ "from_on": self.day() });
                let path = format!("/absences/{}", id(by.post("/absences", away).await)?);
                if state == "ended" {
                    done(&by.delete(&path).await)?;
                }
                Some(path)
            }
            "Handover" => {
                let by: &Client = if state == "mine" { me } else { &other.client };
                let task = json!({ "title": self.word(), "topic": "daily" });
                let task = id(ana.post("/tasks", task).await)?;
                done(&by.act(&format!("/tasks/{task}/claim")).await)?;
                let to = (state == "to me").then_some(my_id);
                let handover = json!({ "task_id": task, "to_member_id": to });
                let path = format!("/handovers/{}", id(by.post("/handovers", handover).await)?);
                match state {
                    "accepted" => {
                        let helper = self.person("helper");
                        done(&helper.act(&format!("{path}/accept")).await)?;
                    }
                    "withdrawn" => done(&by.act(&format!("{path}/withdraw")).await)?,
                    _ => {}
                }
                Some(path)
            }
            "Question" => {
                // Of what the others only read, each member changes only their own.
                let topic = match state {
                    "draft" | "mine" => "family",
                    _ => "daily",
                };
                let question = json!({ "text": self.word(), "topic": topic });
                let author: &Client = if by_me { me } else { &ana.client };
                let path = format!(
                    "/questions/{}",
                    id(author.post("/questions", question).await)?
                );
                let (verb, body) = match state {
                    "planned" => ("plan", json!({ "appointment_id": self.visit })),
                    "asked" => ("ask", json!({})),
                    "answered" => ("answer", json!({ "answer": "Yes." })),
                    "set aside" => ("set-aside", json!({})),
                    _ => return Some(path),
                };
                let request = match verb {
                    "plan" | "answer" => ana.post(&format!("{path}/{verb}"), body).await,
                    _ => ana.act(&format!("{path}/{verb}")).await,
                };
                done(&request)?;
                Some(path)
            }
            "MeetingAgendaItem" => {
                let meeting = json!({
                    "title": self.word(), "kind": "family_meeting", "topic": "daily",
                    "starts_on": "2027-01-02",
                });
                let meeting = id(ana.post("/appointments", meeting).await)?;
                let agenda = format!("/appointments/{meeting}/agenda-items");
                let item = id(ana.post(&agenda, json!({ "title": self.word() })).await)?;
                let path = format!("/agenda-items/{item}");
                match state {
                    "discussed" => done(&ana.act(&format!("{path}/discuss")).await)?,
                    "postponed" => done(&ana.act(&format!("{path}/postpone")).await)?,
                    _ => {}
                }
                Some(path)
            }
            "Thread" | "Message" => {
                let author: &Client = if by_me { me } else { &other.client };
                if matches!(state, "comments" | "a comment") {
                    let task = json!({ "title": self.word(), "topic": "daily" });
                    let task = format!("/tasks/{}", id(ana.post("/tasks", task).await)?);
                    let word = json!({ "body": self.word() });
                    let comment = author.post(&format!("{task}/comments"), word).await;
                    let comment = comment.is(201);
                    let place = if kind == "Thread" { "thread_id" } else { "id" };
                    let of_kind = if kind == "Thread" {
                        "threads"
                    } else {
                        "messages"
                    };
                    return Some(format!("/{of_kind}/{}", comment[place].as_str()?));
                }
                let thread = match state {
                    "direct" => json!({ "member_ids": [my_id, other.member_id] }),
                    _ => json!({ "title": self.word(), "topic": "daily" }),
                };
                let path = format!("/threads/{}", id(author.post("/threads", thread).await)?);
                let messages = format!("{path}/messages");
                let author = if state == "archived" { me } else { author };
                let message_id = id(author.post(&messages, json!({ "body": self.word() })).await)?;
                let message = format!("/messages/{message_id}");
                match state {
                    "archived" => done(&ana.act(&format!("{path}/archive")).await)?,
                    "deleted" => done(&author.delete(&message).await)?,
                    _ => {}
                }
                Some(if kind == "Thread" { path } else { message })
            }
            _ => panic!("{kind}: add its states to tests/api/contract/answers/actions.rs"),
        }
    }

    /// The thing as a caller sees it. Invitations and join requests are found in their lists.
    async fn see(&self, kind: &str, path: &str, me: &Client) -> Option<Value> {
        if !["Invitation", "JoinRequest"].contains(&kind) {
            let reply = me.get(path).await;
            return (reply.status == 200).then(|| reply.json());
        }
        // All are made at the same moment, so the newest can be on any page.
        let (list, id) = path.rsplit_once('/').unwrap();
        let mut next = String::new();
        loop {
            let page = me.get(&format!("{list}?limit=100{next}")).await.json();
            let thing = page["data"].as_array().into_iter().flatten();
            if let Some(thing) = thing.into_iter().find(|thing| thing["id"] == id) {
                return Some(thing.clone());
            }
            next = format!("&cursor={}", page["next_cursor"].as_str()?);
        }
    }
}

/// The caller, if they are a helper: only the tasks of helpers begin as proposed.
fn me_as_author<'a>(fixture: &'a Fixture, me: &Client) -> Option<&'a Person> {
    let helper = fixture.person("helper");
    (me.token == helper.client.token).then_some(helper)
}

#[tokio::test]
async fn the_listed_actions_are_exactly_the_allowed_actions() {
    let fixture = Box::pin(Fixture::build()).await;
    let (mut cells, mut wrong) = (0, Vec::new());
    let mut table = String::new();
    for (kind, states) in KINDS {
        let mut transitions = Transitions::default();
        for state in *states {
            for (caller, me, my_id) in fixture.callers() {
                let mut path: Option<String> = None;
                let mut index = 0;
                loop {
                    if path.is_none() {
                        path = fixture.make(kind, state, me, my_id).await;
                    }
                    let Some(at) = path.clone() else { break };
                    let Some(before) = fixture.see(kind, &at, me).await else {
                        break;
                    };
                    let all = verbs(kind, &fixture, &before);
                    let Some((verb, method, suffix, bodies)) = all.into_iter().nth(index) else {
                        break;
                    };
                    index += 1;
                    cells += 1;
                    let listed = before["actions"].as_array().unwrap().contains(&json!(verb));
                    let mut reply = None;
                    for body in bodies {
                        let body = (!body.is_null()).then_some(body);
                        let path = path_of(&at, &suffix);
                        let request = me.request(&method, &path, body.as_ref());
                        let answer = fixture.person("coordinator").app.send(request).await;
                        let refused = matches!(answer.status.as_u16(), 403 | 409);
                        reply = Some(answer);
                        if !refused {
                            break;
                        }
                    }
                    let reply = reply.unwrap();
                    let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
                    let refused = matches!(reply.status.as_u16(), 403 | 409)
                        && !ONLY_TIME.contains(&code.as_str());
                    let after = fixture.see(kind, &at, me).await;
                    let changed = after.as_ref() != Some(&before);
                    let cell = format!("{verb} of {kind}, {state}, by {caller}");
                    transitions.note(verb, state, caller, listed, reply.status.as_u16(), &code);
                    if listed && refused {
                        wrong.push(format!("{cell}: listed, and refused: {}", reply.text));
                    }
                    if !listed && !refused && changed {
                        wrong.push(format!("{cell}: not listed, and done: {}", reply.text));
                    }
                    if reply.status.is_success() {
                        path = None;
                    }
                }
            }
        }
        let callers: Vec<&str> = fixture.callers().iter().map(|caller| caller.0).collect();
        table += &transitions.told(kind, states, &callers);
    }
    fixture.person("coordinator").app.mails().await;
    assert!(
        wrong.is_empty(),
        "{} of {cells}: {wrong:#?}\n`actions` must list exactly what the handler allows: \
         both must use the table of actions in the feature's rules.rs (src/features/tasks/rules.rs \
         shows how)",
        wrong.len()
    );
    assert!(cells > 1200, "{cells} cells");
    transitions::compare(&table);
}

#[test]
fn every_kind_of_thing_with_actions_is_tested() {
    let document = kith::api::operations();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let with_actions = schemas.iter().filter(|(name, schema)| {
        // A problem repeats the actions of what it is about.
        schema["properties"]["actions"].is_object() && *name != "Problem"
    });
    let with_actions: BTreeSet<&str> = with_actions.map(|(name, _)| name.as_str()).collect();
    let tried: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        with_actions, tried,
        "tests/api/contract/answers/actions.rs: add the kind to KINDS, its verbs to `verbs` and how it is made \
         to `Fixture::make`"
    );
    // The document lists the values of the field `actions`.
    for (kind, _) in KINDS {
        let items = &schemas[*kind]["properties"]["actions"]["items"];
        let values = items["x-extensible-enum"].as_array();
        assert!(
            values.is_some_and(|values| !values.is_empty()),
            "{kind}: {items}: say `#[schema(value_type = Vec<…Verb>)]` at the field `actions`"
        );
    }
}
