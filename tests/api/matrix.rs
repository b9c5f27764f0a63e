//! Who gets through which door: every operation of the document, for every
//! kind of caller, at every kind of target, against one declared table.

use std::collections::BTreeSet;

use axum::http::Method;
use kith::access::Permission;
use kith::entity::membership::Access;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Person, Reply, TestApp};

/// What it takes to get through.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// Nothing.
    Open,
    /// An account.
    SignedIn,
    /// A right in the circle.
    Circle(Permission),
}

use Door::{Circle, Open, SignedIn};
use Permission::*;

/// The declared table: each operation, its door, and a body that would pass.
/// `null` is no body; a body that is refused keeps the callers where they are.
#[expect(clippy::too_many_lines, reason = "a table, one entry an operation")]
pub fn table() -> Vec<(&'static str, Door, Value)> {
    let refused = json!({ "no_such_member": true });
    let none = Value::Null;
    vec![
        ("register", Open, refused.clone()),
        ("confirm_registration", Open, json!({ "code": "000000" })),
        ("resend_registration", Open, none.clone()),
        ("request_password_reset", Open, refused.clone()),
        (
            "confirm_password_reset",
            Open,
            json!({ "token": "none", "password": "correct horse battery staple" }),
        ),
        ("sign_in", Open, refused.clone()),
        ("refresh_session", Open, refused.clone()),
        ("describe_invitation", Open, json!({ "token": "none" })),
        ("register_with_invitation", Open, refused.clone()),
        ("sign_out", SignedIn, none.clone()),
        ("read_profile", SignedIn, none.clone()),
        ("update_profile", SignedIn, json!({})),
        ("change_password", SignedIn, refused.clone()),
        ("list_sessions", SignedIn, none.clone()),
        ("revoke_session", SignedIn, none.clone()),
        ("revoke_other_sessions", SignedIn, none.clone()),
        ("create_circle", SignedIn, refused.clone()),
        ("accept_invitation", SignedIn, json!({ "token": "none" })),
        ("list_my_circles", SignedIn, none.clone()),
        ("read_agenda", SignedIn, none.clone()),
        ("read_summary", SignedIn, none.clone()),
        ("read_circle", Circle(ViewCircle), none.clone()),
        (
            "update_circle",
            Circle(ManageCircle),
            json!({ "name": "Rosa" }),
        ),
        ("list_members", Circle(ViewCircle), none.clone()),
        ("read_member", Circle(ViewCircle), none.clone()),
        ("update_member", Circle(ViewCircle), json!({})),
        ("grant_topics", Circle(GrantTopics), json!({})),
        ("suspend_member", Circle(RemoveMembers), json!({})),
        ("reinstate_member", Circle(ManageMembers), none.clone()),
        ("remove_member", Circle(RemoveMembers), json!({})),
        ("leave_circle", Circle(ViewCircle), refused.clone()),
        (
            "read_notification_preferences",
            Circle(ViewCircle),
            none.clone(),
        ),
        (
            "update_notification_preferences",
            Circle(ViewCircle),
            json!({ "reminders": "now" }),
        ),
        ("invite", Circle(InvitePeople), refused.clone()),
        ("list_invitations", Circle(InvitePeople), none.clone()),
        ("resend_invitation", Circle(InvitePeople), none.clone()),
        ("withdraw_invitation", Circle(InvitePeople), none.clone()),
        ("create_role", Circle(ArrangeRoles), refused.clone()),
        ("list_roles", Circle(ViewCircle), none.clone()),
        ("read_role", Circle(ViewCircle), none.clone()),
        (
            "update_role",
            Circle(ArrangeRoles),
            json!({ "title": "Another" }),
        ),
        (
            "offer_role",
            Circle(ArrangeRoles),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("take_role", Circle(ArrangeRoles), none.clone()),
        ("retire_role", Circle(ArrangeRoles), none.clone()),
        ("revive_role", Circle(ArrangeRoles), none.clone()),
        ("read_role_timeline", Circle(ViewCircle), none.clone()),
        ("read_role_assignment", Circle(ViewCircle), none.clone()),
        (
            "update_role_assignment",
            Circle(CarryRoles),
            json!({ "ends_on": null }),
        ),
        ("accept_role", Circle(CarryRoles), none.clone()),
        ("decline_role", Circle(CarryRoles), none.clone()),
        ("withdraw_role_offer", Circle(ArrangeRoles), none.clone()),
        ("end_role_assignment", Circle(CarryRoles), none.clone()),
        ("create_task_list", Circle(CreateTasks), refused.clone()),
        ("list_task_lists", Circle(ViewCircle), none.clone()),
        ("read_task_list", Circle(ViewCircle), none.clone()),
        (
            "update_task_list",
            Circle(CreateTasks),
            json!({ "position": 1 }),
        ),
        ("delete_task_list", Circle(CreateTasks), none.clone()),
        ("create_task", Circle(ProposeTasks), refused.clone()),
        ("list_tasks", Circle(ViewCircle), none.clone()),
        ("read_task", Circle(ViewCircle), none.clone()),
        (
            "update_task",
            Circle(ProposeTasks),
            json!({ "title": "Another" }),
        ),
        ("approve_task", Circle(CreateTasks), none.clone()),
        ("claim_task", Circle(ClaimTasks), none.clone()),
        (
            "offer_task",
            Circle(CreateTasks),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("accept_task", Circle(ClaimTasks), none.clone()),
        ("decline_task", Circle(ClaimTasks), none.clone()),
        ("withdraw_from_task", Circle(ClaimTasks), none.clone()),
        ("complete_task", Circle(ClaimTasks), none.clone()),
        ("reopen_task", Circle(ClaimTasks), none.clone()),
        ("cancel_task", Circle(ProposeTasks), none.clone()),
        ("list_task_reminders", Circle(ViewCircle), none.clone()),
        (
            "schedule_appointment",
            Circle(ScheduleAppointments),
            refused.clone(),
        ),
        ("list_appointments", Circle(ViewCircle), none.clone()),
        ("read_appointment", Circle(ViewCircle), none.clone()),
        (
            "update_appointment",
            Circle(ScheduleAppointments),
            json!({ "title": "Another" }),
        ),
        (
            "reschedule_appointment",
            Circle(ScheduleAppointments),
            json!({ "starts_on": "2027-02-01" }),
        ),
        (
            "confirm_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "cancel_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "reinstate_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "complete_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "mark_appointment_missed",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "invite_to_appointment",
            Circle(ScheduleAppointments),
            json!({ "member_ids": [Uuid::nil()] }),
        ),
        (
            "uninvite_from_appointment",
            Circle(ScheduleAppointments),
            json!({ "member_ids": [Uuid::nil()] }),
        ),
        (
            "answer_appointment",
            Circle(AnswerInvitations),
            json!({ "answer": "accepted" }),
        ),
        (
            "list_appointment_reminders",
            Circle(ViewCircle),
            none.clone(),
        ),
        (
            "add_need",
            Circle(ScheduleAppointments),
            json!({ "kind": "driver" }),
        ),
        ("list_needs", Circle(ViewCircle), none.clone()),
        ("read_need", Circle(ViewCircle), none.clone()),
        (
            "update_need",
            Circle(ScheduleAppointments),
            json!({ "pick_up": "There" }),
        ),
        ("cancel_need", Circle(ScheduleAppointments), none.clone()),
        (
            "offer_need",
            Circle(ScheduleAppointments),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("take_need", Circle(TakeNeeds), none.clone()),
        ("decline_need", Circle(TakeNeeds), none.clone()),
        ("withdraw_from_need", Circle(TakeNeeds), none.clone()),
        ("create_thread", Circle(WriteMessages), refused.clone()),
        ("list_threads", Circle(ViewCircle), none.clone()),
        ("read_thread", Circle(ViewCircle), none.clone()),
        (
            "update_thread",
            Circle(WriteMessages),
            json!({ "title": "Another" }),
        ),
        ("archive_thread", Circle(WriteMessages), none.clone()),
        ("reopen_thread", Circle(WriteMessages), none.clone()),
        (
            "mark_thread_read",
            Circle(ViewCircle),
            json!({ "up_to": Uuid::nil() }),
        ),
        (
            "write_message",
            Circle(WriteMessages),
            json!({ "body": "Good morning" }),
        ),
        ("list_messages", Circle(ViewCircle), none.clone()),
        ("read_message", Circle(ViewCircle), none.clone()),
        (
            "update_message",
            Circle(WriteMessages),
            json!({ "body": "Good evening" }),
        ),
        ("list_message_history", Circle(ViewCircle), none.clone()),
        ("delete_message", Circle(ViewCircle), none),
    ]
}

/// What depends on the object itself: whose it is, who holds it.
const DEPENDS_ON_THE_OBJECT: [&str; 10] = [
    "update_member",
    "update_thread",
    "archive_thread",
    "reopen_thread",
    "delete_message",
    "update_role_assignment",
    "accept_role",
    "decline_role",
    "withdraw_role_offer",
    "end_role_assignment",
];

/// A caller, and what the table of rights says of them.
struct Caller {
    name: &'static str,
    client: Client,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotSignedIn,
    NotInTheCircle,
    Member {
        access: Access,
        is_patient: bool,
        sees_health: bool,
        sees_daily: bool,
    },
}

/// Two circles, and everybody who may stand at a door of the first.
struct World {
    callers: Vec<Caller>,
    coordinator: Person,
    stranger: Person,
    victim: String,
    /// Things of the first circle that stay as they are.
    ours: Ids,
    foreign: Ids,
}

/// The ids that a path may name.
#[derive(Clone, Debug)]
pub struct Ids {
    circle: String,
    pub member: String,
    invitation: String,
    role: String,
    role_assignment: String,
    list: String,
    task: String,
    appointment: String,
    need: String,
    thread: String,
    message: String,
}

const CANARY: &str = "Quetzalcoatlus";

impl World {
    #[expect(clippy::too_many_lines, reason = "a cast of fifteen")]
    async fn build() -> Self {
        let app = TestApp::start().await;
        let access = [
            "coordinator",
            "caregiver",
            "patient",
            "helper",
            "viewer",
            "caregiver",
            "caregiver",
            "helper",
        ];
        let names = ["Ana", "Ben", "Cem", "Dora", "Eli", "Finn", "Gio", "Hana"];
        let [
            coordinator,
            caregiver,
            patient,
            helper,
            viewer,
            blind,
            suspended,
            removed,
        ] = app.circle_of(access, names).await;
        let [left, disabled, invited] = [
            app.person("Ivo").await,
            app.person("Jan").await,
            app.person("Kim").await,
        ];
        let left_member = app
            .join(&coordinator, &left, json!({ "access": "helper" }))
            .await;
        app.join(&coordinator, &disabled, json!({ "access": "caregiver" }))
            .await;
        let victim = app.person("Lea").await;
        let victim = app
            .join(&coordinator, &victim, json!({ "access": "viewer" }))
            .await;
        coordinator
            .post(
                "/invitations",
                json!({ "email": invited.email, "access": "caregiver" }),
            )
            .await
            .is(201);
        app.mails().await;
        let [stranger] = app.circle_of(["coordinator"], ["Mia"]).await;

        let member = |person: &Person, verb: &str| format!("/members/{}/{verb}", person.member_id);
        let nothing =
            json!({ "daily": "none", "family": "none", "health": "none", "decisions": "none" });
        coordinator
            .post(&member(&blind, "grant-topics"), nothing)
            .await
            .is(200);
        coordinator
            .post(&member(&suspended, "suspend"), json!({}))
            .await
            .is(200);
        coordinator
            .post(&member(&removed, "remove"), json!({}))
            .await
            .is(200);
        let leave = coordinator.path("/leave");
        left.post(&leave, json!({})).await.is(200);
        assert!(!left_member.is_empty());
        let connection = app.database.connect().await;
        let disable = format!(
            "UPDATE users SET state = 'disabled' WHERE email = '{}'",
            disabled.email
        );
        sea_orm::ConnectionTrait::execute_unprepared(&connection, &disable)
            .await
            .unwrap();
        connection.close().await.unwrap();

        let canary = |what: &str| format!("{CANARY} {what}");
        let renamed = json!({ "name": canary("circle"), "alias": canary("alias"), "patient_name": canary("patient") });
        stranger.patch("", renamed).await.is(200);
        let own_name = json!({ "name": canary("member") });
        stranger
            .patch(&format!("/members/{}", stranger.member_id), own_name)
            .await
            .is(200);
        let foreign = fresh(&stranger, CANARY).await;

        app.mails().await;
        let signed_out = app.person("Nora").await;
        signed_out.act("/v1/sessions/sign-out").await.is(204);
        let anonymous = app.anybody();
        let mut garbage = app.anybody();
        garbage.token = Some("eyJhbGciOiJub25lIn0.e30.".into());
        let of = |name, access, is_patient, sees_health, person: &Person| Caller {
            name,
            client: person.client.clone(),
            kind: Kind::Member {
                access,
                is_patient,
                sees_health,
                sees_daily: name != "caregiver without topics",
            },
        };
        let outside = |name, kind, client: &Client| Caller {
            name,
            client: client.clone(),
            kind,
        };
        let callers = vec![
            outside("anonymous", Kind::NotSignedIn, &anonymous),
            outside("bad token", Kind::NotSignedIn, &garbage),
            outside("signed out", Kind::NotSignedIn, &signed_out.client),
            outside("disabled", Kind::NotSignedIn, &disabled.client),
            outside(
                "coordinator elsewhere",
                Kind::NotInTheCircle,
                &stranger.client,
            ),
            outside("invited", Kind::NotInTheCircle, &invited.client),
            outside("suspended", Kind::NotInTheCircle, &suspended.client),
            outside("removed", Kind::NotInTheCircle, &removed.client),
            outside("left", Kind::NotInTheCircle, &left.client),
            of(
                "coordinator",
                Access::Coordinator,
                false,
                true,
                &coordinator,
            ),
            of("caregiver", Access::Caregiver, false, true, &caregiver),
            of("patient", Access::Helper, true, true, &patient),
            of("helper", Access::Helper, false, false, &helper),
            of("viewer", Access::Viewer, false, false, &viewer),
            of(
                "caregiver without topics",
                Access::Caregiver,
                false,
                false,
                &blind,
            ),
        ];
        let ours = Ids {
            member: victim.clone(),
            ..fresh(&coordinator, "ours").await
        };
        Self {
            callers,
            coordinator,
            stranger,
            victim,
            ours,
            foreign,
        }
    }

    /// Ids of things of the first circle, made anew.
    async fn own(&self) -> Ids {
        Ids {
            member: self.victim.clone(),
            ..fresh(&self.coordinator, "ours").await
        }
    }
}

/// A list, an invitation, a role with an offer, and a task, a visit and a thread
/// about health, made by a coordinator.
pub async fn fresh(by: &Person, text: &str) -> Ids {
    let id = |value: Value| value["id"].as_str().unwrap().to_owned();
    let list = json!({ "title": format!("{text} list") });
    let task = json!({ "title": format!("{text} task"), "notes": text, "topic": "health" });
    let appointment =
        json!({ "title": format!("{text} visit"), "preparation": text, "starts_on": "2027-01-02" });
    let appointment = id(by.post("/appointments", appointment).await.is(201));
    let need = json!({ "kind": "driver", "notes": text });
    let needs = format!("/appointments/{appointment}/needs");
    let role = json!({ "kind": "custom", "title": format!("{text} role") });
    let role = id(by.post("/roles", role).await.is(201));
    let offer = json!({
        "member_id": by.member_id, "patient_part": "keeps", "patient_part_text": text,
    });
    let offered = by
        .post(&format!("/roles/{role}/offer"), offer)
        .await
        .is(200);
    let thread = json!({ "title": format!("{text} thread"), "topic": "health" });
    let thread = id(by.post("/threads", thread).await.is(201));
    let messages = format!("/threads/{thread}/messages");
    let message = json!({ "body": format!("{text} message") });
    let email = format!("{}@guest.example", Uuid::now_v7().simple());
    let invitation = json!({ "email": email, "access": "viewer", "note": text });
    Ids {
        circle: by.circle_id().to_owned(),
        member: by.member_id.clone(),
        role,
        role_assignment: id(offered["assignments"][0].clone()),
        list: id(by.post("/task-lists", list).await.is(201)),
        task: id(by.post("/tasks", task).await.is(201)),
        invitation: id(by.post("/invitations", invitation).await.is(201)),
        need: id(by.post(&needs, need).await.is(201)),
        appointment,
        message: id(by.post(&messages, message).await.is(201)),
        thread,
    }
}

fn nowhere() -> Ids {
    let id = || Uuid::now_v7().to_string();
    Ids {
        circle: id(),
        member: id(),
        invitation: id(),
        role: id(),
        role_assignment: id(),
        list: id(),
        task: id(),
        appointment: id(),
        need: id(),
        thread: id(),
        message: id(),
    }
}

pub fn fill(path: &str, ids: &Ids) -> String {
    path.replace("{circle_id}", &ids.circle)
        .replace("{member_id}", &ids.member)
        .replace("{invitation_id}", &ids.invitation)
        .replace("{role_id}", &ids.role)
        .replace("{role_assignment_id}", &ids.role_assignment)
        .replace("{task_list_id}", &ids.list)
        .replace("{task_id}", &ids.task)
        .replace("{appointment_id}", &ids.appointment)
        .replace("{need_id}", &ids.need)
        .replace("{thread_id}", &ids.thread)
        .replace("{message_id}", &ids.message)
        .replace("{registration_id}", &Uuid::nil().to_string())
        .replace("{session_id}", &Uuid::nil().to_string())
}

/// The body of a problem without what is different each time.
fn masked(reply: &Reply) -> Value {
    let mut body = reply.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    json!({ "status": reply.status.as_u16(), "body": body })
}

struct Tally {
    cells: usize,
    wrong: Vec<String>,
    bytes: usize,
}

impl Tally {
    /// For whoever the canaries belong to.
    fn expect_status(&mut self, what: &str, reply: &Reply, expected: &[u16]) {
        self.cells += 1;
        self.bytes += reply.text.len();
        if !expected.contains(&reply.status.as_u16()) {
            self.wrong
                .push(format!("{what}: {} instead of {expected:?}", reply.status));
        }
    }

    fn expect(&mut self, what: &str, reply: &Reply, expected: &[u16]) {
        self.expect_status(what, reply, expected);
        let headers = format!("{:?}", reply.headers);
        if reply.text.contains(CANARY) || headers.contains(CANARY) {
            self.wrong.push(format!("{what}: tells of another circle"));
        }
    }
}

/// Whoever gets through is answered about the thing itself.
const THROUGH: &[u16] = &[200, 201, 204, 409, 422];

#[tokio::test]
async fn everybody_gets_through_the_doors_that_are_theirs_and_no_other() {
    let world = World::build().await;
    let table = table();
    let mut tally = Tally {
        cells: 0,
        wrong: Vec::new(),
        bytes: 0,
    };
    let mut known = BTreeSet::new();
    let document = kith::api::document();

    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let row = table.iter().find(|(operation, ..)| *operation == name);
            let Some((_, door, body)) = row else {
                panic!("{name} is not in the table of doors");
            };
            known.insert(name);
            let method: Method = method.to_uppercase().parse().unwrap();
            let operation = Operation {
                name,
                method,
                path,
                body,
            };
            match door {
                Open => operation.is_open(&world, &mut tally).await,
                SignedIn => operation.needs_an_account(&world, &mut tally).await,
                Circle(right) => operation.needs_a_right(*right, &world, &mut tally).await,
            }
        }
    }
    let declared: BTreeSet<_> = table.iter().map(|(name, ..)| *name).collect();
    assert_eq!(
        declared, known,
        "the table names operations that are not there"
    );
    println!(
        "matrix: {} operations, {} callers, {} cells, {} wrong, {} bytes searched",
        known.len(),
        world.callers.len(),
        tally.cells,
        tally.wrong.len(),
        tally.bytes,
    );
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.cells > 1500, "the matrix shrank");
}

