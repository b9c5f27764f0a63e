//! Texts and values that people and their devices send.

use serde_json::{Value, json};

use crate::family::{ANA, Family, id_of};
use crate::support::mail::Letter;
use crate::support::people::{PASSWORD, SOON, text};
use crate::support::server::Setup;

#[test]
fn invisible_characters_are_removed_from_phone_numbers_and_stay_in_prose() {
    let family = Family::gather();
    let me = family.at(&format!("members/{}", family.ben.member_id));
    let phone = json!({ "phone": "\u{202a}+49\u{a0}30 1234567\u{202c}" });
    let changed = family.ben.api.patch(&me, &phone).is(200).json();
    assert_eq!(changed["phone"], "+49 30 1234567");

    let thread = json!({ "title": "Week", "topic": "daily" });
    let thread = family.make(&family.ana, "threads", &thread);
    let body = "\u{200f}שלום\u{200e} Ana \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    let messages = format!("{thread}/messages");
    let written = family.ana.api.post(&messages, &json!({ "body": body }));
    assert_eq!(written.is(201).json()["body"], body);
}

#[test]
fn invisible_text_is_no_name_no_title_and_no_message() {
    let family = Family::gather();
    let thread = json!({ "title": "Week", "topic": "daily" });
    let thread = family.make(&family.ana, "threads", &thread);
    for nothing in ["\u{200b}\u{2060}", "\u{3164}", "\u{2800}\u{2800}", "\u{ad}"] {
        let title = json!({ "title": nothing });
        family.ana.api.post(&family.at("tasks"), &title).is(422);
        let body = json!({ "body": nothing });
        family
            .ana
            .api
            .post(&format!("{thread}/messages"), &body)
            .is(422);
        family
            .ana
            .api
            .patch("/v1/me", &json!({ "name": nothing }))
            .is(422);
    }
}

#[test]
fn a_relative_registers_with_an_umlaut_in_the_address_and_a_space_in_the_code() {
    let setup = Setup::build();
    let _server = setup.open();
    let wish = json!({
        "email": "jürgen.test@bücher.example".replace('ü', "u").replace("bucher", "bücher"),
        "password": PASSWORD, "name": "Jürgen", "time_zone": "Europe/Berlin",
    });
    let asked = setup
        .client()
        .post("/v1/registrations", &wish)
        .is(202)
        .json();
    let letter = Letter::read(
        &setup
            .mails
            .next_to("jurgen.test@xn--bcher-kva.example", SOON),
    );
    let code = letter.code();
    let spaced = format!(" {} {}-{}", &code[..2], &code[2..4], &code[4..]);
    let confirm = format!("/v1/registrations/{}/confirm", text(&asked["id"]));
    let confirmed = json!({ "code": spaced });
    let outcome = setup.client().post(&confirm, &confirmed).is(200).json();
    assert!(outcome["session"]["access_token"].is_string(), "{outcome}");
}

