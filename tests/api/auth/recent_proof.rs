//! What a lost phone must not be able to do asks for a proof of the last ten
//! minutes, and nothing else does.

use std::collections::BTreeSet;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::contract::matrix::{Ids, fill, nowhere, row, table};
use crate::harness::{PASSWORD, TestApp};

/// The operations that ask for one, whatever they are asked.
const ALWAYS: [&str; 15] = [
    "add_passkey",
    "begin_passkey",
    "change_password",
    "confirm_totp",
    "create_personal_token",
    "delete_account",
    "delete_circle",
    "enroll_totp",
    "export_account",
    "export_calendar",
    "remove_passkey",
    "remove_password",
    "remove_totp",
    "renew_recovery_codes",
    "request_email_change",
];

#[tokio::test]
async fn a_device_that_proved_nothing_for_ten_minutes_cannot_do_what_is_dangerous() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let document = kith::api::document();
    // The access token ends at the same moment: a new one of the old session.
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let client = app.client(&tokens).inside(ana.circle_id());
    let ids = Ids {
        circle: ana.circle_id().to_owned(),
        ..nowhere()
    };
    let (table, mut asked) = (table(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let (_, _, body) = row(name, &table);
            if name == "sign_out" {
                continue;
            }
            let path = fill(path, &ids);
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = Some(body).filter(|body| !body.is_null());
            let request = client.request(&method, &path, body);
            let reply = app.send(request).await;
            if reply.json()["code"] == "reauthentication_needed" {
                asked.insert(name.to_owned());
            }
        }
    }
    let always: BTreeSet<_> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(asked, always);

    // Handing a circle over is dangerous too; other changes to members are not.
    let ben_is = format!("/members/{}", ben.member_id);
    let demote = client
        .patch(&ben_is, json!({ "access": "caregiver" }))
        .await;
    demote.is_problem(403, "reauthentication_needed");
    let hand_over = json!({ "successor": ben.member_id });
    let hand_over = client.post("/leave", hand_over).await;
    hand_over.is_problem(403, "reauthentication_needed");
    let clear_away = format!("{ben_is}/suspend");
    let clear_away = client.post(&clear_away, json!({})).await;
    clear_away.is_problem(403, "reauthentication_needed");
    let accomplice = |access: &str| json!({ "email": "thief@test.example", "access": access });
    let let_in = client.post("/invitations", accomplice("coordinator")).await;
    let_in.is_problem(403, "reauthentication_needed");
    let let_in = client.post("/invitations", accomplice("viewer")).await;
    let_in.is(201);
    let relation = json!({ "relationship": "son" });
    client.patch(&ben_is, relation).await.is(200);

    let proof = json!({ "password": PASSWORD });
    let proof = client.post("/v1/sessions/reauthenticate", proof).await;
    proof.is(204);
    let demoted = client
        .patch(&ben_is, json!({ "access": "caregiver" }))
        .await;
    assert_eq!(demoted.is(200)["access"], "caregiver");
    app.mails().await;
}

#[tokio::test]
async fn a_refused_proof_is_not_answered_as_given_when_it_is_repeated() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let key = ("idempotency-key", "the same");
    let path = "/v1/sessions/reauthenticate";
    for _ in 0..2 {
        let wrong = Some(json!({ "password": "not this one" }));
        let reply = ana.with(key, &Method::POST, path, wrong).await;
        assert_eq!(reply.is_invalid(), ["/password wrong"]);
    }
}

#[tokio::test]
async fn a_person_whose_account_is_being_deleted_can_confirm_their_identity_and_export_their_data()
{
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    ana.act("/v1/me/delete").await.is(200);
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let client = app.client(&tokens);
    let early = client.act("/v1/me/export").await;
    early.is_problem(403, "reauthentication_needed");
    let proof = json!({ "password": PASSWORD });
    let proof = client.post("/v1/sessions/reauthenticate", proof).await;
    proof.is(204);
    client.act("/v1/me/export").await.is(200);
    app.mails().await;
}