struct Operation<'a> {
    name: &'a str,
    method: Method,
    path: &'a str,
    body: &'a Value,
}

impl Operation<'_> {
    async fn ask(&self, caller: &Caller, ids: &Ids) -> Reply {
        let body = (!self.body.is_null()).then_some(self.body);
        let path = fill(self.path, ids);
        let request = caller.client.request(&self.method, &path, body);
        caller.client.app.send(request).await
    }

    fn cell(&self, caller: &Caller, target: &str) -> String {
        format!("{} by {} at {target}", self.name, caller.name)
    }

    async fn is_open(&self, world: &World, tally: &mut Tally) {
        for caller in &world.callers {
            let reply = self.ask(caller, &nowhere()).await;
            tally.expect(&self.cell(caller, "nothing"), &reply, &[404, 410, 422]);
        }
    }

    async fn needs_an_account(&self, world: &World, tally: &mut Tally) {
        for caller in &world.callers {
            // Signing out would end the callers that the other rows need.
            if self.name == "sign_out" && caller.kind != Kind::NotSignedIn {
                continue;
            }
            let expected: &[u16] = match caller.kind {
                Kind::NotSignedIn => &[401],
                _ if self.path.contains('{') => &[404],
                _ => &[200, 204, 410, 422],
            };
            let reply = self.ask(caller, &nowhere()).await;
            let cell = self.cell(caller, "oneself");
            if caller.name == "coordinator elsewhere" {
                tally.expect_status(&cell, &reply, expected);
            } else {
                tally.expect(&cell, &reply, expected);
            }
        }
    }

    async fn needs_a_right(&self, right: Permission, world: &World, tally: &mut Tally) {
        for caller in &world.callers {
            let about_health = [
                "{task_id}",
                "{appointment_id}",
                "{thread_id}",
                "{message_id}",
            ]
            .iter()
            .any(|id| self.path.contains(id));
            let about_a_need = self.path.contains("{need_id}");

            let (has_right, sees_it) = match caller.kind {
                Kind::Member {
                    access,
                    is_patient,
                    sees_health,
                    sees_daily,
                } => (
                    right.is_given_to(access, is_patient),
                    (sees_health || !about_health) && (sees_daily || !about_a_need),
                ),
                _ => (false, false),
            };
            // Only who gets through can change what is there.
            let changes = has_right && sees_it && self.method != Method::GET;
            let own = if changes {
                world.own().await
            } else {
                world.ours.clone()
            };
            let mut theirs = own.clone();
            theirs.circle.clone_from(&world.foreign.circle);
            let unknown_circle = Ids {
                circle: Uuid::now_v7().to_string(),
                ..own.clone()
            };
            let foreign = Ids {
                circle: own.circle.clone(),
                ..world.foreign.clone()
            };
            let unknown = Ids {
                circle: own.circle.clone(),
                ..nowhere()
            };
            let names_an_item = self.path.matches("_id}").count() > 1;
            let refusal: &[u16] = match caller.kind {
                Kind::NotSignedIn => &[401],
                Kind::NotInTheCircle => &[404],
                Kind::Member { .. } => &[403],
            };
            let at_own = match (has_right, !sees_it) {
                (false, _) => refusal,
                (true, true) => &[404],
                (true, false) if DEPENDS_ON_THE_OBJECT.contains(&self.name) => &[200, 403, 409],
                (true, false) => THROUGH,
            };
            let reply = self.ask(caller, &own).await;
            tally.expect(&self.cell(caller, "own"), &reply, at_own);

            if caller.name != "coordinator elsewhere" {
                let elsewhere: &[u16] = match caller.kind {
                    Kind::NotSignedIn => &[401],
                    _ => &[404],
                };
                let foreign_circle = self.ask(caller, &theirs).await;
                tally.expect(
                    &self.cell(caller, "foreign circle"),
                    &foreign_circle,
                    elsewhere,
                );
                let no_circle = self.ask(caller, &unknown_circle).await;
                tally.expect(&self.cell(caller, "no circle"), &no_circle, elsewhere);
                tally.cells += 1;
                if masked(&foreign_circle) != masked(&no_circle) {
                    tally
                        .wrong
                        .push(self.cell(caller, "foreign is not like none"));
                }
            }
            if names_an_item {
                let expected = if has_right { &[404] } else { refusal };
                let foreign_item = self.ask(caller, &foreign).await;
                tally.expect(&self.cell(caller, "foreign item"), &foreign_item, expected);
                let no_item = self.ask(caller, &unknown).await;
                tally.expect(&self.cell(caller, "no item"), &no_item, expected);
                tally.cells += 1;
                if masked(&foreign_item) != masked(&no_item) {
                    tally
                        .wrong
                        .push(self.cell(caller, "foreign is not like none"));
                }
            }
        }
    }
}