#[test]
fn addresses_that_no_mail_can_reach_are_refused() {
    let setup = Setup::build();
    let _server = setup.open();
    for address in [
        "\"a b\"@x.org",
        "a@[127.0.0.1]",
        "a@localhost",
        "a b@example.org",
    ] {
        let wish = json!({
            "email": address, "password": PASSWORD, "name": "Ana", "time_zone": "Europe/Berlin",
        });
        let refused = setup
            .client()
            .post("/v1/registrations", &wish)
            .is(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/email", "{refused}");
    }
}

#[test]
fn a_message_of_six_thousand_emoji_is_accepted_however_the_client_encodes_it() {
    let family = Family::gather();
    let thread = json!({ "title": "Week", "topic": "daily" });
    let thread = family.make(&family.ana, "threads", &thread);
    let escaped = "\\ud83d\\ude00".repeat(6_000);
    let body = format!("{{\"body\":\"{escaped}\"}}");
    let request = family.ana.api.write_request(
        "POST",
        &format!("{thread}/messages"),
        "application/json",
        &body,
    );
    family.ana.api.exchange(&request).unwrap().is(201);
}

#[test]
fn every_refusal_names_the_field_or_the_parameter() {
    let family = Family::gather();
    let agenda = "/v1/me/agenda?from=2027-01-01T10:00:00+01:00&to=2027-02-01T00:00:00Z";
    let raw_plus = family.ana.api.get(agenda);
    if raw_plus.status != 200 {
        let refused = raw_plus.is(400);
        assert!(
            refused.body.contains("from") && refused.body.contains("%2B"),
            "{}",
            refused.body
        );
    }
    let limit = family.ana.api.get(&family.at("tasks?limit=many")).is(400);
    assert!(
        limit.body.contains("limit") && !limit.body.contains("digit"),
        "{}",
        limit.body
    );
    for body in [Value::Null, json!([]), json!("text")] {
        let refused = family.ana.api.post(&family.at("tasks"), &body);
        assert!((400..500).contains(&refused.status));
        assert!(!refused.body.contains("map"), "{}", refused.body);
    }
    let two_faults = json!({ "title": "", "people_needed": 500, "effort_minutes": -1 });
    let refused = family
        .ana
        .api
        .post(&family.at("tasks"), &two_faults)
        .is(422)
        .json();
    assert!(
        refused["errors"].as_array().unwrap().len() >= 2,
        "{refused}"
    );
    let unknown = json!({ "title": "Tea", "colour": "green" });
    let refused = family
        .ana
        .api
        .post(&family.at("tasks"), &unknown)
        .is(422)
        .json();
    assert_eq!(refused["errors"][0]["code"], "unknown_field", "{refused}");
    assert_eq!(refused["errors"][0]["pointer"], "/colour", "{refused}");
}

#[test]
fn labels_keep_initials_abbreviations_and_times() {
    let family = Family::gather();
    for (turn, alias) in [
        "Oma & Opa 24/7",
        "Haus Nr.5",
        "Treff 18:30",
        "Dr.Müller und A.J. Kim",
    ]
    .into_iter()
    .enumerate()
    {
        family
            .ana
            .api
            .patch(&family.path, &json!({ "alias": alias }))
            .is(200);
        let email = format!("guest{turn}@example.org");
        let invitation = json!({ "email": email, "access": "helper" });
        family
            .ana
            .api
            .post(&family.at("invitations"), &invitation)
            .is(201);
        let letter = Letter::read(&family.setup.mails.next_to(&email, SOON));
        assert_eq!(
            letter.header("Subject"),
            format!("Ana invites you to {alias}")
        );
    }
}

#[test]
fn any_name_that_a_device_gives_its_time_zone_is_accepted() {
    let setup = Setup::build();
    let _server = setup.open();
    let mut wish = json!({ "email": ANA, "password": PASSWORD, "name": "Ana" });
    for zone in [
        "GMT+02:00",
        "W. Europe Standard Time",
        "europe/berlin",
        "Asia/Calcutta",
    ] {
        wish["time_zone"] = json!(zone);
        setup.client().post("/v1/registrations", &wish).is(202);
    }
    wish.as_object_mut().unwrap().remove("time_zone");
    setup.client().post("/v1/registrations", &wish).is(202);
}

#[test]
fn a_password_cannot_contain_its_owners_name() {
    let setup = Setup::build();
    let _server = setup.open();
    for password in ["anadiaz12345678", "DíazAna-87654321x", "ANADIAZ!anadiaz!"] {
        let wish = json!({
            "email": ANA, "password": password, "name": "Ana Díaz", "time_zone": "Europe/Berlin",
        });
        let refused = setup
            .client()
            .post("/v1/registrations", &wish)
            .is(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/password", "{refused}");
    }
}

#[test]
fn a_long_title_in_another_form_of_unicode_is_the_same_title() {
    let family = Family::gather();
    let task = family.make(&family.ana, "tasks", &json!({ "title": "Cafe\u{301}" }));
    let seen = family.ben.api.get(&task).is(200).json();
    assert_eq!(seen["title"], "Caf\u{e9}");
    assert_eq!(seen["id"], id_of(&task).as_str());
}
