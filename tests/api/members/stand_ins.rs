//! The emails of a member without an account while their contact cannot be reached, and after they
//! got another contact.

use chrono::TimeDelta;
use kith::admin::{self, AdminCommand};
use serde_json::{Value, json};

use super::create::aunt;
use crate::harness::{Client, Person, TestApp};

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

/// Rosa, whose contact is another member.
async fn aunt_of(ana: &Client, contact: &Person) -> Value {
    let rosa = aunt(ana).await;
    let contact = json!({ "contact_member_id": contact.member_id });
    let path = format!("/members/{}", id(&rosa));
    ana.patch(&path, contact).await.is(200)
}

/// Offers her a new task.
async fn offer_to(rosa: &Value, by: &Person) {
    let task = by.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", id(&task));
    let to_her = json!({ "member_id": rosa["id"] });
    by.post(&offer, to_her).await.is(200);
}

/// The addresses of the emails that wait, and their subjects.
async fn sent(app: &TestApp) -> Vec<String> {
    app.advance(TimeDelta::seconds(25));
    let mails = app.mails().await;
    let mut sent: Vec<_> = mails
        .iter()
        .map(|mail| format!("{} {}", mail.to, mail.header("Subject")))
        .collect();
    sent.sort();
    sent
}

#[tokio::test]
async fn a_coordinator_gets_her_emails_while_the_contact_is_away() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let rosa = aunt_of(&ana, &ben).await;
    sent(&app).await;
    let today = json!({ "from_on": "2026-12-01", "until_on": "2026-12-01" });
    let absence = ben.post("/absences", today.clone()).await.is(201);
    offer_to(&rosa, &cem).await;
    let to_ana = "ana@test.example Updates from Ana's circle for Rosa";
    assert_eq!(sent(&app).await, [to_ana]);
    let end = format!("/absences/{}", id(&absence));
    ben.delete(&end).await.is(204);
    offer_to(&rosa, &cem).await;
    let to_ben = "ben@test.example Updates from Ana's circle for Rosa";
    assert_eq!(sent(&app).await, [to_ben]);

    let task = json!({
        "title": "Cook", "due_local": "2026-12-01T12:00", "reminder_minutes": [60],
    });
    let task = cem.task(task).await;
    let for_her = json!({ "on_behalf_of_member_id": rosa["id"] });
    let claim = format!("/tasks/{}/claim", id(&task));
    ben.post(&claim, for_her).await.is(200);
    ben.post("/absences", today).await.is(201);
    sent(&app).await;
    app.advance(TimeDelta::hours(2));
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    assert!(mail.text.contains("This is for Rosa."), "{}", mail.text);
}

#[tokio::test]
async fn a_contact_whose_account_is_disabled_is_replaced() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt_of(&ana, &ben).await;
    sent(&app).await;
    let account = ben.email.clone();
    let disable = AdminCommand::Disable { account };
    admin::run(&app.app, disable).await.unwrap();
    let rosa = ana.get(&format!("/members/{}", id(&rosa))).await.is(200);
    assert_eq!(rosa["contact_member_id"], ana.member_id);
    let updates = "ana@test.example Updates from Ana's circle";
    assert_eq!(sent(&app).await, [updates]);
}

#[tokio::test]
async fn the_links_in_emails_to_a_former_contact_do_not_turn_her_emails_off() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let rosa = aunt_of(&ana, &ben).await;
    sent(&app).await;
    offer_to(&rosa, &cem).await;
    app.advance(TimeDelta::seconds(25));
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    let link = mail.link("unsubscribe");
    assert_eq!(app.anybody().get(&link).await.status, 200);
    let to_cem = json!({ "contact_member_id": cem.member_id });
    let path = format!("/members/{}", id(&rosa));
    ana.patch(&path, to_cem).await.is(200);
    assert_eq!(app.anybody().get(&link).await.status, 410);
    // The new contact has a link of their own.
    sent(&app).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", id(&task));
    let to_her = json!({ "member_id": rosa["id"] });
    ana.post(&offer, to_her).await.is(200);
    app.advance(TimeDelta::seconds(25));
    let mail = app.mail().await;
    assert_eq!(mail.to, cem.email);
    let page = app.anybody().get(&mail.link("unsubscribe")).await;
    assert_eq!(page.status, 200);
}
