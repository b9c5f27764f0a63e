//! Signed-in people and their circle.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Client, Reply, TestApp};

pub const PASSWORD: &str = "correct horse battery staple";

/// A signed-in person, who may be a member of a circle.
pub struct Person {
    pub client: Client,
    pub email: String,
    pub member_id: String,
    pub tokens: Value,
}

impl Person {
    fn enter(&mut self, circle: &str, member: &str) {
        self.client.circle = Some(circle.to_owned());
        member.clone_into(&mut self.member_id);
    }

    pub fn circle_id(&self) -> &str {
        self.client.circle.as_deref().unwrap()
    }

    /// The same person in the same circle, signed in again on the same device. Tests need this
    /// after they advance the clock, because the access token has expired by then.
    pub async fn later(&self) -> Client {
        let credentials = json!({
            "email": self.email, "password": PASSWORD,
            "device_token": self.tokens["device_token"],
        });
        let tokens = self.post("/v1/sessions", credentials).await.session();
        Client {
            circle: self.client.circle.clone(),
            ..self.app.client(&tokens)
        }
    }

    /// Creates a task and returns it.
    pub async fn task(&self, body: Value) -> Value {
        self.post("/tasks", body).await.is(201)
    }

    /// Creates a task that another person claims. The reminder is due in half an hour.
    pub async fn task_soon(&self, held_by: &Person) -> Value {
        let due = json!({
            "title": "Drive", "due_local": "2026-12-01T10:00", "reminder_minutes": [30],
        });
        let task = self.task(due).await;
        held_by.task_act(&task, "claim").await.is(200);
        task
    }

    /// Sends an operation without a body on a task.
    pub async fn task_act(&self, task: &Value, verb: &str) -> Reply {
        let id = task["id"].as_str().unwrap();
        self.act(&format!("/tasks/{id}/{verb}")).await
    }
}

/// Renews the tokens of a session.
pub async fn refresh(by: &Client, tokens: &Value) -> Reply {
    let token = json!({ "refresh_token": tokens["refresh_token"] });
    by.post("/v1/sessions/refresh", token).await
}

impl std::ops::Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl TestApp {
    /// A client that is not signed in.
    pub fn anybody(self: &Arc<Self>) -> Client {
        Client {
            app: self.clone(),
            token: None,
            peer: None,
            circle: None,
        }
    }

    /// Registers and signs in a person: `Ana Test` has the address `ana@test.example`.
    pub async fn person(self: &Arc<Self>, name: &str) -> Person {
        let email = format!("{}@test.example", name.to_lowercase());
        let anybody = self.anybody();
        let wish = json!({
            "email": email, "password": PASSWORD, "name": format!("{name} Test"),
            "time_zone": "Europe/Berlin",
        });
        let registration = anybody.post("/v1/registrations", wish).await.is(202);
        let code = self.mail().await.code();
        let path = format!(
            "/v1/registrations/{}/confirm",
            registration["id"].as_str().unwrap()
        );
        let tokens = anybody.post(&path, json!({ "code": code })).await.session();
        Person {
            client: self.client(&tokens),
            email,
            member_id: String::new(),
            tokens,
        }
    }

    pub fn client(self: &Arc<Self>, tokens: &Value) -> Client {
        Client {
            token: Some(tokens["access_token"].as_str().unwrap().into()),
            ..self.anybody()
        }
    }

    /// A circle that the first person creates. The others are invited, each with the given access
    /// level.
    pub async fn circle<const N: usize>(self: &Arc<Self>, access: [&str; N]) -> [Person; N] {
        let names = ["Ana", "Ben", "Cem", "Dora", "Eli", "Finn", "Gio", "Hana"];
        self.circle_of(access, names[..N].try_into().unwrap()).await
    }

    /// Like [`Self::circle`], with chosen names.
    pub async fn circle_of<const N: usize>(
        self: &Arc<Self>,
        access: [&str; N],
        names: [&str; N],
    ) -> [Person; N] {
        let mut people = Vec::new();
        for name in names {
            people.push(self.person(name).await);
        }
        let circle = json!({
            "patient_name": "Rosa", "time_zone": "Europe/Berlin",
            "creator_is_patient": access[0] == "coordinator and patient",
        });
        let circle = people[0].post("/v1/circles", circle).await.is(201);
        let id = circle["id"].as_str().unwrap().to_owned();
        people[0].enter(&id, circle["my_member_id"].as_str().unwrap());
        for (index, access) in access.into_iter().enumerate().skip(1) {
            let invitation = match access {
                "patient" => json!({ "access": "helper", "as_patient": true }),
                _ => json!({ "access": access }),
            };
            let [first, ..] = &people[..] else {
                unreachable!("a circle has a first person")
            };
            let member = self.join(first, &people[index], invitation).await;
            people[index].enter(&id, &member);
        }
        people
            .try_into()
            .unwrap_or_else(|_| unreachable!("as many as names"))
    }

    /// Invites a person who has an account, lets them accept, and returns their member id.
    pub async fn join(&self, by: &Person, guest: &Person, mut invitation: Value) -> String {
        invitation["email"] = json!(guest.email);
        by.post("/invitations", invitation).await.is(201);
        let token = self.mail().await.token();
        let token = json!({ "token": token });
        let member = guest.post("/v1/invitations/accept", token).await.is(200);
        member["id"].as_str().unwrap().to_owned()
    }
}
