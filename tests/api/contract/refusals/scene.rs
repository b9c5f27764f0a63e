//! A circle with every kind of member, and the things on which they try the verbs.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};

use super::verbs::{Thing, Verb};
use crate::harness::{Person, Reply, TestApp};

/// A circle with every kind of member.
pub struct Scene {
    pub people: BTreeMap<&'static str, Person>,
    document: Value,
}

/// Ids by their names in paths.
type Ids = Vec<(&'static str, String)>;

/// The member whom others change.
pub const TARGET: &str = "target";

/// The kind of member as sentences name it.
pub fn kind(member: &'static str) -> &'static str {
    match member {
        "reading caregiver" => "caregiver",
        "other helper" => "helper",
        TARGET => "viewer",
        kind => kind,
    }
}

impl Scene {
    pub async fn build() -> Self {
        let app = TestApp::start().await;
        let kinds = [
            "coordinator",
            "caregiver",
            "patient",
            "helper",
            "viewer",
            "reading caregiver",
            "other helper",
            "target",
        ];
        let access = kinds.map(|kind| match kind {
            "reading caregiver" => "caregiver",
            "other helper" => "helper",
            "target" => "viewer",
            kind => kind,
        });
        let people = app.circle(access).await;
        let people: BTreeMap<_, _> = kinds.into_iter().zip(people).collect();
        let scene = Self {
            people,
            document: kith::api::document(),
        };
        // Helpers start threads, and one caregiver only reads.
        for (kind, levels) in [
            ("helper", json!({ "daily": "write" })),
            ("other helper", json!({ "daily": "write" })),
            (
                "reading caregiver",
                json!({ "daily": "read", "health": "read", "family": "read" }),
            ),
        ] {
            let id = scene.people[kind].member_id.clone();
            let ids = [("member_id", id.as_str())];
            let set = scene.send("coordinator", "update_member_topics", &ids, levels);
            set.await.is(200);
        }
        scene
    }

    /// Everybody who tries: the member whom others change tries too.
    pub fn callers(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.people.keys().copied()
    }

    pub async fn send(
        &self,
        by: &str,
        operation: &str,
        ids: &[(&str, &str)],
        body: Value,
    ) -> Reply {
        let person = &self.people[by];
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, found) in item.as_object().unwrap() {
                if found["operationId"] != operation {
                    continue;
                }
                let circle = path.replace("{circle_id}", person.circle_id());
                let path = ids.iter().fold(circle, |path, (name, id)| {
                    path.replace(&format!("{{{name}}}"), id)
                });
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = found["requestBody"].is_object().then_some(&body);
                let request = person.request(&method, &path, body);
                return person.app.send(request).await;
            }
        }
        panic!("tests/api/contract/refusals/scene.rs: the document has no operation {operation}")
    }

    /// Creates something and returns its id.
    pub async fn make(
        &self,
        by: &str,
        operation: &str,
        ids: &[(&str, &str)],
        body: Value,
    ) -> String {
        let made = self.send(by, operation, ids, body).await.is(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// The sentence with which a member is refused, if they are.
    pub async fn refusal(&self, verb: &Verb, owner: &str, caller: &str) -> Option<String> {
        let ids = self.thing(verb.thing, owner).await;
        let ids: Vec<_> = ids.iter().map(|(name, id)| (*name, id.as_str())).collect();
        let reply = self
            .send(caller, verb.operation, &ids, (verb.body)(self))
            .await;
        if let Thing::Member = verb.thing {
            self.send("coordinator", "reinstate_member", &ids, json!({}))
                .await;
        }
        let problem = reply.json();
        assert_ne!(reply.status, 404, "{} by the {caller}", verb.name);
        assert!(reply.status.as_u16() < 500, "{}: {}", verb.name, reply.text);
        if problem["code"] != "forbidden" {
            return None;
        }
        Some(problem["detail"].as_str().unwrap().to_owned())
    }

    /// A caregiver who writes health, but only reads daily, adds a need.
    pub async fn need_without_daily(&self) -> Reply {
        let id = self.people["reading caregiver"].member_id.clone();
        let levels = json!({ "health": "write" });
        let ids = [("member_id", id.as_str())];
        let set = self.send("coordinator", "update_member_topics", &ids, levels);
        set.await.is(200);
        let visit = json!({ "title": "Scan", "topic": "health", "starts_on": "2027-01-02" });
        let by = "reading caregiver";
        let visit = self.make(by, "create_appointment", &[], visit).await;
        let ids = [("appointment_id", visit.as_str())];
        self.send(by, "create_need", &ids, json!({ "kind": "driver" }))
            .await
    }

    async fn task(&self, by: &str) -> String {
        let task = json!({ "title": "Walk", "topic": "daily", "people_needed": 2 });
        self.make(by, "create_task", &[], task).await
    }

    /// A task that a member claimed, or was offered.
    async fn task_of(&self, who: &str, operation: &str) -> String {
        let task = self.task("coordinator").await;
        let ids = [("task_id", task.as_str())];
        let body = match operation {
            "offer_task" => json!({ "member_id": self.people[who].member_id }),
            _ => json!({}),
        };
        let by = match (operation, who) {
            // What coordinators offer themselves, they have claimed.
            ("offer_task", "coordinator") => "caregiver",
            ("offer_task", _) => "coordinator",
            _ => who,
        };
        self.send(by, operation, &ids, body).await.is(200);
        task
    }

    async fn role(&self) -> String {
        let role = json!({ "kind": "custom", "title": "Walks" });
        self.make("coordinator", "create_role", &[], role).await
    }

    /// A role that was offered.
    async fn offer(&self, by: &str, to: &str) -> String {
        let role = self.role().await;
        let ids = [("role_id", role.as_str())];
        let body = json!({ "member_id": self.people[to].member_id });
        let role = self.send(by, "offer_role", &ids, body).await.is(200);
        role["assignments"][0]["id"].as_str().unwrap().to_owned()
    }

    #[expect(clippy::too_many_lines, reason = "a table, one entry a thing")]
    async fn thing(&self, thing: Thing, owner: &str) -> Ids {
        let arranger = if owner == "coordinator" {
            "caregiver"
        } else {
            "coordinator"
        };
        match thing {
            Thing::Nothing => vec![],
            Thing::List => {
                let list = json!({ "title": "Shopping" });
                let list = self.make(owner, "create_task_list", &[], list).await;
                vec![("task_list_id", list)]
            }
            Thing::TaskBy => vec![("task_id", self.task(owner).await)],
            Thing::HeldTaskBy => {
                let task = self.task(owner).await;
                let ids = [("task_id", task.as_str())];
                self.send("coordinator", "approve_task", &ids, json!({}))
                    .await;
                let claim = self.send("other helper", "claim_task", &ids, json!({}));
                claim.await.is(200);
                vec![("task_id", task)]
            }
            Thing::TaskClaimedBy => vec![("task_id", self.task_of(owner, "claim_task").await)],
            Thing::TaskOfferedTo => vec![("task_id", self.task_of(owner, "offer_task").await)],
            Thing::TaskCompletedBy => {
                let task = self.task_of(owner, "claim_task").await;
                let ids = [("task_id", task.as_str())];
                self.send(owner, "complete_task", &ids, json!({}))
                    .await
                    .is(200);
                vec![("task_id", task)]
            }
            Thing::TaskCanceledBy => {
                let task = self.task(owner).await;
                let ids = [("task_id", task.as_str())];
                self.send(owner, "cancel_task", &ids, json!({}))
                    .await
                    .is(200);
                vec![("task_id", task)]
            }
            Thing::ItemBy => {
                let task = json!({ "title": "Walk", "topic": "daily", "checklist": ["Coat"] });
                let task = self.send(owner, "create_task", &[], task).await.is(201);
                let item = task["checklist"][0]["id"].as_str().unwrap();
                vec![("checklist_item_id", item.to_owned())]
            }
            Thing::Appointment => vec![("appointment_id", self.appointment().await)],
            Thing::Need => {
                let appointment = self.appointment().await;
                let ids = [("appointment_id", appointment.as_str())];
                let need = json!({ "kind": "driver" });
                vec![("need_id", self.make(owner, "create_need", &ids, need).await)]
            }
            Thing::AgendaItem => {
                let meeting = self.appointment().await;
                let ids = [("appointment_id", meeting.as_str())];
                let item = json!({ "title": "Walks" });
                let item = self.make(owner, "create_meeting_agenda_item", &ids, item);
                vec![("agenda_item_id", item.await)]
            }
            Thing::QuestionBy => {
                let question = json!({ "text": "How far?", "topic": "daily" });
                vec![(
                    "question_id",
                    self.make(owner, "create_question", &[], question).await,
                )]
            }
            Thing::Role => vec![("role_id", self.role().await)],
            Thing::RoleOfferedTo => {
                vec![("role_assignment_id", self.offer(arranger, owner).await)]
            }
            Thing::RoleOfferedBy => {
                vec![(
                    "role_assignment_id",
                    self.offer(owner, "other helper").await,
                )]
            }
            Thing::RoleCarriedBy => {
                let part = self.offer(arranger, owner).await;
                let ids = [("role_assignment_id", part.as_str())];
                let accept = self.send(owner, "accept_role_assignment", &ids, json!({}));
                accept.await.is(200);
                vec![("role_assignment_id", part)]
            }
            Thing::ThreadBy => vec![("thread_id", self.thread(owner).await)],
            Thing::MessageBy => self.message(owner, self.thread("coordinator").await).await,
            Thing::DirectMessageBy => {
                let members: Vec<_> = self.people.values().map(|who| &who.member_id).collect();
                let thread = json!({ "member_ids": members });
                let thread = self.make("coordinator", "create_thread", &[], thread).await;
                self.message(owner, thread).await
            }
            Thing::Member => vec![("member_id", self.people["target"].member_id.clone())],
            Thing::Invitation => {
                let email = format!("{}@test.example", uuid::Uuid::now_v7().simple());
                let guest = json!({ "email": email, "access": "viewer" });
                let by = "coordinator";
                vec![(
                    "invitation_id",
                    self.make(by, "create_invitation", &[], guest).await,
                )]
            }
        }
    }

    async fn appointment(&self) -> String {
        let walk = json!({
            "title": "Walk", "kind": "family_meeting", "topic": "daily", "starts_on": "2027-01-02",
        });
        self.make("coordinator", "create_appointment", &[], walk)
            .await
    }

    async fn thread(&self, by: &str) -> String {
        let thread = json!({ "title": "Walks", "topic": "daily" });
        self.make(by, "create_thread", &[], thread).await
    }

    async fn message(&self, by: &str, thread: String) -> Ids {
        let ids = [("thread_id", thread.as_str())];
        let message = json!({ "body": "Yes" });
        let message = self.make(by, "create_message", &ids, message).await;
        vec![("thread_id", thread), ("message_id", message)]
    }
}
