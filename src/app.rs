//! What every handler and job shares.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request;
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::{CircleAccess, CircleWrite, Needs};
use crate::auth::signing::KnownKeys;
use crate::auth::throttle::Turns;
use crate::auth::{AccountWrite, Caller, FirstUses};
use crate::entity::change::Way;
use crate::entity::ids::CircleId;
use crate::features::accounts::RelyingParty;
use crate::http::base_path::BasePath;
use crate::http::cors::AllowedOrigin;
use crate::http::edition::Edition;
use crate::http::proxies::{TrustedProxy, UnheededProxies};
use crate::http::rate_limits::{Limits, RateLimits};
use crate::http::readiness;
use crate::http::request::RequestInfo;
use crate::platform::crypto::Passwords;
use crate::platform::crypto::keys::Keys;
use crate::platform::db::{BeginWrite, Db, Shredding, Transaction};
use crate::platform::mail::Mailer;
use crate::platform::time::clock::Clock;
use crate::problem::Problem;

/// What an [`App`] is made of.
pub struct Parts {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    pub mailer: Mailer,
    pub passwords: Passwords,
    /// `None` where passkeys are not taken.
    pub relying_party: Option<RelyingParty>,
    /// Without a slash at its end.
    pub public_url: String,
    pub signups_allowed: bool,
    /// How often one client address may try to get in; 0 for no limit.
    pub tries_per_minute: u16,
    pub limits: Limits,
    /// Whose word counts about where a request comes from.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// The web apps of other origins that browsers let in.
    pub cors_origins: Vec<AllowedOrigin>,
    /// How old a signing key becomes.
    pub signing_key_days: u16,
}

/// The running application; cheap to clone. Its database is private: reads go
/// through a reading connection, writes through a transaction.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    base_path: BasePath,
    readiness: readiness::Readiness,
    credentials_seen: crate::auth::CredentialsSeen,
    unheeded_proxies: UnheededProxies,
    rate_limits: RateLimits,
    edition: Edition,
    parts: Parts,
    known_keys: KnownKeys,
    first_uses: FirstUses,
    turns: Turns,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            base_path: BasePath::of(&parts.public_url),
            readiness: readiness::Readiness::default(),
            credentials_seen: crate::auth::CredentialsSeen::default(),
            unheeded_proxies: UnheededProxies::default(),
            rate_limits: RateLimits::new(parts.limits),
            edition: Edition::new(parts.db.generation().clone()),
            parts,
            known_keys: KnownKeys::default(),
            first_uses: FirstUses::default(),
            turns: Turns::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }))
    }

    pub fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    pub fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    /// The public keys of access tokens.
    pub fn known_keys(&self) -> &KnownKeys {
        &self.0.known_keys
    }

    /// What every entity tag ends with.
    pub fn edition(&self) -> &Edition {
        &self.0.edition
    }

    /// The first uses of access tokens that are being noted.
    pub(crate) fn first_uses(&self) -> &FirstUses {
        &self.0.first_uses
    }

    /// How old a signing key becomes before the next one takes over.
    pub fn signing_key_days(&self) -> u16 {
        self.0.parts.signing_key_days
    }

    pub fn mailer(&self) -> &Mailer {
        &self.0.parts.mailer
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.parts.passwords
    }

    /// Where people reach this server; the issuer of its tokens.
    pub fn public_url(&self) -> &str {
        &self.0.parts.public_url
    }

    /// The path of that address, which no route and no stored link has.
    pub fn base_path(&self) -> &BasePath {
        &self.0.base_path
    }

    /// Whether people may register without an invitation.
    pub fn signups_allowed(&self) -> bool {
        self.0.parts.signups_allowed
    }

    /// How often one client address may try to get in; 0 for no limit.
    pub fn tries_per_minute(&self) -> i32 {
        self.0.parts.tries_per_minute.into()
    }

    /// How much one account, address or circle may ask.
    pub fn rate_limits(&self) -> &RateLimits {
        &self.0.rate_limits
    }

    /// This server as passkeys know it, if it takes them.
    pub(crate) fn relying_party(&self) -> Option<&RelyingParty> {
        self.0.parts.relying_party.as_ref()
    }

    /// Guesses that are being judged.
    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// Whose word counts about where a request comes from.
    pub fn trusted_proxies(&self) -> &[TrustedProxy] {
        &self.0.parts.trusted_proxies
    }

    /// The peers whose word was not believed.
    pub fn unheeded_proxies(&self) -> &UnheededProxies {
        &self.0.unheeded_proxies
    }

    /// What `/readyz` answered last.
    pub(crate) fn readiness(&self) -> &readiness::Readiness {
        &self.0.readiness
    }

    /// What callers have shown lately.
    pub(crate) fn credentials_seen(&self) -> &crate::auth::CredentialsSeen {
        &self.0.credentials_seen
    }

    /// The web apps of other origins that browsers let in.
    pub fn cors_origins(&self) -> &[AllowedOrigin] {
        &self.0.parts.cors_origins
    }

    /// Writes in flight; the drain waits for them.
    pub fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    /// Cancelled when the server begins to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// The connection that reads.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.0.parts.db.reader()
    }

    /// Makes what was deleted unreadable in the files of the database, if they are no
    /// larger than so many bytes.
    pub async fn shred_deleted(&self, at_most: u64) -> Result<(), Problem> {
        match self.0.parts.db.shred_deleted(at_most).await? {
            Shredding::Done => {}
            Shredding::Kept => tracing::warn!(
                "somebody was reading: what was deleted is still in the log of the database"
            ),
            Shredding::AtTheNextStart => tracing::info!(
                "the database is large: it is rewritten without what was deleted at the next start"
            ),
        }
        Ok(())
    }

    /// A transaction on a circle, for a member.
    pub async fn begin_write<P: Needs>(
        &self,
        circle: &CircleAccess<P>,
    ) -> Result<CircleWrite, Problem> {
        CircleWrite::begin(self, circle).await
    }

    /// A transaction on a circle for Kith itself: a job, or a link in a mail.
    pub async fn begin_circle_write(
        &self,
        circle_id: CircleId,
        way: Way,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<CircleWrite, Problem> {
        CircleWrite::begin_as_system(self, circle_id, way, request).await
    }

    /// A transaction on the caller's own account.
    pub async fn begin_account_write(&self, caller: &Caller) -> Result<AccountWrite, Problem> {
        AccountWrite::begin(self, caller).await
    }

    /// A transaction for somebody who is not signed in.
    pub async fn begin(&self) -> Result<Transaction, Problem> {
        Transaction::begin(self).await
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

impl BeginWrite for App {
    fn db(&self) -> &Db {
        &self.0.parts.db
    }

    fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }
}

impl FromRequestParts<App> for App {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut request::Parts, app: &App) -> Result<Self, Infallible> {
        Ok(app.clone())
    }
}
