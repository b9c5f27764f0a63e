//! Problems of operators: mail servers, settings, proxies, disks.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::family::{ANA, Family};
use crate::support::clock::within;
use crate::support::mail::Letter;
use crate::support::people::{PASSWORD, SOON, ask_for_account, text};
use crate::support::server::Setup;
use crate::support::smtp::{Answer, Fault, Stage};

/// The first retry comes after one minute.
const TRIED_AGAIN: Duration = Duration::from_secs(150);

/// Relay denied, blocked, full: none of these says that the recipient does not exist.
#[test]
fn a_code_is_mailed_after_the_mail_server_refused_it_for_a_while() {
    let setup = Setup::build();
    let _server = setup.open();
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
        setup.mails.plan_fault(Fault { to, stage, answer });
        ask_for_account(&setup, "Somebody", to);
    }
    for (to, words) in faults {
        let mails = || setup.mails.all().into_iter().find(|mail| mail.to == to);
        let mail = within(TRIED_AGAIN, &format!("the code after {words}"), mails);
        assert_eq!(Letter::read(&mail).code().len(), 6);
    }
}

#[test]
fn a_server_that_mails_links_without_a_public_url_does_not_start() {
    let setup = Setup::build();
    let mut command = setup.command("serve");
    command.env_remove("PUBLIC_URL");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = within(SOON, "the server refuses to start", || {
        let ended = child.try_wait().unwrap();
        ended.or_else(|| setup.is_ready().then(|| panic!("the server started")))
    });
    assert!(!ended.success());
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("PUBLIC_URL"), "{said}");
}

#[test]
fn an_empty_setting_counts_as_not_set() {
    let setup = Setup::build();
    let settings = [
        "SECRET_KEY",
        "METRICS_ADDR",
        "TRUSTED_PROXIES",
        "APP_ORIGINS",
    ];
    let settings = settings.map(|name| (name, String::new()));
    let _server = setup.open_with(&settings);
    assert!(setup.is_ready());
}

#[test]
fn confirming_an_address_twice_succeeds_twice() {
    let setup = Setup::build();
    let _server = setup.open();
    let registration = ask_for_account(&setup, "Ana", ANA);
    let letter = Letter::read(&setup.mails.next_to(ANA, SOON));
    let link = letter.link_to("verify");
    let page = setup.path_of(&link);
    setup.client().press(page).is(200);
    setup.client().press(page).is(200);
    let credentials = json!({ "email": ANA, "password": PASSWORD });
    let outcome = setup.client().post("/v1/sessions", &credentials).is(200);
    assert!(outcome.json()["session"]["access_token"].is_string());
    assert!(!registration.is_empty());
}

#[test]
fn accepting_an_invitation_twice_succeeds_twice() {
    let family = Family::gather();
    let invitation = json!({ "email": "dora@example.org", "access": "helper" });
    family
        .ana
        .api
        .post(&family.at("invitations"), &invitation)
        .is(201);
    let dora = crate::support::people::register(&family.setup, "Dora", "other@example.org");
    let letter = Letter::read(&family.setup.mails.next_to("dora@example.org", SOON));
    let link = letter.link_to("invitation");
    let page = family.setup.path_of(&link).to_owned();
    let form = format!(
        "name=Dora&password={}&time_zone=Europe%2FBerlin",
        PASSWORD.replace(' ', "+")
    );
    family.setup.client().submit(&page, &form).is(200);
    family.setup.client().submit(&page, &form).is(200);
    // Another person cannot use the same link.
    let token = link.split_once("token=").unwrap().1;
    let stranger = dora.post("/v1/invitations/accept", &json!({ "token": token }));
    assert!(stranger.status >= 400, "{}", stranger.body);
}

#[test]
fn an_etag_that_a_proxy_made_weak_still_allows_a_change() {
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
fn the_root_path_answers_and_a_request_with_two_hosts_is_refused() {
    let setup = Setup::build();
    let _server = setup.open();
    let front = setup.client().get("/");
    assert!(
        matches!(front.status, 200 | 302 | 303 | 307 | 308),
        "{}",
        front.status
    );
    for hosts in ["", "host: a.example\r\nhost: b.example\r\n"] {
        let request = format!("GET /v1/server HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        setup.client().exchange(&request).unwrap().is(400);
    }
}

#[test]
fn the_last_coordinator_cannot_leave_when_the_other_coordinator_is_disabled() {
    let family = Family::gather();
    let as_coordinator = json!({ "access": "coordinator" });
    let cleo = family.at(&format!("members/{}", family.cleo.member_id));
    family.ana.api.patch(&cleo, &as_coordinator).is(200);
    let mut disable = family.setup.command("admin");
    let disabled = disable
        .args(["disable", &family.cleo.email])
        .status()
        .unwrap();
    assert!(disabled.success());
    let leave = family.ana.api.post(&family.at("leave"), &json!({}));
    assert_eq!(leave.status, 409, "{}", leave.body);
}

/// The link of a forwarded mail names the owner of the mails, and it can be undone.
#[test]
fn an_unsubscribe_link_names_its_owner_and_can_be_undone() {
    let family = Family::gather();
    family.visit_in(50);
    family.is_told(&family.ben, 1);
    let mails = family.setup.mails.all();
    let news = mails
        .iter()
        .rfind(|mail| mail.to == family.ben.email)
        .unwrap();
    let link = Letter::read(news).link_to("unsubscribe");
    let page = family.setup.path_of(&link).to_owned();
    let browser = family.setup.client();
    let shown = browser.get(&page).is(200).body;
    assert!(
        shown.contains('•') || shown.contains('*') || shown.contains("Ben"),
        "{shown}"
    );
    let off = browser.press(&page).is(200).body;
    assert!(off.contains("<form"), "the page has no link to undo: {off}");
    let wishes = family.at("notification-settings");
    let wishes = family.ben.api.get(&wishes).is(200).json();
    let all = wishes.as_object().unwrap().values();
    assert!(
        all.map(|wish| wish.as_str().map(str::to_owned))
            .any(|wish| wish.as_deref() == Some("off"))
    );
    assert!(!text(&wishes["reminders"]).is_empty());
}
