//! The people who send the requests: the coordinators of all circles, signed in by Kith's code.

use anyhow::Context;
use kith::app::{App, OptionalParts, Parts};
use kith::auth::signing;
use kith::features::accounts::open_session;
use kith::http::rate_limits::RateLimitSettings;
use kith::http::response::NoContent;
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::{PasswordCost, PasswordRules, Passwords};
use kith::platform::db;
use kith::platform::mail::{Mailbox, Mailer};
use kith::platform::storage::FileStore;
use kith::platform::time::clock::Clock;

use crate::data::coordinator;
use crate::database::Place;

/// The secret key of all servers of a run.
pub const SECRET_KEY: &str = "a key for measuring only, of 32 characters";
/// The address with which Kith issues its tokens.
pub const ISSUER: &str = "http://kith.test";

pub fn keys() -> anyhow::Result<Keys> {
    Keys::derive(&SECRET_KEY.to_owned().into())
}

/// Signs in the coordinator of every circle. Each gets an access token for ten minutes.
pub async fn sign_in(place: &Place) -> anyhow::Result<Vec<String>> {
    /// A transaction keeps other writers waiting.
    const AT_ONCE: usize = 500;
    let db = db::connect(&place.settings(), 2).await?;
    let app = App::new(Parts {
        files: FileStore::in_memory(),
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
    let mut tokens = Vec::new();
    let circles: Vec<u64> = (0..place.circles()).collect();
    for some in circles.chunks(AT_ONCE) {
        let transaction = app.begin().await.map_err(failed)?;
        for circle in some {
            let user = coordinator(place.circles(), *circle);
            let opened = open_session(&app, &transaction, user, None).await;
            tokens.push(opened.map_err(failed)?.access_token);
        }
        transaction.commit(NoContent).await.map_err(failed)?;
    }
    db.close().await.context("the database cannot be closed")?;
    Ok(tokens)
}

/// A password, and its hash with the cost that `kith serve` uses.
pub async fn password() -> anyhow::Result<(&'static str, String)> {
    const PASSWORD: &str = "seven quiet herons by the lake";
    let passwords = Passwords::new(PasswordCost::STANDARD, PasswordRules::default())?;
    let hash = passwords.hash(PASSWORD).await;
    Ok((
        PASSWORD,
        hash.map_err(|problem| anyhow::anyhow!("{problem:?}"))?,
    ))
}
