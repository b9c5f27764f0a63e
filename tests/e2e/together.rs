//! What a family shares beside tasks: a role that a daughter takes over from the patient, an
//! appointment that moves, and messages.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::clock::full_minute_after;
use crate::support::mail::Letter;
use crate::support::people::{
    ALIAS, CANARIES, Circle, LEAD, PASSWORD, Person, due_to_remind, next_about, register, text,
};
use crate::support::server::Setup;

/// Notifications are collected for twenty seconds, and the server checks at intervals.
const TOLD: Duration = Duration::from_secs(50);
/// Up to two full minutes until the reminder is due, and the interval of the server's checks.
const REMINDED: Duration = Duration::from_secs(100);
const MINUTE: TimeDelta = TimeDelta::minutes(1);
const ROSA: &str = "rosa@example.org";
const TOKYO: (&str, i32) = ("Asia/Tokyo", 9);

#[test]
fn a_family_shares_a_role_an_appointment_and_messages() {
    let setup = Setup::build();
    // The finest level logs everything that may be logged.
    let _server = setup.open_with(&[("RUST_LOG", "trace".to_owned())]);
    let rosa = register(&setup, "Rosa", ROSA);
    let circle = Circle::of_patient(&setup, rosa);
    let ana = circle.welcome_as("coordinator", "Ana", "ana@example.org", "Europe/Berlin");
    let ben = circle.welcome_as("caregiver", "Ben", "ben@example.org", TOKYO.0);

    the_meals_go_from_rosa_to_ana(&setup, &circle, &ana);
    an_appointment_moves_and_its_reminder_with_it(&setup, &circle, &ana, &ben);
    ben_reads_a_message_that_rosa_has_not_read(&circle, &ana, &ben);
    no_mail_contains_a_secret(&setup);
    let tokens = [&circle.founder, &ana.api, &ben.api].map(Client::token);
    the_log_contains_no_secret(&setup, &tokens);
}

fn the_meals_go_from_rosa_to_ana(setup: &Setup, circle: &Circle, ana: &Person) {
    let rosa = &circle.founder;
    let roles = format!("{}/roles", circle.path);
    let role = rosa.post(&roles, &json!({ "kind": "meals", "title": "Canarytitle" }));
    let role = format!("{roles}/{}", text(&role.is(201).json()["id"]));
    let taken = rosa.press(&format!("{role}/claim")).is(200).json();
    let mut offer = json!({
        "member_id": ana.member_id, "previous_assignment_id": taken["assignments"][0]["id"],
    });
    rosa.post(&format!("{role}/offer"), &offer).is(422);
    offer["patient_part"] = json!("text");
    offer["patient_part_text"] = json!("Canarynotes");
    let offered = rosa.post(&format!("{role}/offer"), &offer).is(200).json();

    let (_, news) = next_about(setup, &ana.email, &format!("Updates from {ALIAS}"), TOLD);
    assert!(
        news.text
            .contains("asked whether you can take something on")
    );
    let parts = offered["assignments"].as_array().unwrap();
    let to_ana = parts
        .iter()
        .find(|part| part["state"] == "offered")
        .unwrap();
    let accept = format!(
        "{}/role-assignments/{}/accept",
        circle.path,
        text(&to_ana["id"])
    );
    rosa.press(&accept).is(403);
    ana.api.press(&accept).is(200);

    let timeline = rosa.get(&format!("{role}/assignments")).is(200).json();
    let states: Vec<_> = timeline["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (text(&part["state"]), part["patient_part"].clone()))
        .collect();
    assert_eq!(
        states,
        [
            ("ended".into(), Value::Null),
            ("active".into(), json!("text"))
        ]
    );
}

fn an_appointment_moves_and_its_reminder_with_it(
    setup: &Setup,
    circle: &Circle,
    ana: &Person,
    ben: &Person,
) {
    let soon = full_minute_after(TimeDelta::seconds(75));
    let first = soon + TimeDelta::days(3);
    let mut visit = json!({
        "title": "Canarytitle", "preparation": "Canarynotes", "location": "Canaryplace",
        "kind": "scan", "attendee_member_ids": [ben.member_id],
    });
    visit
        .as_object_mut()
        .unwrap()
        .extend(starts_to_remind(first));
    let appointments = format!("{}/appointments", circle.path);
    let made = ana.api.post(&appointments, &visit).is(201).json();
    let visit = format!("{appointments}/{}", text(&made["id"]));
    let subject = format!("Updates from {ALIAS}");
    let (_, told) = next_about(setup, &ben.email, &subject, TOLD);
    assert!(told.text.contains("Something was scheduled."));
    let answer = json!({ "response": "accepted" });
    ben.api
        .post(&format!("{visit}/attendees/me/respond"), &answer)
        .is(200);

    let mut moved = Value::Object(starts_to_remind(soon));
    moved.as_object_mut().unwrap().remove("reminder_minutes");
    let after = ana
        .api
        .post(&format!("{visit}/reschedule"), &moved)
        .is(200)
        .json();
    assert_eq!(
        (&after["id"], &after["schedule_version"]),
        (&made["id"], &json!(2))
    );
    assert_eq!(after["attendees"][0]["response"], "no_response");
    let (_, told) = next_about(setup, &ben.email, &subject, TOLD);
    assert!(
        told.text
            .contains(&format!("It was: {}", when(first + LEAD)))
    );
    assert!(
        told.text
            .contains(&format!("It is now: {}", when(soon + LEAD)))
    );
    let (_, told) = next_about(setup, ROSA, &subject, TOLD);
    assert!(told.text.contains("Something"));

    let subject = format!("A reminder from {ALIAS}");
    let (mail, letter) = next_about(setup, &ben.email, &subject, REMINDED);
    assert!(soon <= mail.at && mail.at < soon + MINUTE);
    assert!(letter.text.contains(&when(soon + LEAD)));
    let states: Vec<_> = circle
        .reminders(&visit)
        .iter()
        .map(|reminder| text(&reminder["state"]))
        .collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"canceled".into()) && states.contains(&"fired".into()));
}

