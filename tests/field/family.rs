//! The family that every trial begins with: Ana is a coordinator, Cleo a caregiver, Ben a
//! helper. Each trial has its own server and family.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::clock::{now, until};
use crate::support::mail::Letter;
use crate::support::people::{ALIAS, Circle, Person, register, text};
use crate::support::server::{Server, Setup};

/// Notifications are collected for twenty seconds. The rest allows for a busy machine.
pub const TOLD: Duration = Duration::from_secs(90);
pub const ANA: &str = "ana@example.org";

pub struct Family {
    pub setup: Setup,
    /// The server stops when the family is dropped.
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

    /// A family with Ben in another time zone.
    pub fn living_in(zone_of_ben: &str) -> Self {
        let setup = Setup::build();
        let server = setup.open();
        let api = register(&setup, "Ana", ANA);
        let circle = Circle::form(&setup, api.clone());
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
            setup,
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

    /// Creates an item and returns its path.
    #[track_caller]
    pub fn make(&self, maker: &Person, collection: &str, body: &Value) -> String {
        let collection = self.at(collection);
        let made = maker.api.post(&collection, body).is(201).json();
        format!("{collection}/{}", text(&made["id"]))
    }

    /// Creates a task that is due in some hours and returns its path.
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

    /// An appointment of one hour that starts in some hours, with Ben as attendee.
    #[track_caller]
    pub fn visit_in(&self, hours: i64) -> String {
        let starts = now() + TimeDelta::hours(hours);
        let body = json!({
            "title": "Coffee", "kind": "other", "topic": "daily", "time_zone": ZONE,
            "starts_local": local(starts), "ends_local": local(starts + TimeDelta::hours(1)),
            "attendee_member_ids": [self.ben.member_id],
        });
        self.make(&self.ana, "appointments", &body)
    }

    /// The number of notification mails that a person has received.
    pub fn news_to(&self, person: &Person) -> usize {
        self.mails_to(person, &format!("Updates from {ALIAS}"))
    }

    fn mails_to(&self, person: &Person, subject: &str) -> usize {
        let mails = self.setup.mails.all();
        let theirs = mails.iter().filter(|mail| mail.to == person.email);
        theirs
            .filter(|mail| Letter::read(mail).header("Subject").starts_with(subject))
            .count()
    }

    /// Waits until a person has received this number of notification mails.
    #[track_caller]
    pub fn is_told(&self, person: &Person, times: usize) {
        until(TOLD, &format!("{} is told", person.email), || {
            self.news_to(person) >= times
        });
        assert_eq!(self.news_to(person), times, "to {}", person.email);
    }
}

/// A zone without summer time, five and a half hours ahead of UTC.
pub const ZONE: &str = "Asia/Kolkata";

/// The local time in [`ZONE`] without seconds.
pub fn local(at: DateTime<Utc>) -> String {
    let there = at + TimeDelta::minutes(5 * 60 + 30);
    there.format("%Y-%m-%dT%H:%M").to_string()
}

/// A date that lies some days ahead. The occurrences of the next sixty days exist.
pub fn day(ahead: i64) -> NaiveDate {
    (now() + TimeDelta::days(ahead)).date_naive()
}

/// An instant as a query parameter.
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

/// The assignments of a task: name and state.
#[track_caller]
pub fn parts(reader: &Client, task: &str) -> Vec<(String, String)> {
    let task = reader.get(task).is(200).json();
    let parts = task["assignments"].as_array().unwrap();
    parts
        .iter()
        .map(|part| (text(&part["name"]), text(&part["state"])))
        .collect()
}
