//! Emails that come back: who sees it, and when no more are sent.

use chrono::TimeDelta;
use kith::admin::{self, AdminCommand, MailCommand, take_bounce};
use kith::auth::note_bounce;
use kith::background::run_due_jobs;
use serde_json::{Value, json};

use super::delivery::notifications;
use super::{offer_role, shown};
use crate::appointments::{notification_mails, recipients};
use crate::harness::mail_server::mail_server;
use crate::harness::{Mail, Person, TestApp};

/// The state of a member's address, as another member sees it.
async fn state(by: &Person, of: &Person) -> Value {
    let path = format!("/members/{}", of.member_id);
    by.get(&path).await.is(200)["email_state"].clone()
}

/// The report of a mail server about an email.
fn report(mail: &Mail, to: &str, status: &str) -> String {
    format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mail.test.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: {status}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: {}\r\n\r\n--b--\r\n",
        mail.message_id
    )
}

async fn take(app: &TestApp, report: &str) -> String {
    take_bounce(&app.app, report.as_bytes()).await.unwrap()
}

#[tokio::test]
async fn a_report_marks_the_address_and_the_third_stops_its_emails() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    assert_eq!(state(&ana, &ben).await, "works");
    assert_eq!(state(&ben, &ben).await, "works");
    assert_eq!(state(&cem, &ben).await, Value::Null);
    for (number, expected) in [(1, "bouncing"), (2, "bouncing"), (3, "stopped")] {
        offer_role(&ana, &ben).await;
        let mails = notification_mails(&app).await;
        let full = take(&app, &report(&mails[0], "ben@test.example", "5.2.2")).await;
        assert!(full.contains("nothing is marked"), "{full}");
        let other = take(&app, &report(&mails[0], "cem@test.example", "5.1.1")).await;
        assert!(other.contains("nothing is marked"), "{other}");
        let gone = report(&mails[0], "Ben@test.example", "5.1.1");
        let said = take(&app, &gone).await;
        assert!(
            !said.contains("nothing") && !said.contains("ben@"),
            "{said}"
        );
        // The same report counts once.
        let again = take(&app, &gone).await;
        assert!(again.contains("nothing is marked"), "{again}");
        assert_eq!(state(&ana, &ben).await, expected);
        let outcomes = notifications(&app).await;
        assert_eq!(outcomes, vec!["bounced address_refused 1"; number]);
    }
    assert_eq!(state(&ana, &cem).await, "works");

    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await[3], "bounced address_refused 0");
    let due =
        json!({ "title": "Shop", "due_local": "2026-12-01T12:00", "reminder_minutes": [170] });
    let task = ana.task(due).await;
    ben.task_act(&task, "claim").await.is(200);
    app.advance(TimeDelta::minutes(15));
    let mails = app.mails().await;
    assert!(mails.iter().all(|mail| mail.to != ben.email), "{mails:?}");

    let command = MailCommand::ForgetBounces {
        address: Some("Ben@test.example".into()),
        all: false,
    };
    let command = AdminCommand::Mail { command };
    let said = admin::run(&app.app, command).await.unwrap();
    assert_eq!(said, "Addresses that get emails again: 1");
    let ana = ana.later().await;
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 1);
    let path = format!("/members/{}", ben.member_id);
    assert_eq!(ana.get(&path).await.is(200)["email_state"], "works");
}

#[tokio::test]
async fn bounces_are_counted_for_thirty_days() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let gone = mail_server("RCPT", "550 5.1.1 no such person", || ());
    let gone = app.another_node(gone).await;
    for expected in ["bouncing", "bouncing"] {
        offer_role(&ana.later().await, &ben).await;
        app.advance(TimeDelta::seconds(20));
        run_due_jobs(&gone).await.unwrap();
        let path = format!("/members/{}", ben.member_id);
        let member = ana.later().await.get(&path).await.is(200);
        assert_eq!(member["email_state"], expected);
        app.advance(TimeDelta::days(16));
    }
    // The first one was more than thirty days ago.
    offer_role(&ana.later().await, &ben).await;
    app.advance(TimeDelta::seconds(20));
    run_due_jobs(&gone).await.unwrap();
    let path = format!("/members/{}", ben.member_id);
    let member = ana.later().await.get(&path).await.is(200);
    assert_eq!(member["email_state"], "bouncing");
}

#[tokio::test]
async fn who_could_do_it_is_told_in_place_of_a_coordinator_whose_emails_come_back() {
    let app = TestApp::start().await;
    let [ana, ben, _cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for _ in 0..3 {
        note_bounce(&app.app, &ana.email).await.unwrap();
    }
    let due = json!({ "title": "Shop", "due_local": "2026-12-01T20:00" });
    let task = ana.task(due).await;
    ben.task_act(&task, "claim").await.is(200);
    notification_mails(&app).await;
    ben.task_act(&task, "release").await.is(200);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["cem"]);
    // The app shows it to the coordinator.
    assert_eq!(shown(&ana, "").await, ["released Shop"]);
}
