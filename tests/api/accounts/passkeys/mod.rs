//! Passkeys: adding them, signing in with them, and all the ways that must fail.

#[cfg(feature = "passkeys")]
mod attacks;
#[cfg(feature = "passkeys")]
mod authenticator;
#[cfg(feature = "passkeys")]
mod ways;

use axum::http::Method;
use serde_json::json;

use kith::features::accounts::RelyingParty;

use crate::harness::TestApp;

const NOBODY: &str = "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d";

#[tokio::test]
async fn a_server_without_passkeys_refuses_passkey_operations() {
    let app = TestApp::start_as(|parts| parts.optional.remove::<RelyingParty>()).await;
    let ana = app.person("Ana").await;
    let confirm = format!("/v1/passkey-challenges/{NOBODY}/confirm");
    let added = json!({ "passkey_challenge_id": NOBODY, "name": "Phone", "credential": {} });
    let proof = json!({ "passkey": { "passkey_challenge_id": NOBODY, "credential": {} } });
    for (path, body) in [
        ("/v1/passkey-challenges", None),
        (&*confirm, Some(json!({ "credential": {} }))),
        ("/v1/me/passkey-challenges", None),
        ("/v1/me/passkeys", Some(added)),
        ("/v1/me/reauthentication-challenges", None),
        ("/v1/me/reauthenticate", Some(proof)),
    ] {
        let request = ana.request(&Method::POST, path, body.as_ref());
        let reply = app.send(request).await;
        reply.is_problem(409, "passkeys_not_supported");
    }
    let none = ana.get("/v1/me/passkeys").await.is(200);
    assert_eq!(none["data"], json!([]));
    let only = ana.delete("/v1/me/password").await;
    only.is_problem(409, "last_sign_in_method");
    let server = app.anybody().get("/v1/server").await.is(200);
    let features = server["features"].as_array().unwrap();
    assert!(!features.contains(&json!("passkeys")));
}
