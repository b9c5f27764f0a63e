//! The emails in the queue, as an operator sees them, and those that are tried once more.

use chrono::TimeDelta;
use kith::admin::{self, AdminCommand, MailCommand};
use kith::background::run_due_jobs;

use super::delivery::notifications;
use super::offer_role;
use crate::harness::TestApp;
use crate::harness::mail_server::mail_server;

async fn mail(app: &TestApp, command: MailCommand) -> String {
    let command = AdminCommand::Mail { command };
    admin::run(&app.app, command).await.unwrap()
}

#[tokio::test]
async fn a_failed_email_is_listed_without_names_and_tried_again_on_request() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let node = mail_server(".", "554 5.3.4 ben@test.example: too big", || ());
    let node = app.another_node(node).await;
    app.advance(TimeDelta::seconds(20));
    let waiting = mail(&app, MailCommand::List { failed: false }).await;
    assert!(waiting.contains("\tnotifications\twaits\t0\t"), "{waiting}");
    let nothing = mail(&app, MailCommand::List { failed: true }).await;
    assert_eq!(nothing.lines().count(), 1, "{nothing}");

    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    assert_eq!(notifications(&app).await, ["failed message_refused 1"]);
    app.advance(TimeDelta::days(1));
    assert_eq!(app.mails().await.len(), 0);
    let failed = mail(&app, MailCommand::List { failed: true }).await;
    let line = failed.lines().nth(1).unwrap();
    assert!(line.contains("\tnotifications\tfailed\t1\t"), "{line}");
    assert!(line.contains("the mail server said 554 5.3.4"), "{line}");
    assert!(!line.contains("test.example"), "{line}");

    let id = line.split('\t').next().unwrap().parse().unwrap();
    let one = MailCommand::Resend {
        id: Some(id),
        all: false,
    };
    let said = mail(&app, one.clone()).await;
    assert_eq!(said, "Emails that are tried again now: 1");
    assert_eq!(app.mail().await.to, "ben@test.example");
    assert_eq!(notifications(&app).await, ["sent - 2"]);

    let command = AdminCommand::Mail { command: one };
    let gone = admin::run(&app.app, command).await.unwrap_err();
    assert!(gone.to_string().contains("no email with this id"), "{gone}");
    let all = MailCommand::Resend {
        id: None,
        all: true,
    };
    let said = mail(&app, all).await;
    assert_eq!(said, "Emails that are tried again now: 0");
}
