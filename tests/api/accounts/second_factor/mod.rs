//! Codes of an authenticator app and recovery codes.

mod complete_sign_in;
mod enroll_totp;
mod reauthenticate;
mod remove_totp;
mod replace_recovery_codes;

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

/// An authenticator app that has the secret of an account.
pub struct Authenticator {
    app: Arc<TestApp>,
    secret: String,
}

impl Authenticator {
    /// The code that the app shows this many steps of 30 seconds from now.
    fn code_at(&self, steps: i64) -> String {
        code_in(&self.app, &self.secret, steps)
    }

    /// A code that was not used yet.
    pub fn code(&self) -> String {
        self.app.advance(TimeDelta::seconds(30));
        self.code_at(0)
    }

    /// Six digits that are wrong now, a step before and a step after.
    fn wrong(&self) -> String {
        let right = [-1, 0, 1].map(|step| self.code_at(step));
        let mut wrong = (0..10).map(|digit| digit.to_string().repeat(6));
        wrong.find(|code| !right.contains(code)).unwrap()
    }
}

/// What an authenticator app shows now.
pub fn code_of(app: &TestApp, secret: &str) -> String {
    code_in(app, secret, 0)
}

fn code_in(app: &TestApp, secret: &str, steps: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("test")
        .build()
        .unwrap();
    let at = app.now().timestamp() + steps * 30;
    totp.generate(at.try_into().unwrap()).to_string()
}

/// Adds an authenticator app; returns it and the recovery codes.
pub async fn enroll(ana: &Person) -> (Authenticator, Vec<String>) {
    let enrollment = ana.act("/v1/me/totp").await.is(201);
    let authenticator = Authenticator {
        app: ana.app.clone(),
        secret: enrollment["secret"].as_str().unwrap().to_owned(),
    };
    let code = json!({ "code": authenticator.code_at(0) });
    let codes = ana.post("/v1/me/totp/confirm", code).await;
    assert_eq!(codes.header("cache-control"), "no-store");
    let codes = codes.is(200)["codes"].as_array().unwrap().clone();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
    let subject = "An authenticator app was added";
    assert_eq!(ana.app.mail().await.header("Subject"), subject);
    (authenticator, codes.collect())
}

async fn password(ana: &Person) -> Reply {
    let credentials = json!({
        "email": ana.email, "password": PASSWORD, "device_token": ana.tokens["device_token"],
    });
    ana.app.anybody().post("/v1/sessions", credentials).await
}

/// The ticket that the right password gives.
pub async fn ticket(ana: &Person) -> Value {
    password(ana).await.second_factor()["ticket"].clone()
}

pub async fn second(by: &Client, ticket: &Value, code: &str) -> Reply {
    let factor = json!({ "ticket": ticket, "code": code });
    by.post("/v1/sessions/second-factor", factor).await
}
