//! The circle in which the operations are tested, and the assignments of its members.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith::entity::ids::NotificationId;
use kith::entity::notification;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::perform::act_on_assignment;
use crate::appointments::{path_of, scan};
use crate::harness::{Person, TestApp};
use crate::needs::{add_need, need_path};
use crate::notifications::{offer_role, offer_task};

/// This evening, in three days, and in six weeks. A test starts on 1 December at 9:00 in Berlin.
pub const SOON: &str = "2026-12-01T18:00";
pub const THIS_WEEK: &str = "2026-12-04T10:00";
pub const FAR: &str = "2027-01-12T10:00";

pub struct World {
    pub app: Arc<TestApp>,
    pub ana: Person,
    pub ben: Person,
    pub cem: Person,
    pub dora: Person,
    /// The notifications from before the tested operation.
    before: BTreeSet<NotificationId>,
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let [ana, ben, cem, dora, _eli] = app
            .circle([
                "coordinator",
                "caregiver",
                "coordinator",
                "helper",
                "viewer",
            ])
            .await;
        Self {
            app,
            ana,
            ben,
            cem,
            dora,
            before: BTreeSet::new(),
        }
    }

    async fn notifications(&self) -> Vec<notification::Model> {
        let connection = self.app.database.connect().await;
        let rows = notification::Entity::find().order_by_asc(notification::Column::Id);
        let rows = rows.all(&connection).await.unwrap();
        connection.close().await.unwrap();
        rows
    }

    /// Marks the beginning of the tested operation.
    pub async fn begin(&mut self) {
        self.before = self
            .notifications()
            .await
            .into_iter()
            .map(|row| row.id)
            .collect();
    }

    /// The notifications since then: member, kind and setting.
    pub async fn told(&self) -> Vec<String> {
        let people = [&self.ana, &self.ben, &self.cem, &self.dora];
        let name = |row: &notification::Model| {
            let id = row.member_id.to_string();
            let person = people.iter().find(|person| person.member_id == id);
            person.map_or("eli", |person| person.email.split('@').next().unwrap())
        };
        let mut rows = self.notifications().await;
        rows.retain(|row| !self.before.contains(&row.id));
        let mut told: Vec<String> = rows
            .iter()
            .map(|row| [name(row), row.kind.as_str(), row.category.as_str()].join(" "))
            .collect();
        told.sort();
        told
    }

    pub async fn task(&self, due: &str) -> Value {
        let task = json!({ "title": "Shop", "due_local": due });
        self.ana.task(task).await
    }

    /// A task that Ben has claimed.
    pub async fn claimed(&self, due: &str) -> Value {
        let task = self.task(due).await;
        self.ben.task_act(&task, "claim").await.is(200)
    }

    /// A task that Ana has offered to Ben.
    pub async fn offered(&self, due: &str) -> Value {
        let task = self.task(due).await;
        offer_task(&self.ana, &task, &self.ben).await;
        task
    }

    /// A task that Ana has offered to Ben, and that he has accepted.
    pub async fn accepted(&self, due: &str) -> Value {
        let task = self.offered(due).await;
        self.ben.task_act(&task, "accept").await.is(200);
        task
    }

    /// A task for two members that Ben and Dora have claimed.
    pub async fn shared(&self) -> Value {
        let task = json!({ "title": "Move", "due_local": SOON, "people_needed": 3 });
        let task = self.ana.task(task).await;
        for person in [&self.ben, &self.dora] {
            person.task_act(&task, "claim").await.is(200);
        }
        task
    }

    /// An appointment with Ben as attendee.
    pub async fn scan(&self, starts: &str) -> Value {
        let more = json!({
            "attendee_member_ids": [self.ben.member_id], "starts_local": starts, "ends_local": null,
        });
        scan(&self.ana, more).await
    }

    /// An appointment that Ben has accepted, and a ride that Dora has claimed.
    pub async fn appointment_with_ride(&self, starts: &str) -> (Value, Value) {
        let appointment = self.scan(starts).await;
        answer(&self.ben, &appointment, "accepted").await;
        let ride = json!({ "kind": "driver", "pickup_location": "At home" });
        let ride = add_need(&self.ana, &appointment, ride).await;
        let take = format!("{}/claim", need_path(&ride));
        let anyway = json!({ "allow_overlap": true });
        self.dora.post(&take, anyway).await.is(200);
        (appointment, ride)
    }

    /// A role that Ana has offered to Dora.
    pub async fn role(&self, accepted: bool) -> Value {
        let part = offer_role(&self.ana, &self.dora).await;
        if accepted {
            act_on_assignment(&self.dora, &part, "accept").await;
        }
        part
    }
}

/// Responds to an appointment even if the member has something else at that time.
pub async fn answer(by: &Person, appointment: &Value, answer: &str) {
    let path = format!("{}/attendees/me/respond", path_of(appointment));
    let said = json!({ "response": answer, "allow_overlap": true });
    by.post(&path, said).await.is(200);
}