/// A body that names an id.
type BodyOf = fn(&Ids) -> Value;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one place after the other")]
async fn an_id_of_another_circle_in_a_body_is_like_one_that_never_was() {
    let world = World::build().await;
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
    let taken = ours.act(&format!("{role}/take")).await.is(200);
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
    let places: [(Method, String, BodyOf); 16] = [
        (
            Method::POST,
            "/threads".into(),
            |ids| json!({ "member_ids": [ids.member] }),
        ),
        (
            Method::POST,
            "/appointments".into(),
            |ids| json!({ "title": "a", "starts_on": "2027-01-02", "attendee_ids": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{visit}/invite"),
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
            format!("{free}/take"),
            |ids| json!({ "patient_part": "task", "patient_part_task_id": ids.task }),
        ),
        (
            Method::POST,
            format!("{thread}/messages"),
            |ids| json!({ "body": "a", "mentions": [ids.member] }),
        ),
        (
            Method::POST,
            format!("{thread}/messages"),
            |ids| json!({ "body": "a", "reply_to": ids.message }),
        ),
        (
            Method::POST,
            format!("{thread}/read"),
            |ids| json!({ "up_to": ids.message }),
        ),
        (
            Method::POST,
            "/tasks".into(),
            |ids| json!({ "title": "a", "list_id": ids.list }),
        ),
        (
            Method::PATCH,
            task.clone(),
            |ids| json!({ "list_id": ids.list }),
        ),
        (
            Method::POST,
            format!("{task}/offer"),
            |ids| json!({ "member_id": ids.member }),
        ),
        (
            Method::POST,
            format!("{member}/suspend"),
            |ids| json!({ "hand_to": ids.member }),
        ),
        (
            Method::POST,
            format!("{member}/remove"),
            |ids| json!({ "successor": ids.member }),
        ),
        (
            Method::POST,
            "/leave".into(),
            |ids| json!({ "successor": ids.member }),
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
    let filtered = format!("/tasks?list_id={}", foreign.list);
    assert_eq!(ours.get(&filtered).await.is(200)["data"], json!([]));
    for filter in [
        "tasks?assigned_to",
        "appointments?attendee",
        "needs?taken_by",
        "roles?held_by",
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
    let refused = ["/previous_assignment_id unknown_assignment"];
    assert_eq!(foreign_part.is_invalid(), refused);
    assert_eq!(masked(&foreign_part), masked(&no_part));
}

#[tokio::test]
async fn a_cursor_an_etag_and_a_key_of_another_circle_open_nothing() {
    let world = World::build().await;
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
    reply.is_problem(400, "malformed");

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
