//! A server verifies the signature of an access token only once. That must not make a token live
//! longer, and no other text may pass for it.

use chrono::TimeDelta;
use kith::auth::VerifiedTokens;
use kith::auth::signing::revoke;
use kith::entity::ids::SigningKeyId;
use serde_json::Value;

use crate::harness::{Client, Person, TestApp};

/// A client with an access token that the server has verified and remembers.
async fn remembered(person: &Person) -> Client {
    let client = person.later().await;
    client.get("/v1/me").await.is(200);
    client.get("/v1/me").await.is(200);
    client
}

#[tokio::test]
async fn a_token_is_remembered_when_it_is_used_and_only_once() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let count = || app.app.shared::<VerifiedTokens>().count();
    let before = count();
    let client = ana.later().await;
    assert_eq!(count(), before);
    for _ in 0..3 {
        client.get("/v1/me").await.is(200);
        assert_eq!(count(), before + 1);
    }
}

#[tokio::test]
async fn a_remembered_token_expires_at_its_time() {
    let app = TestApp::start().await;
    let client = remembered(&app.person("Ana").await).await;
    app.advance(TimeDelta::seconds(629));
    client.get("/v1/me").await.is(200);
    app.advance(TimeDelta::seconds(1));
    let refused = client.get("/v1/me").await;
    assert_eq!(refused.is(401)["code"], "token_expired");
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_session() {
    let app = TestApp::start().await;
    let client = remembered(&app.person("Ana").await).await;
    client.act("/v1/sessions/sign-out").await.is(204);
    let refused = client.get("/v1/me").await;
    assert_eq!(refused.is(401)["code"], "invalid_token");
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_key() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let client = remembered(&ana).await;
    let keys = client.get("/.well-known/jwks.json").await;
    let key = keys.is(200)["keys"][0]["kid"].as_str().unwrap().parse();
    revoke(&app.app, SigningKeyId(key.unwrap())).await.unwrap();
    client.get("/v1/me").await.is(401);
    // Another key signs, and its tokens are good.
    remembered(&ana).await;
}

#[tokio::test]
async fn a_remembered_token_with_a_changed_character_is_refused() {
    let app = TestApp::start().await;
    let client = remembered(&app.person("Ana").await).await;
    let good = client.token.clone().unwrap();
    let with = async |token: String| {
        let mut client = client.clone();
        client.token = Some(token);
        let answer: Value = client.get("/v1/me").await.is(401);
        assert_eq!(answer["code"], "invalid_token");
    };
    for place in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        with(String::from_utf8(changed).unwrap()).await;
    }
    for longer in [format!("{good}A"), format!("{good}."), format!("A{good}")] {
        with(longer).await;
    }
    client.get("/v1/me").await.is(200);
}
