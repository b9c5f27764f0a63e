//! A lost phone must not be enough for sensitive operations: these, and no others, need an
//! identity that was confirmed in the last ten minutes.

use std::collections::BTreeSet;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::contract::matrix::{Ids, fill, nowhere, row, table};
use crate::harness::{PASSWORD, TestApp};

/// The operations that need a recently confirmed identity for every request.
const ALWAYS: [&str; 18] = [
    "activate_proxy",
    "mark_circle_in_memory",
    "name_proxy",
    "create_passkey",
    "create_passkey_challenge",
    "change_password",
    "confirm_totp",
    "create_personal_access_token",
    "schedule_account_deletion",
    "schedule_circle_deletion",
    "enroll_totp",
    "export_account",
    "export_calendar",
    "delete_passkey",
    "delete_password",
    "remove_totp",
    "replace_recovery_codes",
    "request_email_change",
];

#[tokio::test]
async fn sensitive_operations_need_an_identity_confirmed_in_the_last_ten_minutes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let document = kith::api::operations();
    // The access token expires at the same moment, so the test refreshes the session.
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
            if reply.json()["code"] == "reauthentication_required" {
                asked.insert(name.to_owned());
            }
        }
    }
    let always: BTreeSet<_> = ALWAYS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(asked, always);

    // Handing over a circle is sensitive too. Other changes of members are not.
    let ben_is = format!("/members/{}", ben.member_id);
    let demote = client
        .patch(&ben_is, json!({ "access": "caregiver" }))
        .await;
    demote.is_problem(403, "reauthentication_required");
    let hand_over = json!({ "successor_member_id": ben.member_id });
    let hand_over = client.post("/leave", hand_over).await;
    hand_over.is_problem(403, "reauthentication_required");
    let clear_away = format!("{ben_is}/suspend");
    let clear_away = client.post(&clear_away, json!({})).await;
    clear_away.is_problem(403, "reauthentication_required");
    let accomplice = |access: &str| json!({ "email": "thief@test.example", "access": access });
    let let_in = client.post("/invitations", accomplice("coordinator")).await;
    let_in.is_problem(403, "reauthentication_required");
    let let_in = client.post("/invitations", accomplice("viewer")).await;
    let_in.is(201);
    let relation = json!({ "relationship": "son" });
    client.patch(&ben_is, relation).await.is(200);

    let proof = json!({ "password": PASSWORD });
    let proof = client.post("/v1/me/reauthenticate", proof).await;
    proof.is(204);
    let demoted = client
        .patch(&ben_is, json!({ "access": "caregiver" }))
        .await;
    assert_eq!(demoted.is(200)["access"], "caregiver");
    app.mails().await;
}

#[tokio::test]
async fn a_wrong_password_repeated_with_its_key_is_refused_again() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let key = ("idempotency-key", "the same");
    let path = "/v1/me/reauthenticate";
    for _ in 0..2 {
        let wrong = Some(json!({ "password": "not this one" }));
        let reply = ana.with(key, &Method::POST, path, wrong).await;
        assert_eq!(reply.is_invalid(), ["/password incorrect"]);
    }
}

#[tokio::test]
async fn a_person_whose_account_is_being_deleted_can_confirm_their_identity_and_export_their_data()
{
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    ana.put("/v1/me/deletion").await.is(200);
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let client = app.client(&tokens);
    let early = client.act("/v1/me/export").await;
    early.is_problem(403, "reauthentication_required");
    let proof = json!({ "password": PASSWORD });
    let proof = client.post("/v1/me/reauthenticate", proof).await;
    proof.is(204);
    client.act("/v1/me/export").await.is(200);
    app.mails().await;
}
