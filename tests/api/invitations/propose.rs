//! `POST /v1/circles/{circle_id}/invitations/propose`, and what coordinators decide.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{act, state};
use crate::harness::{Client, TestApp};

async fn propose(by: &Client) -> Value {
    let person = json!({ "email": "gio@test.example", "name": "Gio", "note": "He drives." });
    by.post("/invitations/propose", person).await.is(201)
}

#[tokio::test]
async fn a_caregiver_proposes_a_person_and_a_coordinator_sends_the_invitation() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    let proposed = propose(&ben).await;
    assert_eq!(proposed["state"], "proposed");
    assert_eq!(proposed["actions"], json!([]));
    app.advance(TimeDelta::seconds(25));
    let told = app.mail().await;
    assert_eq!(told.to, "ana@test.example");
    assert!(
        told.text.contains("proposes a person to invite"),
        "{}",
        told.text
    );
    assert!(!told.text.contains("Gio"), "{}", told.text);
    let person = json!({ "email": "gio@test.example" });
    dora.post("/invitations/propose", person.clone())
        .await
        .is_problem(403, "forbidden");
    cem.post("/invitations/propose", person).await.is(201);
    app.mails().await;
    act(&ben, &proposed, "approve")
        .await
        .is_problem(403, "forbidden");
    let path = format!("/invitations/{}/approve", proposed["id"].as_str().unwrap());
    let approved = ana.post(&path, json!({ "access": "viewer" })).await.is(200);
    assert_eq!(
        (&approved["state"], &approved["access"]),
        (&json!("open"), &json!("viewer"))
    );
    let mails = app.mails().await;
    let mail = mails
        .iter()
        .find(|mail| mail.to == "gio@test.example")
        .unwrap();
    assert_eq!(
        mail.header("Subject"),
        "Ben Test invites you to Ana's circle"
    );
    let gio = app.person("Gio").await;
    let token = json!({ "token": mail.token() });
    gio.post("/v1/invitations/accept", token).await.is(200);
    act(&ana, &proposed, "approve")
        .await
        .is_problem(409, "invalid_transition");
    app.mails().await;
}

#[tokio::test]
async fn a_rejected_person_gets_no_email_and_the_member_is_told() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let proposed = propose(&ben).await;
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    act(&ana, &proposed, "reject").await.is(200);
    act(&ana, &proposed, "reject").await.is(200);
    assert_eq!(state(&ana, &proposed).await, "rejected");
    app.advance(TimeDelta::seconds(25));
    let told = app.mail().await;
    assert_eq!(told.to, "ben@test.example");
    assert!(told.text.contains("was not approved"), "{}", told.text);
}
