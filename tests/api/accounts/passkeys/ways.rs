//! Adding passkeys, signing in with them, and removing them.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

/// Adds a passkey that a device makes.
pub async fn add(person: &Client, device: &mut Authenticator) -> Value {
    let challenge = person.act("/v1/me/passkey-challenges").await.is(201);
    let new = json!({
        "passkey_challenge_id": challenge["id"],
        "name": "Phone",
        "credential": device.make(&challenge["options"]),
        "keep_other_sessions": true,
    });
    let added = person.post("/v1/me/passkeys", new).await.is(201);
    let mail = person.app.mail().await;
    assert_eq!(mail.header("Subject"), "A passkey was added");
    added
}

/// Requests a challenge for a sign-in.
pub async fn challenge(app: &Arc<TestApp>) -> Value {
    app.anybody().act("/v1/passkey-challenges").await.is(201)
}

/// Sends a signed challenge.
pub async fn confirm(app: &Arc<TestApp>, challenge: &Value, credential: Value) -> Reply {
    let id = challenge["id"].as_str().unwrap();
    let path = format!("/v1/passkey-challenges/{id}/confirm");
    let signed = json!({ "credential": credential, "device_label": "Ana's phone" });
    app.anybody().post(&path, signed).await
}

pub async fn sign_in(app: &Arc<TestApp>, device: &mut Authenticator) -> Reply {
    let challenge = challenge(app).await;
    let credential = device.sign(&challenge["options"]);
    confirm(app, &challenge, credential).await
}

/// Confirms the identity again with a passkey.
async fn prove(client: &Client, device: &mut Authenticator) -> Reply {
    let challenge = client
        .act("/v1/me/reauthentication-challenges")
        .await
        .is(201);
    let credential = device.sign(&challenge["options"]);
    let proof = json!({ "passkey_challenge_id": challenge["id"], "credential": credential });
    let proof = json!({ "passkey": proof });
    client.post("/v1/me/reauthenticate", proof).await
}

async fn password(ana: &Person) -> Reply {
    let credentials = json!({ "email": ana.email, "password": PASSWORD });
    ana.app.anybody().post("/v1/sessions", credentials).await
}

#[tokio::test]
async fn a_passkey_signs_in_without_password_and_code() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut device = Authenticator::new();
    let added = add(&ana, &mut device).await;
    assert_eq!(added["name"], "Phone");
    assert_eq!(added["last_used_at"], Value::Null);
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["passkey_count"], 1);

    app.advance(TimeDelta::minutes(1));
    let enrollment = ana.act("/v1/me/totp").await.is(201);
    let code =
        crate::accounts::second_factor::code_of(&app, enrollment["secret"].as_str().unwrap());
    let code = json!({ "code": code, "keep_other_sessions": true });
    ana.post("/v1/me/totp/confirm", code).await.is(200);
    app.mails().await;

    app.advance(TimeDelta::minutes(2));
    let reply = sign_in(&app, &mut device).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    let tokens = reply.is(201);
    let later = app.client(&tokens);
    let me = later.get("/v1/me").await.is(200);
    assert_eq!(me["email"], "ana@test.example");
    let mail = app.mail().await;
    assert_eq!(mail.header("Subject"), "A new device signed in");
    let listed = ana.get("/v1/me/passkeys").await.is(200);
    assert_eq!(
        listed["data"][0]["last_used_at"],
        "2026-12-01T08:03:00.000Z"
    );

    app.advance(TimeDelta::seconds(1));
    let known = challenge(&app).await;
    let path = format!(
        "/v1/passkey-challenges/{}/confirm",
        known["id"].as_str().unwrap()
    );
    let signed = json!({
        "credential": device.sign(&known["options"]),
        "device_token": tokens["device_token"],
    });
    let again = app.anybody().post(&path, signed).await.is(201);
    assert_eq!(again["device_token"], Value::Null);
    assert_eq!(app.mails().await.len(), 0);
    let events = ana.get("/v1/me/security-events").await.is(200);
    let kinds: Vec<_> = events["data"].as_array().unwrap().iter().collect();
    let kind = |n: usize| kinds[n]["kind"].as_str().unwrap();
    let latest = [kind(0), kind(1), kind(2)];
    assert_eq!(
        latest,
        ["signed_in", "signed_in_on_new_device", "totp_added"]
    );
}

