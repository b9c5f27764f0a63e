//! The people of the tests: how they register, and their circle. Their texts contain canaries:
//! words that must not be in any mail.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::client::Client;
use crate::support::mail::Letter;
use crate::support::server::Setup;
use crate::support::smtp::Mail;

pub const PASSWORD: &str = "seven herons on a wire";
pub const ALIAS: &str = "The Tuesday people";
/// The time limit for a mail that a person waits for.
pub const SOON: Duration = Duration::from_secs(20);

const PATIENT: &str = "Canarypatient";
const TITLE: &str = "Canarytitle";
const NOTES: &str = "Canarynotes";
pub const NOTE: &str = "Canarynote";
pub const CANARIES: [&str; 4] = [PATIENT, TITLE, NOTES, NOTE];

/// Registers a person and confirms with the code from the mail.
pub fn register(setup: &Setup, name: &str, email: &str) -> Client {
    let id = ask_for_account(setup, name, email);
    let letter = Letter::read(&setup.mails.next_to(email, SOON));
    confirm(setup, &id, &letter)
}

/// Asks for an account and returns the id of the registration.
pub fn ask_for_account(setup: &Setup, name: &str, email: &str) -> String {
    let wish = json!({
        "email": email, "password": PASSWORD, "name": name, "time_zone": "Europe/Berlin",
    });
    let registration = setup.client().post("/v1/registrations", &wish).is(202);
    text(&registration.json()["id"])
}

pub fn confirm(setup: &Setup, registration: &str, letter: &Letter) -> Client {
    let path = format!("/v1/registrations/{registration}/confirm");
    let code = json!({ "code": letter.code() });
    let outcome = setup.client().post(&path, &code).is(200).json();
    setup.client().signed_in(&outcome["session"])
}

/// A signed-in member of the circle.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    pub member_id: String,
    pub api: Client,
}

/// A circle and its founder.
pub struct Circle<'a> {
    setup: &'a Setup,
    pub path: String,
    pub founder: Client,
}

impl<'a> Circle<'a> {
    pub fn form(setup: &'a Setup, founder: Client) -> Self {
        Self::found(setup, founder, false)
    }

    /// A circle that the patient creates.
    pub fn of_patient(setup: &'a Setup, patient: Client) -> Self {
        Self::found(setup, patient, true)
    }

    fn found(setup: &'a Setup, founder: Client, is_patient: bool) -> Self {
        let wish =
            json!({ "patient_name": PATIENT, "alias": ALIAS, "creator_is_patient": is_patient });
        let circle = founder.post("/v1/circles", &wish).is(201).json();
        let path = format!("/v1/circles/{}", text(&circle["id"]));
        Self {
            setup,
            path,
            founder,
        }
    }

    /// Invites a helper and returns the mail.
    pub fn invite(&self, email: &str) -> Letter {
        self.invite_as(email, "helper")
    }

    fn invite_as(&self, email: &str, access: &str) -> Letter {
        let wish = json!({ "email": email, "access": access, "note": NOTE });
        let path = format!("{}/invitations", self.path);
        self.founder.post(&path, &wish).is(201);
        Letter::read(&self.setup.mails.next_to(email, SOON))
    }

    /// Invites a helper, whose app opens the link.
    pub fn welcome(&self, name: &str, email: &str, zone: &str) -> Person {
        self.welcome_as("helper", name, email, zone)
    }

    /// Invites a person, whose app opens the link.
    pub fn welcome_as(&self, access: &str, name: &str, email: &str, zone: &str) -> Person {
        let link = self.invite_as(email, access).link_to("invitation");
        let (_, token) = link.split_once("?token=").unwrap();
        let person = json!({
            "token": token, "name": name, "password": PASSWORD, "time_zone": zone,
        });
        let client = self.setup.client();
        let welcome = client.post("/v1/invitations/register", &person).is(201);
        let welcome = welcome.json();
        Person {
            email: email.to_owned(),
            member_id: text(&welcome["member"]["id"]),
            api: client.signed_in(&welcome["session"]),
        }
    }

    /// The path of the tasks.
    pub fn tasks(&self) -> String {
        format!("{}/tasks", self.path)
    }

    /// Creates a task with a reminder at the given time and returns its path.
    pub fn create_task(&self, remind_at: DateTime<Utc>, helpers: usize) -> String {
        let mut task = json!({ "title": TITLE, "notes": NOTES, "people_needed": helpers });
        let due = due_to_remind(remind_at);
        task.as_object_mut().unwrap().extend(due);
        let created = self.founder.post(&self.tasks(), &task).is(201);
        format!("{}/{}", self.tasks(), text(&created.json()["id"]))
    }

    /// The reminders of a task or an appointment.
    pub fn reminders(&self, item: &str) -> Vec<Value> {
        let reminders = self.founder.get(&format!("{item}/reminders")).is(200);
        reminders.json()["data"].as_array().unwrap().clone()
    }
}

/// The time between the reminder and the due time.
pub const LEAD: TimeDelta = TimeDelta::minutes(60);

/// The fields of a task with a reminder at the given time. The zone has no summer time.
pub fn due_to_remind(at: DateTime<Utc>) -> serde_json::Map<String, Value> {
    let kolkata = TimeDelta::minutes(5 * 60 + 30);
    let local = (at + LEAD + kolkata).format("%Y-%m-%dT%H:%M").to_string();
    let fields = json!({
        "due_local": local,
        "time_zone": "Asia/Kolkata",
        "reminder_minutes": [LEAD.num_minutes()],
    });
    fields.as_object().unwrap().clone()
}

/// The next mail to an address with this subject. Skips other mails.
#[track_caller]
pub fn next_about(setup: &Setup, email: &str, subject: &str, limit: Duration) -> (Mail, Letter) {
    loop {
        let mail = setup.mails.next_to(email, limit);
        let letter = Letter::read(&mail);
        if letter.header("Subject").starts_with(subject) {
            return (mail, letter);
        }
    }
}

/// A task without a time.
pub fn some_task(id: Uuid) -> Value {
    json!({ "id": id, "title": TITLE, "notes": NOTES })
}

/// The ids of all tasks, read page by page. No task may be listed twice.
pub fn list_tasks(client: &Client, tasks: &str) -> BTreeSet<Uuid> {
    let mut ids = BTreeSet::new();
    let mut page = format!("{tasks}?sort=created_at&limit=100");
    loop {
        let reply = client.get(&page).is(200).json();
        for task in reply["data"].as_array().unwrap() {
            let id = text(&task["id"]).parse().unwrap();
            assert!(ids.insert(id), "{id} is listed twice");
        }
        let Some(cursor) = reply["next_cursor"].as_str() else {
            return ids;
        };
        page = format!("{tasks}?sort=created_at&limit=100&cursor={cursor}");
    }
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
