//! The people who send the requests: the coordinators of all circles, signed in by Kith's code.

use anyhow::Context;
use kith::app::{App, OptionalParts, Parts};
use kith::auth::signing;
use kith::config::DatabaseUrl;
use kith::features::accounts::open_session;
use kith::http::rate_limits::RateLimitSettings;
use kith::http::response::NoContent;
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::{PasswordCost, PasswordRules, Passwords};
use kith::platform::db;
use kith::platform::mail::{Mailbox, Mailer};
use kith::platform::time::clock::Clock;

use crate::fill::{CIRCLES, coordinator};

/// The secret key of all servers of a run.
pub const SECRET_KEY: &str = "a key for measuring only, of 32 characters";
/// The address with which Kith issues its tokens.
pub const ISSUER: &str = "http://kith.test";

pub fn keys() -> anyhow::Result<Keys> {
    Keys::derive(&SECRET_KEY.to_owned().into())
}

/// Signs in the coordinator of every circle. Each gets an access token for ten minutes.
pub async fn sign_in(url: &DatabaseUrl) -> anyhow::Result<Vec<String>> {
    let db = db::connect(url, 2).await?;
    let app = App::new(Parts {
        db: db.clone(),
        clock: Clock::real(),
        keys: keys()?,
        mailer: Mailer::memory("Kith <kith@localhost>".parse::<Mailbox>()?),
        passwords: Passwords::new(PasswordCost::CHEAP, PasswordRules::default())?,
        optional: OptionalParts::default(),
        public_url: ISSUER.into(),
        signups_allowed: false,
        tries_per_minute: 0,
        limits: RateLimitSettings::NONE,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        signing_key_days: 90,
    });
    signing::prepare(&app).await?;
    let failed = |problem| anyhow::anyhow!("{problem:?}");
    let transaction = app.begin().await.map_err(failed)?;
    let mut tokens = Vec::new();
    for circle in 0..CIRCLES {
        let opened = open_session(&app, &transaction, coordinator(circle), None);
        let opened = opened.await.map_err(failed)?;
        tokens.push(opened.access_token);
    }
    transaction.commit(NoContent).await.map_err(failed)?;
    db.close().await.context("the database cannot be closed")?;
    Ok(tokens)
}