#[tokio::test]
async fn a_challenge_asks_for_a_passkey_that_stores_its_account() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = ana.act("/v1/me/passkey-challenges").await.is(201);
    assert_eq!(first["expires_at"], "2026-12-01T08:05:00.000Z");
    let options = &first["options"];
    assert_eq!(
        options["rp"],
        json!({ "name": "Kith", "id": "kith.example" })
    );
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["requireResidentKey"], true);
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    let mut device = Authenticator::new();
    add(&ana, &mut device).await;
    let second = ana.act("/v1/me/passkey-challenges").await.is(201);
    let known = second["options"]["excludeCredentials"].as_array().unwrap();
    assert_eq!(known.len(), 1);
    assert_ne!(
        first["options"]["challenge"],
        second["options"]["challenge"]
    );

    let asked = challenge(&app).await;
    assert_eq!(asked["options"]["rpId"], "kith.example");
    assert_eq!(asked["options"]["userVerification"], "required");
    assert_eq!(asked["options"]["allowCredentials"], json!([]));
    let again = ana.act("/v1/me/reauthentication-challenges").await.is(201);
    let allowed = &again["options"]["allowCredentials"][0];
    assert_eq!(allowed["id"], known[0]["id"]);
    assert_eq!(allowed["type"], "public-key");
}

#[tokio::test]
async fn a_passkey_may_be_the_only_sign_in_method() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let early = ana.delete("/v1/me/password").await;
    early.is_problem(409, "last_sign_in_method");
    let mut device = Authenticator::new();
    let passkey = add(&ana, &mut device).await;
    for _ in 0..2 {
        ana.delete("/v1/me/password").await.is(204);
    }
    // Without a password there is nothing to delete, and nothing to tell.
    let mail = app.mail().await;
    assert_eq!(mail.header("Subject"), "Your password was deleted");
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["has_password"], false);
    password(&ana).await.is_problem(401, "wrong_credentials");

    let tokens = sign_in(&app, &mut device).await.is(201);
    let phone = app.client(&tokens);
    app.mails().await;
    app.advance(TimeDelta::minutes(11));
    let tokens = json!({ "refresh_token": tokens["refresh_token"] });
    let tokens = phone.post("/v1/sessions/refresh", tokens).await.is(200);
    let phone = app.client(&tokens);
    let id = passkey["id"].as_str().unwrap();
    let remove = format!("/v1/me/passkeys/{id}");
    let old = phone.delete(&remove).await;
    old.is_problem(403, "reauthentication_required");
    let guess = json!({ "password": PASSWORD });
    let guess = phone.post("/v1/me/reauthenticate", guess).await;
    assert_eq!(guess.is_invalid(), ["/password incorrect"]);
    prove(&phone, &mut device).await.is(204);
    let last = phone.delete(&remove).await;
    last.is_problem(409, "last_sign_in_method");
    assert_eq!(
        phone.get("/v1/me/sign-in-methods").await.is(200)["passkey_count"],
        1
    );

    let forgotten = json!({ "email": ana.email });
    let asked = phone.post("/v1/password-resets", forgotten).await;
    asked.is(202);
    let reset = json!({ "token": app.mail().await.token(), "password": PASSWORD });
    let reset = phone.post("/v1/password-resets/confirm", reset).await;
    reset.is(204);
    app.mails().await;
    let tokens = password(&ana).await.session();
    app.mails().await;
    let removed = app.client(&tokens).delete(&remove).await;
    removed.is(204);
    let mail = app.mail().await;
    assert_eq!(mail.header("Subject"), "A passkey was deleted");
    let gone = sign_in(&app, &mut device).await;
    gone.is_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn a_signed_in_device_can_leave_out_the_user_handle() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut device = Authenticator::new();
    add(&ana, &mut device).await;
    let asked = ana.act("/v1/me/reauthentication-challenges").await.is(201);
    let mut credential = device.sign(&asked["options"]);
    credential["response"]["userHandle"] = Value::Null;
    let proof = json!({ "passkey_challenge_id": asked["id"], "credential": credential });
    let proof = json!({ "passkey": proof });
    ana.post("/v1/me/reauthenticate", proof).await.is(204);

    let asked = challenge(&app).await;
    let mut credential = device.sign(&asked["options"]);
    credential["response"]["userHandle"] = Value::Null;
    let refused = confirm(&app, &asked, credential).await;
    assert_eq!(refused.is_invalid(), ["/credential incorrect"]);
}

