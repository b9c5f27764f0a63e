//! What operators run into: mail servers, settings, proxies, disks.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::family::{ANA, Family};
use crate::support::clock::within;
use crate::support::mail::Letter;
use crate::support::people::{PASSWORD, SOON, ask_for_account, text};
use crate::support::server::House;
use crate::support::smtp::{Answer, Fault, Stage};

/// The first retry comes after a minute.
const TRIED_AGAIN: Duration = Duration::from_secs(150);

/// Relay denied, blocked, full: none of it says that there is no such person.
#[test]
fn a_code_is_not_lost_because_the_mail_server_refuses_us_for_a_while() {
    let house = House::build();
    let _server = house.open();
    let faults = [
        ("relay@example.org", "550 5.7.1 relay access denied"),
        (
            "blocked@example.org",
            "554 5.7.1 your address is on a block list",
        ),
        ("full@example.org", "552 5.2.2 mailbox full"),
        ("login@example.org", "530 5.7.0 authentication required"),
    ];
    for (to, words) in faults {
        let (stage, answer) = (Stage::Recipient, Answer::Say(words));
        house.mails.plan_fault(Fault { to, stage, answer });
        ask_for_account(&house, "Somebody", to);
    }
    for (to, words) in faults {
        let mails = || house.mails.all().into_iter().find(|mail| mail.to == to);
        let mail = within(TRIED_AGAIN, &format!("the code after {words}"), mails);
        assert_eq!(Letter::read(&mail).code().len(), 6);
    }
}

#[test]
fn a_server_that_mails_links_to_nowhere_does_not_start() {
    let house = House::build();
    let mut command = house.command("serve");
    command.env_remove("PUBLIC_URL");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = within(SOON, "it refuses to start", || {
        let ended = child.try_wait().unwrap();
        ended.or_else(|| house.is_ready().then(|| panic!("it started")))
    });
    assert!(!ended.success());
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("PUBLIC_URL"), "{said}");
}

#[test]
fn an_empty_setting_is_a_setting_that_is_not_set() {
    let house = House::build();
    let settings = [
        "SECRET_KEY",
        "METRICS_ADDR",
        "TRUSTED_PROXIES",
        "APP_ORIGINS",
    ];
    let settings = settings.map(|name| (name, String::new()));
    let _server = house.open_with(&settings);
    assert!(house.is_ready());
}

#[test]
fn a_second_press_tells_a_person_who_is_in_that_they_are_in() {
    let house = House::build();
    let _server = house.open();
    let registration = ask_for_account(&house, "Ana", ANA);
    let letter = Letter::read(&house.mails.next_to(ANA, SOON));
    let link = letter.link_to("verify");
    let page = house.path_of(&link);
    house.client().press(page).is(200);
    house.client().press(page).is(200);
    let credentials = json!({ "email": ANA, "password": PASSWORD });
    house.client().post("/v1/sessions", &credentials).is(201);
    assert!(!registration.is_empty());
}

#[test]
fn an_invitation_pressed_twice_says_that_the_person_is_in() {
    let family = Family::gather();
    let invitation = json!({ "email": "dora@example.org", "access": "helper" });
    family
        .ana
        .api
        .post(&family.at("invitations"), &invitation)
        .is(201);
    let dora = crate::support::people::register(&family.house, "Dora", "other@example.org");
    let letter = Letter::read(&family.house.mails.next_to("dora@example.org", SOON));
    let link = letter.link_to("invitation");
    let page = family.house.path_of(&link).to_owned();
    let form = format!(
        "name=Dora&password={}&time_zone=Europe%2FBerlin",
        PASSWORD.replace(' ', "+")
    );
    family.house.client().submit(&page, &form).is(200);
    family.house.client().submit(&page, &form).is(200);
    // Somebody else with the same link is not in.
    let token = link.split_once("token=").unwrap().1;
    let stranger = dora.post("/v1/invitations/accept", &json!({ "token": token }));
    assert!(stranger.status >= 400, "{}", stranger.body);
}

#[test]
fn a_tag_that_a_proxy_made_weak_still_saves() {
    let family = Family::gather();
    let task = family.make(&family.ana, "tasks", &json!({ "title": "Milk" }));
    let tag = family
        .ana
        .api
        .get(&task)
        .is(200)
        .header("etag")
        .unwrap()
        .to_owned();
    let weak = format!("W/{tag}");
    let change = json!({ "notes": "two" });
    let if_match = [("if-match", weak.as_str())];
    family
        .ana
        .api
        .call_with(&if_match, "PATCH", &task, Some(&change))
        .is(200);
    let change = json!({ "notes": "three" });
    family
        .ana
        .api
        .call_with(&if_match, "PATCH", &task, Some(&change))
        .is(412);
}

#[test]
fn the_front_door_leads_somewhere_and_two_hosts_are_refused() {
    let house = House::build();
    let _server = house.open();
    let front = house.client().get("/");
    assert!(
        matches!(front.status, 200 | 302 | 303 | 307 | 308),
        "{}",
        front.status
    );
    for hosts in ["", "host: a.example\r\nhost: b.example\r\n"] {
        let request = format!("GET /v1/server HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        house.client().exchange(&request).unwrap().is(400);
    }
}

#[test]
fn the_last_coordinator_stays_when_the_other_one_is_only_on_paper() {
    let family = Family::gather();
    let as_coordinator = json!({ "access": "coordinator" });
    let cleo = family.at(&format!("members/{}", family.cleo.member_id));
    family.ana.api.patch(&cleo, &as_coordinator).is(200);
    let mut disable = family.house.command("admin");
    let disabled = disable
        .args(["disable", &family.cleo.email])
        .status()
        .unwrap();
    assert!(disabled.success());
    let leave = family.ana.api.post(&family.at("leave"), &json!({}));
    assert_eq!(leave.status, 409, "{}", leave.body);
}

/// A forwarded mail's link names whose mails it ends, and offers the way back.
#[test]
fn an_unsubscribe_link_says_whose_mails_it_ends_and_can_be_undone() {
    let family = Family::gather();
    family.visit_in(50);
    family.is_told(&family.ben, 1);
    let mails = family.house.mails.all();
    let news = mails
        .iter()
        .rfind(|mail| mail.to == family.ben.email)
        .unwrap();
    let link = Letter::read(news).link_to("unsubscribe");
    let page = family.house.path_of(&link).to_owned();
    let browser = family.house.client();
    let shown = browser.get(&page).is(200).body;
    assert!(
        shown.contains('•') || shown.contains('*') || shown.contains("Ben"),
        "{shown}"
    );
    let off = browser.press(&page).is(200).body;
    assert!(off.contains("<form"), "no way back: {off}");
    let wishes = family.at("notification-preferences");
    let wishes = family.ben.api.get(&wishes).is(200).json();
    let all = wishes.as_object().unwrap().values();
    assert!(
        all.map(|wish| wish.as_str().map(str::to_owned))
            .any(|wish| wish.as_deref() == Some("off"))
    );
    assert!(!text(&wishes["reminders"]).is_empty());
}
