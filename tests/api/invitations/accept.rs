//! `POST /v1/invitations/accept`

use axum::http::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{accept, act, describe, invite, register, state, withdraw};
use crate::harness::{Person, TestApp};

#[tokio::test]
async fn an_invitation_works_only_for_its_address() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    accept(&cem, &mail).await.is_problem(409, "email_mismatch");
    let member = accept(&ben, &mail).await.is(200);
    assert_eq!(
        (&member["name"], &member["access"], &member["state"]),
        (&json!("Ben Test"), &json!("helper"), &json!("active"))
    );
    assert_eq!(state(&ana, &invitation).await, "accepted");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    ben.get(&circle).await.is(200);
    cem.get(&circle).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn an_invitation_accepted_many_times_at_once_creates_one_member() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let mail = app.mail().await;
    let replies = futures_util::future::join_all((0..5).map(|_| accept(&ben, &mail))).await;
    let mut ids: Vec<_> = replies
        .into_iter()
        .map(|reply| reply.is(200)["id"].to_string())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(offer["is_member_already"], true);
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn accepting_again_with_the_same_key_answers_the_same() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let token = json!({ "token": app.mail().await.token() });
    let key = ("idempotency-key", "in");
    let path = "/v1/invitations/accept";
    let ask = || ben.with(key, &Method::POST, path, Some(token.clone()));
    let (first, second) = (ask().await, ask().await);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(first.is(200), second.is(200));
}

#[tokio::test]
async fn an_invitation_is_withdrawn_when_its_author_can_no_longer_invite() {
    let app = TestApp::start().await;
    let [ana, dora, eli, finn, gio] = app
        .circle_of(["coordinator"; 5], ["Ana", "Dora", "Eli", "Finn", "Gio"])
        .await;
    let own = ana.post(
        "/invitations",
        json!({ "email": "own@test.example", "access": "helper" }),
    );
    let own = own.await.is(201);
    app.mails().await;
    let member = |person: &Person, verb: &str| format!("/members/{}{verb}", person.member_id);
    for person in [&dora, &eli, &finn, &gio] {
        let guest = json!({ "email": format!("guest.{}", person.email), "access": "helper" });
        let invitation = person.post("/invitations", guest).await.is(201);
        let mail = app.mail().await;
        describe(&app.anybody(), &mail).await.is(200);
        match person.email.split('@').next().unwrap() {
            "dora" => {
                ana.patch(&member(person, ""), json!({ "access": "caregiver" }))
                    .await
            }
            "eli" => ana.post(&member(person, "/suspend"), json!({})).await,
            "finn" => ana.post(&member(person, "/remove"), json!({})).await,
            _ => person.post("/leave", json!({})).await,
        }
        .is(200);
        assert_eq!(state(&ana, &invitation).await, "withdrawn");
        register(&app.anybody(), &mail)
            .await
            .is_problem(410, "no_longer_valid");
    }
    assert_eq!(state(&ana, &own).await, "open");
}

#[tokio::test]
async fn an_invitation_does_not_admit_a_current_or_former_member() {
    for verb in ["suspend", "remove", "leave"] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "viewer"]).await;
        let guest = json!({ "email": "guest@test.example", "access": "coordinator" });
        ana.post("/invitations", guest).await.is(201);
        let mail = app.mail().await;
        // This happens when an account changes its address to an invited address.
        let connection = app.database.connect().await;
        let take_over = format!(
            "UPDATE invitations SET email = '{}' WHERE state = 'open'",
            ben.email
        );
        connection.execute_unprepared(&take_over).await.unwrap();
        connection.close().await.unwrap();
        accept(&ben, &mail).await.is_problem(409, "already_member");

        let path = format!("/members/{}/{verb}", ben.member_id);
        match verb {
            "leave" => ben.post("/leave", json!({})).await.is(200),
            _ => ana.post(&path, json!({})).await.is(200),
        };
        accept(&ben, &mail).await.is_problem(410, "no_longer_valid");
        ben.get("").await.is_problem(404, "not_found");
    }
}

/// What the invited person and a coordinator can do with an invitation in each state: open, accepted,
/// declined, withdrawn. A state is where it leads, `=` leads nowhere, and a word is a refusal.
#[tokio::test]
async fn each_step_with_an_invitation_fits_its_state() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let verbs = ["preview", "accept", "decline", "resend", "withdraw"];
    let mut rows = verbs.map(|verb| format!("{verb:8}"));
    for state in ["open", "accepted", "declined", "withdrawn"] {
        for (verb, row) in verbs.into_iter().zip(&mut rows) {
            let guest = app.person(&format!("{state}{verb}")).await;
            // The test invites more people than the throttle allows.
            let connection = app.database.connect().await;
            let forget = "DELETE FROM throttles";
            connection.execute_unprepared(forget).await.unwrap();
            connection.close().await.unwrap();
            let wish = json!({ "email": guest.email, "access": "helper" });
            let invitation = ana.post("/invitations", wish).await.is(201);
            let mail = app.mail().await;
            let decline = async || {
                let token = json!({ "token": mail.token() });
                guest.post("/v1/invitations/decline", token).await
            };
            let reply = match state {
                "accepted" => accept(&guest, &mail).await,
                "declined" => decline().await,
                "withdrawn" => withdraw(&ana, &invitation).await,
                _ => describe(&guest, &mail).await,
            };
            assert!(reply.status.is_success(), "{}", reply.text);
            let reply = match verb {
                "preview" => describe(&guest, &mail).await,
                "accept" => accept(&guest, &mail).await,
                "decline" => decline().await,
                "resend" => act(&ana, &invitation, "resend").await,
                _ => withdraw(&ana, &invitation).await,
            };
            let after = self::state(&ana, &invitation).await;
            let is_done = reply.status.is_success();
            let mark = match after.as_str().unwrap() {
                _ if !is_done => reply.json()["code"].as_str().unwrap().to_owned(),
                same if same == state => "=".to_owned(),
                other => other.to_owned(),
            };
            row.extend([" ", &mark]);
            app.mails().await;
        }
    }
    insta::assert_snapshot!(rows.join("\n"), @r"
    preview  = = = no_longer_valid
    accept   accepted = invitation_declined no_longer_valid
    decline  declined already_member = no_longer_valid
    resend   = invalid_transition invalid_transition invalid_transition
    withdraw withdrawn invalid_transition invalid_transition =
    ");
}
