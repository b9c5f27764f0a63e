//! False, replayed and malformed responses of an authenticator are refused.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::ways::{add, challenge, confirm, sign_in};
use crate::harness::figures::report;
use crate::harness::{Person, TestApp};

type Lie = (&'static str, fn(&mut Authenticator));

/// False responses that an attacker could make an authenticator send.
const LIES: [Lie; 15] = [
    ("another site", |device| {
        device.origin = "https://evil.example".into();
    }),
    ("a site that sounds alike", |device| {
        device.origin = "https://kith.example.evil.example".into();
    }),
    ("a part of the site", |device| {
        device.origin = "https://app.kith.example".into();
    }),
    ("another port", |device| {
        device.origin = "https://kith.example:8443".into();
    }),
    ("without TLS", |device| {
        device.origin = "http://kith.example".into();
    }),
    ("no site", |device| device.origin = "null".into()),
    ("another domain", |device| {
        device.domain = "evil.example".into();
    }),
    ("the domain above", |device| {
        device.domain = "example".into();
    }),
    ("an origin for a domain", |device| {
        device.domain = "https://kith.example".into();
    }),
    ("nobody verified", |device| device.verifies = false),
    ("nobody there", |device| device.present = false),
    ("another challenge", |device| {
        device.challenge = Some(json!(BASE64.encode([7; 32])));
    }),
    ("no challenge", |device| device.challenge = Some(json!(""))),
    ("a challenge of null", |device| {
        device.challenge = Some(Value::Null);
    }),
    ("another ceremony", |device| {
        device.ceremony = Some("payment.get");
    }),
];

async fn world() -> (Arc<TestApp>, Person, Person) {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let ben = app.person("Ben").await;
    (app, ana, ben)
}

/// Another authenticator that claims the passkey of this device.
fn like(device: &Authenticator, other: Authenticator) -> Authenticator {
    Authenticator {
        id: device.id.clone(),
        holder: device.holder.clone(),
        ..other
    }
}

#[tokio::test]
async fn a_false_response_of_an_authenticator_cannot_sign_in() {
    let (app, ana, _) = world().await;
    let mut device = Authenticator::new();
    add(&ana, &mut device).await;
    let mut tried = 0;
    for (what, lie) in LIES {
        lie(&mut device);
        let reply = sign_in(&app, &mut device).await;
        assert!(
            matches!(reply.status.as_u16(), 401 | 422),
            "{what}: {}",
            reply.text
        );
        tried += 1;
        device = restored(device);
        if tried % 5 == 0 {
            sign_in(&app, &mut device).await.is(201);
        }
    }
    sign_in(&app, &mut device).await.is(201);
    report(
        "D5",
        "lies of an authenticator tried / let in",
        format!("{tried} / 0"),
        "0",
        tried > 0,
    );
    app.mails().await;
}

/// The same device with correct settings again.
fn restored(device: Authenticator) -> Authenticator {
    let honest = Authenticator::new();
    Authenticator {
        origin: honest.origin,
        domain: honest.domain,
        verifies: true,
        present: true,
        challenge: None,
        ceremony: None,
        ..device
    }
}

#[tokio::test]
async fn a_false_response_of_an_authenticator_cannot_add_a_passkey() {
    let (app, ana, ben) = world().await;
    let other_algorithms: [Lie; 3] = [
        ("EdDSA", |device| device.algorithm = -8),
        ("ECDSA with SHA-512", |device| device.algorithm = -36),
        ("no algorithm of COSE", |device| device.algorithm = -1),
    ];
    for (what, lie) in LIES.into_iter().chain(other_algorithms) {
        let mut device = Authenticator::new();
        lie(&mut device);
        let asked = ana.act("/v1/me/passkey-challenges").await.is(201);
        let credential = device.make(&asked["options"]);
        let new =
            json!({ "passkey_challenge_id": asked["id"], "name": "x", "credential": credential });
        let reply = ana.post("/v1/me/passkeys", new).await;
        let fields = reply.is_invalid();
        assert!(fields[0].starts_with("/credential "), "{what}: {fields:?}");
        let honest = Authenticator::new().make(&asked["options"]);
        let new = json!({ "passkey_challenge_id": asked["id"], "name": "x", "credential": honest });
        let again = ana.post("/v1/me/passkeys", new).await;
        assert_eq!(
            again.is_invalid(),
            ["/passkey_challenge_id unknown_passkey_challenge"]
        );
    }
    assert_eq!(ana.get("/v1/me/passkeys").await.is(200)["data"], json!([]));

    let mut device = Authenticator::new();
    let asked = ana.act("/v1/me/passkey-challenges").await.is(201);
    let credential = device.make(&asked["options"]);
    let new = json!({ "passkey_challenge_id": asked["id"], "name": "x", "credential": credential });
    let foreign = ben.post("/v1/me/passkeys", new.clone()).await;
    assert_eq!(
        foreign.is_invalid(),
        ["/passkey_challenge_id unknown_passkey_challenge"]
    );
    ana.post("/v1/me/passkeys", new.clone()).await.is(201);
    let replayed = ana.post("/v1/me/passkeys", new).await;
    assert_eq!(
        replayed.is_invalid(),
        ["/passkey_challenge_id unknown_passkey_challenge"]
    );
    let asked = ben.act("/v1/me/passkey-challenges").await.is(201);
    let credential = device.make(&asked["options"]);
    let new = json!({ "passkey_challenge_id": asked["id"], "name": "x", "credential": credential });
    let known = ben.post("/v1/me/passkeys", new).await;
    known.is_problem(409, "passkey_already_added");
    let old = ana.act("/v1/me/passkey-challenges").await.is(201);
    app.advance(TimeDelta::minutes(5));
    let credential = Authenticator::new().make(&old["options"]);
    let new = json!({ "passkey_challenge_id": old["id"], "name": "x", "credential": credential });
    let late = ana.post("/v1/me/passkeys", new).await;
    assert_eq!(
        late.is_invalid(),
        ["/passkey_challenge_id unknown_passkey_challenge"]
    );
    app.mails().await;
}

#[tokio::test]
async fn a_person_cannot_sign_in_with_the_passkey_of_another_person() {
    let (app, ana, ben) = world().await;
    let (mut phone, mut tablet) = (Authenticator::new(), Authenticator::new());
    add(&ana, &mut phone).await;
    add(&ben, &mut tablet).await;

    // A new key with the public values of Ana's passkey.
    let mut forged = like(&phone, Authenticator::new());
    let refused = sign_in(&app, &mut forged).await;
    refused.is_problem(401, "wrong_credentials");
    std::mem::swap(&mut phone.holder, &mut tablet.holder);
    for device in [&mut phone, &mut tablet] {
        let refused = sign_in(&app, device).await;
        refused.is_problem(401, "wrong_credentials");
    }
    std::mem::swap(&mut phone.holder, &mut tablet.holder);
    let unknown = Authenticator::new();
    let mut unknown = Authenticator {
        holder: vec![7; 16],
        ..unknown
    };
    let refused = sign_in(&app, &mut unknown).await;
    refused.is_problem(401, "wrong_credentials");

    let first = challenge(&app).await;
    let signed = phone.sign(&first["options"]);
    confirm(&app, &first, signed.clone()).await.is(201);
    let again = confirm(&app, &first, signed.clone()).await;
    again.is_problem(410, "no_longer_valid");
    let second = challenge(&app).await;
    let replayed = confirm(&app, &second, signed).await;
    replayed.is_problem(401, "wrong_credentials");
    let used_up = phone.sign(&second["options"]);
    let used_up = confirm(&app, &second, used_up).await;
    used_up.is_problem(410, "no_longer_valid");

    let other = ana.act("/v1/me/reauthentication-challenges").await.is(201);
    let signed = phone.sign(&other["options"]);
    let elsewhere = confirm(&app, &other, signed.clone()).await;
    elsewhere.is_problem(410, "no_longer_valid");
    let proof = json!({ "passkey_challenge_id": other["id"], "credential": signed });
    let proof = json!({ "passkey": proof });
    let foreign = ben.post("/v1/me/reauthenticate", proof.clone()).await;
    let fields = foreign.is_invalid();
    assert_eq!(
        fields,
        ["/passkey/passkey_challenge_id unknown_passkey_challenge"]
    );
    ana.post("/v1/me/reauthenticate", proof).await.is(204);

    let late = challenge(&app).await;
    app.advance(TimeDelta::minutes(5));
    let signed = phone.sign(&late["options"]);
    confirm(&app, &late, signed)
        .await
        .is_problem(410, "no_longer_valid");
    app.mails().await;
}

#[tokio::test]
async fn a_person_cannot_confirm_their_identity_with_the_passkey_of_another_person() {
    let (app, ana, ben) = world().await;
    let (mut phone, mut tablet) = (Authenticator::new(), Authenticator::new());
    add(&ana, &mut phone).await;
    add(&ben, &mut tablet).await;
    let reply = {
        let asked = ana.act("/v1/me/reauthentication-challenges").await.is(201);
        let credential = tablet.sign(&asked["options"]);
        let proof = json!({ "passkey_challenge_id": asked["id"], "credential": credential });
        let key = ("idempotency-key", "once");
        let proof = Some(json!({ "passkey": proof }));
        let path = "/v1/me/reauthenticate";
        let post = axum::http::Method::POST;
        let first = ana.with(key, &post, path, proof.clone()).await;
        assert_eq!(first.is_invalid(), ["/passkey/credential incorrect"]);
        ana.with(key, &post, path, proof).await
    };
    let fields = reply.is_invalid();
    assert_eq!(
        fields,
        ["/passkey/passkey_challenge_id unknown_passkey_challenge"]
    );
    let both = json!({ "password": "x", "passkey": { "passkey_challenge_id": ana.tokens["session_id"], "credential": {} } });
    let both = ana.post("/v1/me/reauthenticate", both).await;
    assert_eq!(both.is_invalid(), ["/password exactly_one_required"]);
    let neither = ana.post("/v1/me/reauthenticate", json!({})).await;
    assert_eq!(neither.is_invalid(), ["/password exactly_one_required"]);
    app.mails().await;
}

#[tokio::test]
async fn a_passkey_whose_counter_does_not_increase_is_refused() {
    let (app, ana, _) = world().await;
    let mut device = Authenticator {
        counter: 5,
        ..Authenticator::new()
    };
    add(&ana, &mut device).await;
    sign_in(&app, &mut device).await.is(201);
    for counter in [6, 1] {
        device.counter = counter;
        let asked = challenge(&app).await;
        let signed = device.sign_without_counting(&asked["options"]);
        let refused = confirm(&app, &asked, signed).await;
        refused.is_problem(401, "wrong_credentials");
    }
    device.counter = 6;
    sign_in(&app, &mut device).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn a_malformed_webauthn_response_is_refused() {
    let (app, ana, _) = world().await;
    let mut device = Authenticator::new();
    add(&ana, &mut device).await;
    let good = device.sign(&challenge(&app).await["options"]);
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("rawId");
    let mut garbled = good.clone();
    garbled["response"]["authenticatorData"] = json!("AAAA");
    let mut padded = good.clone();
    padded["rawId"] = json!("????");
    for credential in [json!({}), without, padded] {
        let reply = confirm(&app, &challenge(&app).await, credential).await;
        assert_eq!(reply.is_invalid(), ["/credential malformed_credential"]);
    }
    let reply = confirm(&app, &challenge(&app).await, garbled).await;
    reply.is_problem(401, "wrong_credentials");
}
