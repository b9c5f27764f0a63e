//! The family that every trial begins with: Ana coordinates, Cleo is a caregiver,
//! Ben helps. Each trial has a server and a family of its own.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::clock::{now, until};
use crate::support::mail::Letter;
use crate::support::people::{ALIAS, Circle, Person, register, text};
use crate::support::server::{House, Server};

/// News gather for twenty seconds; the rest is patience with a busy machine.
pub const TOLD: Duration = Duration::from_secs(90);
pub const ANA: &str = "ana@example.org";

pub struct Family {
    pub house: House,
    /// The server ends with the family.
    _server: Server,
    pub path: String,
    pub ana: Person,
    pub ben: Person,
    pub cleo: Person,
}

impl Family {
    pub fn gather() -> Self {
        Self::living_in("Europe/Berlin")
    }

    /// Ben lives elsewhere.
    pub fn living_in(zone_of_ben: &str) -> Self {
        let house = House::build();
        let server = house.open();
        let api = register(&house, "Ana", ANA);
        let circle = Circle::form(&house, api.clone());
        let ben = circle.welcome("Ben", "ben@example.org", zone_of_ben);
        let berlin = "Europe/Berlin";
        let cleo = circle.welcome_as("caregiver", "Cleo", "cleo@example.org", berlin);
        let path = circle.path.clone();
        let ana = Person {
            email: ANA.to_owned(),
            member_id: text(&api.get(&path).is(200).json()["my_member_id"]),
            api,
        };
        Self {
            house,
            _server: server,
            path,
            ana,
            ben,
            cleo,
        }
    }

    pub fn at(&self, collection: &str) -> String {
        format!("{}/{collection}", self.path)
    }

    /// Makes something; answers its path.
    #[track_caller]
    pub fn make(&self, maker: &Person, collection: &str, body: &Value) -> String {
        let collection = self.at(collection);
        let made = maker.api.post(&collection, body).is(201).json();
        format!("{collection}/{}", text(&made["id"]))
    }

    /// A task that is due so many hours from now; answers its path.
    #[track_caller]
    pub fn task_due_in(&self, hours: i64) -> String {
        let due = local(now() + TimeDelta::hours(hours));
        let body = json!({ "title": "Shopping", "due_local": due, "time_zone": ZONE });
        self.make(&self.ana, "tasks", &body)
    }

    /// The states of a task's reminders.
    #[track_caller]
    pub fn reminder_states(&self, task: &str) -> Vec<String> {
        let reminders = self.ana.api.get(&format!("{task}/reminders"));
        let reminders = reminders.is(200).json();
        let data = reminders["data"].as_array().unwrap();
        data.iter()
            .map(|reminder| text(&reminder["state"]))
            .collect()
    }

    /// A visit of an hour that begins so many hours from now, and to which Ben is asked to come.
    #[track_caller]
    pub fn visit_in(&self, hours: i64) -> String {
        let starts = now() + TimeDelta::hours(hours);
        let body = json!({
            "title": "Coffee", "kind": "other", "topic": "daily", "time_zone": ZONE,
            "starts_local": local(starts), "ends_local": local(starts + TimeDelta::hours(1)),
            "attendee_ids": [self.ben.member_id],
        });
        self.make(&self.ana, "appointments", &body)
    }

    /// How many mails with notifications somebody has got.
    pub fn news_to(&self, person: &Person) -> usize {
        self.mails_to(person, &format!("News from {ALIAS}"))
    }

    fn mails_to(&self, person: &Person, subject: &str) -> usize {
        let mails = self.house.mails.all();
        let theirs = mails.iter().filter(|mail| mail.to == person.email);
        theirs
            .filter(|mail| Letter::read(mail).header("Subject").starts_with(subject))
            .count()
    }

    /// Waits until somebody has so many mails with notifications.
    #[track_caller]
    pub fn is_told(&self, person: &Person, times: usize) {
        until(TOLD, &format!("{} is told", person.email), || {
            self.news_to(person) >= times
        });
        assert_eq!(self.news_to(person), times, "to {}", person.email);
    }
}

/// A zone without summer time, five and a half hours east.
pub const ZONE: &str = "Asia/Kolkata";

/// What a clock in [`ZONE`] shows, without seconds.
pub fn local(at: DateTime<Utc>) -> String {
    let there = at + TimeDelta::minutes(5 * 60 + 30);
    there.format("%Y-%m-%dT%H:%M").to_string()
}

/// As a query parameter.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[track_caller]
pub fn ids(list: &Reply) -> Vec<String> {
    let list = list.json();
    let data = list["data"].as_array().unwrap();
    data.iter().map(|item| text(&item["id"])).collect()
}

pub fn id_of(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// Takes part in a task: who, and in which state.
#[track_caller]
pub fn parts(reader: &Client, task: &str) -> Vec<(String, String)> {
    let task = reader.get(task).is(200).json();
    let parts = task["assignments"].as_array().unwrap();
    parts
        .iter()
        .map(|part| (text(&part["name"]), text(&part["state"])))
        .collect()
}
