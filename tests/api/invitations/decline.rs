//! `POST /v1/invitations/decline`

use chrono::TimeDelta;
use serde_json::json;

use super::{accept, describe, invite, register, state};
use crate::harness::{Client, Mail, Reply, TestApp};

async fn decline(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/invitations/decline", token).await
}

/// The notification emails that the jobs send until no more wait.
async fn told(app: &TestApp) -> Vec<Mail> {
    app.advance(TimeDelta::seconds(30));
    app.mails().await
}

#[tokio::test]
async fn an_invitation_is_declined_without_an_account_and_its_sender_is_told_once() {
    let app = TestApp::start().await;
    let [ana, _cem] = app.circle_of(["coordinator"; 2], ["Ana", "Cem"]).await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    for _ in 0..2 {
        decline(&app.anybody(), &mail).await.is(204);
    }
    let all = ana.get("/invitations?state=declined").await.is(200);
    let declined = &all["data"][0];
    assert_eq!(
        (&declined["id"], &declined["version"], &declined["actions"]),
        (&invitation["id"], &json!(2), &json!([]))
    );
    let mails = told(&app).await;
    let [mail] = &mails[..] else {
        panic!("expected one email: {mails:#?}")
    };
    assert_eq!(mail.to, "ana@test.example");
    let line = "- Somebody who was invited to the circle has declined.";
    assert!(mail.text.contains(line), "{}", mail.text);
    assert!(!mail.text.contains("ben@"), "{}", mail.text);
    assert_eq!(told(&app).await.len(), 0);
}

#[tokio::test]
async fn a_member_who_has_turned_assignments_off_is_not_told_that_an_invitation_was_declined() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let off = json!({ "assignments": "off" });
    ana.patch("/notification-settings", off).await.is(200);
    invite(&ana).await;
    let mail = app.mail().await;
    decline(&app.anybody(), &mail).await.is(204);
    assert_eq!(told(&app).await.len(), 0);
}

#[tokio::test]
async fn a_declined_invitation_cannot_be_used_or_resent_but_a_new_one_can() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    decline(&ben, &mail).await.is(204);
    let anybody = app.anybody();
    let offer = describe(&anybody, &mail).await.is(200);
    assert_eq!(
        (&offer["is_declined"], &offer["is_member_already"]),
        (&json!(true), &json!(false))
    );
    for reply in [accept(&ben, &mail).await, register(&anybody, &mail).await] {
        reply.is_problem(409, "invitation_declined");
    }
    let path = format!("/invitations/{}", invitation["id"].as_str().unwrap());
    let resend = ana.act(&format!("{path}/resend")).await;
    let withdraw = ana.delete(&path).await;
    for reply in [resend, withdraw] {
        let problem = reply.is_problem(409, "invalid_transition");
        assert_eq!(problem["state"], "declined");
    }
    invite(&ana).await;
    let mails = told(&app).await;
    let second = mails.iter().find(|mail| mail.to == "ben@test.example");
    let second = second.unwrap();
    let offer = describe(&anybody, second).await.is(200);
    assert_eq!(offer["is_declined"], false);
    let cem = app.person("Cem").await;
    accept(&cem, &mail).await.is_problem(409, "email_mismatch");
    accept(&ben, second).await.is(200);
    // The old token still belongs to the invitation that was declined.
    decline(&anybody, &mail).await.is(204);
    accept(&ben, &mail).await.is_problem(409, "already_member");
    assert_eq!(state(&ana, &invitation).await, "declined");
}

#[tokio::test]
async fn a_person_who_joined_cannot_decline_afterwards() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    accept(&ben, &mail).await.is(200);
    let late = decline(&app.anybody(), &mail).await;
    late.is_problem(409, "already_member");
    assert_eq!(state(&ana, &invitation).await, "accepted");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    ben.get(&circle).await.is(200);
}

#[tokio::test]
async fn a_token_that_is_unknown_expired_or_withdrawn_declines_nothing() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let anybody = app.anybody();
    let unknown = json!({ "token": "none" });
    let unknown = anybody.post("/v1/invitations/decline", unknown).await;
    unknown.is_problem(410, "no_longer_valid");
    let withdrawn = invite(&ana).await;
    let mail = app.mail().await;
    let path = format!("/invitations/{}", withdrawn["id"].as_str().unwrap());
    ana.delete(&path).await.is(204);
    decline(&anybody, &mail)
        .await
        .is_problem(410, "no_longer_valid");
    let expired = invite(&ana).await;
    let mail = app.mail().await;
    app.advance(TimeDelta::days(7));
    decline(&anybody, &mail)
        .await
        .is_problem(410, "no_longer_valid");
    let ana = ana.later().await;
    assert_eq!(state(&ana, &withdrawn).await, "withdrawn");
    assert_eq!(state(&ana, &expired).await, "open");
}

#[tokio::test]
async fn of_accepting_and_declining_at_once_only_one_takes_effect() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for trial in 0..8 {
        let ben = app.person(&format!("Ben{trial}")).await;
        let guest = json!({ "email": ben.email, "access": "helper" });
        let invitation = ana.post("/invitations", guest).await.is(201);
        let mails = told(&app).await;
        let mail = mails.iter().find(|mail| mail.to == ben.email).unwrap();
        let anybody = app.anybody();
        let (accepted, declined) = futures_util::join!(accept(&ben, mail), decline(&anybody, mail));
        let circle = format!("/v1/circles/{}", ana.circle_id());
        let is_member = ben.get(&circle).await.status == 200;
        match state(&ana, &invitation).await.as_str().unwrap() {
            "accepted" => {
                assert!(is_member);
                accepted.is(200);
                declined.is_problem(409, "already_member");
            }
            "declined" => {
                assert!(!is_member);
                declined.is(204);
                accepted.is_problem(409, "invitation_declined");
            }
            other => panic!("{other}"),
        }
    }
}
