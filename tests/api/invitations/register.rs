//! `POST /v1/invitations/register`

use serde_json::json;

use super::{accept, describe, invite, register};
use crate::harness::TestApp;

#[tokio::test]
async fn an_invited_person_registers_without_a_second_email() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest =
        json!({ "email": "ben@test.example", "access": "caregiver", "relationship": "son" });
    ana.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    let anybody = app.anybody();
    let both = futures_util::join!(register(&anybody, &mail), register(&anybody, &mail));
    let (welcome, late) = match both.0.status.as_u16() {
        201 => both,
        _ => (both.1, both.0),
    };
    assert_eq!(late.is(200), json!({ "session": null, "member": null }));
    assert_eq!(welcome.header("cache-control"), "no-store");
    let welcome = welcome.is(201);
    assert_eq!(welcome["member"]["relationship"], "son");
    let ben = app.client(&welcome["session"]);
    let me = ben.get("/v1/me").await.is(200);
    assert_eq!(me["email"], "ben@test.example");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    assert_eq!(ben.get(&circle).await.is(200)["my_access"], "caregiver");
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_person_with_an_account_cannot_register_with_an_invitation() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let mail = app.mail().await;
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(offer["has_account"], true);
    let second = register(&app.anybody(), &mail).await;
    second.is_problem(409, "account_exists");
    accept(&ben, &mail).await.is(200);
}
