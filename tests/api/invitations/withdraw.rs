//! `DELETE /v1/circles/{circle_id}/invitations/{invitation_id}`

use serde_json::{Value, json};

use super::{accept, act, invite, withdraw};
use crate::harness::{Person, TestApp};

async fn listed(by: &Person) -> Value {
    by.get("/invitations").await.is(200)["data"][0].clone()
}

#[tokio::test]
async fn a_withdrawn_invitation_cannot_be_accepted() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    withdraw(&ana, &invitation).await.is(204);
    let withdrawn = listed(&ana).await;
    assert_eq!(
        (&withdrawn["state"], &withdrawn["actions"]),
        (&json!("withdrawn"), &json!([]))
    );
    let logged = app.change_log().await.len();
    withdraw(&ana, &invitation).await.is(204);
    assert_eq!(listed(&ana).await, withdrawn);
    assert_eq!(app.change_log().await.len(), logged);
    accept(&ben, &mail).await.is_problem(410, "no_longer_valid");
    let resent = act(&ana, &invitation, "resend").await;
    resent.is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn withdrawing_an_old_version_of_an_invitation_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invitation = invite(&ana).await;
    act(&ana, &invitation, "resend").await.is(200);
    let path = format!("/invitations/{}", invitation["id"].as_str().unwrap());
    let withdraw_version = async |version: &str| {
        let seen = ("if-match", version);
        ana.with(seen, &axum::http::Method::DELETE, &path, None)
            .await
    };
    let old = withdraw_version("\"1\"").await;
    old.is_problem(412, "version_mismatch");
    let version = listed(&ana).await["version"].clone();
    withdraw_version(&format!("\"{version}\"")).await.is(204);
    app.mails().await;
}