fn ben_reads_a_message_that_rosa_has_not_read(circle: &Circle, ana: &Person, ben: &Person) {
    let rosa = &circle.founder;
    let threads = format!("{}/threads", circle.path);
    let about = json!({ "title": "Canarytitle", "topic": "daily" });
    let thread = text(&ana.api.post(&threads, &about).is(201).json()["id"]);
    let thread = format!("{threads}/{thread}");
    let message = json!({ "body": "Canarynotes" });
    let message = ana
        .api
        .post(&format!("{thread}/messages"), &message)
        .is(201);
    let last_read_message_id = json!({ "last_read_message_id": message.json()["id"] });
    ben.api
        .post(&format!("{thread}/mark-read"), &last_read_message_id)
        .is(200);
    let unread =
        |client: &Client| client.get("/v1/me/summary").is(200).json()["unread_messages"].clone();
    assert_eq!((unread(&ben.api), unread(rosa)), (json!(0), json!(1)));

    let named = json!({ "member_ids": [ben.member_id] });
    let between_two = ana.api.post(&threads, &named).is(201).json();
    let between_two = format!("{threads}/{}", text(&between_two["id"]));
    ben.api.get(&between_two).is(200);
    rosa.get(&between_two).is_problem(404, "not_found");
}

fn no_mail_contains_a_secret(setup: &Setup) {
    for mail in setup.mails.all() {
        let everything = Letter::read(&mail).everything().to_lowercase();
        for canary in CANARIES.iter().chain(&["Canaryplace"]) {
            assert!(!everything.contains(&canary.to_lowercase()), "{everything}");
        }
    }
}

fn the_log_contains_no_secret(setup: &Setup, tokens: &[&str]) {
    let log = setup.log().to_lowercase();
    assert!(
        log.contains("\"level\":\"debug\""),
        "the log does not have every level"
    );
    assert!(
        log.contains("/v1/circles/{circle_id}/appointments"),
        "{log}"
    );
    for secret in CANARIES
        .iter()
        .chain(&["Canaryplace", PASSWORD, ROSA, "?token="])
        // `ConnectOptions` would contain the address of the database and its password.
        .chain(&["ConnectOptions"])
        .chain(tokens)
    {
        assert!(
            !log.contains(&secret.to_lowercase()),
            "{secret} is in the log"
        );
    }
}

/// The fields of an appointment with a reminder at the given time.
fn starts_to_remind(at: DateTime<Utc>) -> serde_json::Map<String, Value> {
    let mut fields = due_to_remind(at);
    let local = fields.remove("due_local").unwrap();
    fields.insert("starts_local".into(), local);
    fields
}

/// A time as a mail shows it to a reader in Tokyo.
fn when(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&FixedOffset::east_opt(TOKYO.1 * 3600).unwrap());
    let (zone, hours) = TOKYO;
    format!(
        "{} ({zone}, UTC{hours:+})",
        local.format("%a %-d %B %Y, %H:%M")
    )
}
