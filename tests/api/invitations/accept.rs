//! `POST /v1/invitations/accept`

use axum::http::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{accept, describe, invite, register, state};
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