#[tokio::test]
async fn changing_passkeys_signs_other_devices_out_unless_they_are_kept() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let other = app.client(&password(&ana).await.session());
    app.mails().await;
    let challenge = ana.act("/v1/me/passkey-challenges").await.is(201);
    let mut device = Authenticator::new();
    let new = json!({
        "passkey_challenge_id": challenge["id"], "name": "Phone",
        "credential": device.make(&challenge["options"]),
    });
    let passkey = ana.post("/v1/me/passkeys", new).await.is(201);
    assert_eq!(other.get("/v1/me").await.status, 401);

    let other = app.client(&sign_in(&app, &mut device).await.is(201));
    let path = format!("/v1/me/passkeys/{}", passkey["id"].as_str().unwrap());
    let renamed = ana.patch(&path, json!({ "name": "Tablet" })).await.is(200);
    assert_eq!(renamed["name"], "Tablet");
    app.mails().await;
    let keep = format!("{path}?keep_other_sessions=true");
    let ben = app.person("Ben").await;
    let foreign = ben.delete(&keep).await;
    foreign.is_problem(404, "not_found");
    ana.delete(&keep).await.is(204);
    assert_eq!(other.get("/v1/me").await.status, 200);
    ana.delete(&keep).await.is_problem(404, "not_found");
    app.mails().await;
}

#[tokio::test]
async fn a_signed_challenge_sent_many_times_at_once_signs_in_once() {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let mut device = Authenticator::new();
    add(&ana, &mut device).await;
    let challenge = challenge(&app).await;
    let credential = device.sign(&challenge["options"]);
    let tries = (0..50).map(|_| confirm(&app, &challenge, credential.clone()));
    let replies = futures_util::future::join_all(tries).await;
    let with = |status: u16| {
        let of_these = replies.iter().filter(|reply| reply.status == status);
        of_these.count()
    };
    // A busy server turns some away. Nobody else signs in.
    assert_eq!((with(201), with(410) + with(503)), (1, 49));
    app.mails().await;
}

#[tokio::test]
async fn undoing_an_email_change_removes_recently_added_passkeys() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mut device = Authenticator::new();
    let request = json!({ "email": "thief@test.example" });
    ana.post("/v1/me/email-changes", request).await.is(202);
    let token = json!({ "token": app.mail().await.token() });
    let anybody = app.anybody();
    let confirmed = anybody.post("/v1/email-changes/confirm", token).await;
    confirmed.is(204);
    let undo = json!({ "token": app.mail().await.token() });
    let tokens = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = anybody.post("/v1/sessions/refresh", tokens).await.is(200);
    add(&app.client(&tokens), &mut device).await;
    anybody.post("/v1/email-changes/undo", undo).await.is(204);
    let refused = sign_in(&app, &mut device).await;
    refused.is_problem(401, "wrong_credentials");
}
