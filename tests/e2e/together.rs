//! What a family shares beside tasks: a role that goes from the patient to a
//! daughter, an appointment that moves, messages that are read or not.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::clock::full_minute_after;
use crate::support::mail::Letter;
use crate::support::people::{
    ALIAS, CANARIES, Circle, LEAD, PASSWORD, Person, due_to_remind, next_about, register, text,
};
use crate::support::server::House;

/// News gather for twenty seconds, and the rounds of the server.
const TOLD: Duration = Duration::from_secs(50);
/// The next full minute but one, and the rounds of the server.
const REMINDED: Duration = Duration::from_secs(100);
const MINUTE: TimeDelta = TimeDelta::minutes(1);
const ROSA: &str = "rosa@example.org";
const TOKYO: (&str, i32) = ("Asia/Tokyo", 9);

#[test]
fn a_family_shares_what_one_alone_carried() {
    let house = House::build();
    // Whatever may be logged is.
    let _server = house.open_with(&[("RUST_LOG", "trace".to_owned())]);
    let rosa = register(&house, "Rosa", ROSA);
    let circle = Circle::of_patient(&house, rosa);
    let ana = circle.welcome_as("coordinator", "Ana", "ana@example.org", "Europe/Berlin");
    let ben = circle.welcome_as("caregiver", "Ben", "ben@example.org", TOKYO.0);

    the_meals_go_from_rosa_to_ana(&house, &circle, &ana);
    an_appointment_moves_and_its_reminder_with_it(&house, &circle, &ana, &ben);
    a_message_is_read_by_one_and_not_by_the_other(&circle, &ana, &ben);
    no_mail_tells_a_secret(&house);
    let tokens = [&circle.founder, &ana.api, &ben.api].map(Client::token);
    the_log_tells_none_either(&house, &tokens);
}

fn the_meals_go_from_rosa_to_ana(house: &House, circle: &Circle, ana: &Person) {
    let rosa = &circle.founder;
    let roles = format!("{}/roles", circle.path);
    let role = rosa.post(&roles, &json!({ "kind": "meals", "title": "Canarytitle" }));
    let role = format!("{roles}/{}", text(&role.is(201).json()["id"]));
    let taken = rosa.press(&format!("{role}/take")).is(200).json();
    let mut offer = json!({
        "member_id": ana.member_id, "previous_assignment_id": taken["assignments"][0]["id"],
    });
    rosa.post(&format!("{role}/offer"), &offer).is(422);
    offer["patient_part"] = json!("keeps");
    offer["patient_part_text"] = json!("Canarynotes");
    let offered = rosa.post(&format!("{role}/offer"), &offer).is(200).json();

    let (_, news) = next_about(house, &ana.email, &format!("News from {ALIAS}"), TOLD);
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

    let timeline = rosa.get(&format!("{role}/timeline")).is(200).json();
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
            ("active".into(), json!("keeps"))
        ]
    );
}

fn an_appointment_moves_and_its_reminder_with_it(
    house: &House,
    circle: &Circle,
    ana: &Person,
    ben: &Person,
) {
    let soon = full_minute_after(TimeDelta::seconds(75));
    let first = soon + TimeDelta::days(3);
    let mut visit = json!({
        "title": "Canarytitle", "preparation": "Canarynotes", "location": "Canaryplace",
        "kind": "scan", "attendee_ids": [ben.member_id],
    });
    visit
        .as_object_mut()
        .unwrap()
        .extend(starts_to_remind(first));
    let appointments = format!("{}/appointments", circle.path);
    let made = ana.api.post(&appointments, &visit).is(201).json();
    let visit = format!("{appointments}/{}", text(&made["id"]));
    let subject = format!("News from {ALIAS}");
    let (_, told) = next_about(house, &ben.email, &subject, TOLD);
    assert!(told.text.contains("Something was scheduled."));
    let answer = json!({ "answer": "accepted" });
    ben.api.post(&format!("{visit}/answer"), &answer).is(200);

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
    assert_eq!(after["attendees"][0]["answer"], "needs_action");
    let (_, told) = next_about(house, &ben.email, &subject, TOLD);
    assert!(
        told.text
            .contains(&format!("It was: {}", when(first + LEAD)))
    );
    assert!(
        told.text
            .contains(&format!("It is now: {}", when(soon + LEAD)))
    );
    let (_, told) = next_about(house, ROSA, &subject, TOLD);
    assert!(told.text.contains("Something"));

    let subject = format!("A reminder from {ALIAS}");
    let (mail, letter) = next_about(house, &ben.email, &subject, REMINDED);
    assert!(soon <= mail.at && mail.at < soon + MINUTE);
    assert!(letter.text.contains(&when(soon + LEAD)));
    let states: Vec<_> = circle
        .reminders(&visit)
        .iter()
        .map(|reminder| text(&reminder["state"]))
        .collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"cancelled".into()) && states.contains(&"fired".into()));
}

fn a_message_is_read_by_one_and_not_by_the_other(circle: &Circle, ana: &Person, ben: &Person) {
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
    let up_to = json!({ "up_to": message.json()["id"] });
    ben.api.post(&format!("{thread}/read"), &up_to).is(200);
    let unread =
        |client: &Client| client.get("/v1/me/summary").is(200).json()["unread_messages"].clone();
    assert_eq!((unread(&ben.api), unread(rosa)), (json!(0), json!(1)));

    let named = json!({ "member_ids": [ben.member_id] });
    let between_two = ana.api.post(&threads, &named).is(201).json();
    let between_two = format!("{threads}/{}", text(&between_two["id"]));
    ben.api.get(&between_two).is(200);
    rosa.get(&between_two).is_problem(404, "not_found");
}

fn no_mail_tells_a_secret(house: &House) {
    for mail in house.mails.all() {
        let everything = Letter::read(&mail).everything().to_lowercase();
        for canary in CANARIES.iter().chain(&["Canaryplace"]) {
            assert!(!everything.contains(&canary.to_lowercase()), "{everything}");
        }
    }
}

fn the_log_tells_none_either(house: &House, tokens: &[&str]) {
    let log = house.log().to_lowercase();
    assert!(
        log.contains("\"level\":\"debug\""),
        "the log has every level"
    );
    assert!(
        log.contains("/v1/circles/{circle_id}/appointments"),
        "{log}"
    );
    for secret in CANARIES
        .iter()
        .chain(&["Canaryplace", PASSWORD, ROSA, "?token="])
        // The address of the database, and its password, are in those.
        .chain(&["ConnectOptions"])
        .chain(tokens)
    {
        assert!(
            !log.contains(&secret.to_lowercase()),
            "{secret} is in the log"
        );
    }
}

/// The fields of an appointment that reminds at the given time.
fn starts_to_remind(at: DateTime<Utc>) -> serde_json::Map<String, Value> {
    let mut fields = due_to_remind(at);
    let local = fields.remove("due_local").unwrap();
    fields.insert("starts_local".into(), local);
    fields
}

/// A time as a reader in Tokyo is told it.
fn when(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&FixedOffset::east_opt(TOKYO.1 * 3600).unwrap());
    let (zone, hours) = TOKYO;
    format!(
        "{} ({zone}, UTC{hours:+})",
        local.format("%a %-d %B %Y, %H:%M")
    )
}
