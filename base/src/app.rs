//! The application: what all handlers and jobs share.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRequestParts;
use axum::http::request;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{AllowedOrigin, RateLimitSettings, TrustedProxy};
use crate::platform::crypto::Passwords;
use crate::platform::crypto::keys::Keys;
use crate::platform::db::{BeginWrite, Db, Reader, Shredding, Transaction};
use crate::platform::mail::Mailer;
use crate::platform::storage::FileStore;
use crate::platform::time::clock::Clock;
use crate::problem::Problem;

/// The parts of an [`App`].
pub struct Parts {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    pub files: FileStore,
    pub mailer: Mailer,
    pub passwords: Passwords,
    /// Without a slash at its end.
    pub public_url: String,
    pub signups_allowed: bool,
    /// How many times a minute one client address can try to sign in. 0 means no limit.
    pub tries_per_minute: u16,
    pub limits: RateLimitSettings,
    /// The proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// The web apps of other origins that can use the API in a browser.
    pub cors_origins: Vec<AllowedOrigin>,
    /// The age at which another key signs instead.
    pub signing_key_days: u16,
    /// Parts that only some servers have, like support for passkeys.
    pub optional: OptionalParts,
}

/// The running application. A clone is cheap. The database is private: handlers read through
/// [`App::reader`] and write through a transaction.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    public_address: Arc<str>,
    shared: RwLock<ByType>,
    task_tracker: TaskTracker,
    stopping: CancellationToken,
}

type ByType = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// The parts that only some servers have, at most one of each type. [`App::optional`] finds
/// them. The application does not know what they are.
#[derive(Debug, Default)]
pub struct OptionalParts(ByType);

impl OptionalParts {
    /// Adds a part.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// Removes a part.
    pub fn remove<T: 'static>(&mut self) {
        self.0.remove(&TypeId::of::<T>());
    }
}

/// What one module keeps in memory for all requests, such as a cache or a meter. The application
/// holds it without knowing what it is: see [`App::shared`].
pub trait SharedState: Send + Sync + Sized + 'static {
    /// The state before the first request.
    fn begin(app: &App) -> Self;
}

impl App {
    pub fn new(mut parts: Parts) -> Self {
        let optional = std::mem::take(&mut parts.optional);
        Self(Arc::new(Inner {
            public_address: parts.public_url.as_str().into(),
            parts,
            shared: RwLock::new(optional.0),
            task_tracker: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }))
    }

    /// The state of a module. It is made at the first call, and there is one of each type.
    pub fn shared<T: SharedState>(&self) -> Arc<T> {
        if let Some(there) = self.optional::<T>() {
            return there;
        }
        let new = Arc::new(T::begin(self));
        let mut shared = self
            .0
            .shared
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let there = shared
            .entry(TypeId::of::<T>())
            .or_insert_with(|| new.clone());
        // The cast cannot fail: the key of a value is its type.
        Arc::downcast(there.clone()).unwrap_or(new)
    }

    /// A part of [`Parts::optional`], or a state that [`App::shared`] made.
    pub fn optional<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let shared = self.0.shared.read().unwrap_or_else(PoisonError::into_inner);
        let there = shared.get(&TypeId::of::<T>())?;
        Arc::downcast(there.clone()).ok()
    }

    pub fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    pub fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    /// The age in days at which another key signs instead.
    pub fn signing_key_days(&self) -> u16 {
        self.0.parts.signing_key_days
    }

    pub fn mailer(&self) -> &Mailer {
        &self.0.parts.mailer
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.parts.passwords
    }

    /// The public address of this server. It is also the issuer of its tokens.
    pub fn public_url(&self) -> &str {
        &self.0.parts.public_url
    }

    /// The same, for those that keep it.
    pub fn public_address(&self) -> &Arc<str> {
        &self.0.public_address
    }

    /// The store of pictures.
    pub fn files(&self) -> &FileStore {
        &self.0.parts.files
    }

    /// Whether people can register without an invitation.
    pub fn signups_allowed(&self) -> bool {
        self.0.parts.signups_allowed
    }

    /// How many times a minute one client address can try to sign in. 0 means no limit.
    pub fn tries_per_minute(&self) -> i32 {
        self.0.parts.tries_per_minute.into()
    }

    /// The proxies whose `X-Forwarded-For` counts.
    pub fn trusted_proxies(&self) -> &[TrustedProxy] {
        &self.0.parts.trusted_proxies
    }

    /// The web apps of other origins that can use the API in a browser.
    pub fn cors_origins(&self) -> &[AllowedOrigin] {
        &self.0.parts.cors_origins
    }

    /// The tasks that must end before the server stops.
    pub fn task_tracker(&self) -> &TaskTracker {
        &self.0.task_tracker
    }

    /// How many requests and invitations are allowed.
    pub fn limits(&self) -> RateLimitSettings {
        self.0.parts.limits
    }

    /// Canceled when the server begins to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// The door for reading.
    pub fn reader(&self) -> &Reader {
        self.0.parts.db.reader()
    }

    /// Makes deleted data unreadable in the files of the database, if these have at most so many
    /// bytes.
    pub async fn shred_deleted(&self, at_most: u64) -> Result<(), Problem> {
        match self.0.parts.db.shred_deleted(at_most).await? {
            Shredding::Done => {}
            Shredding::Kept => tracing::warn!(
                "a reader is active: deleted data is still in the log file of the database"
            ),
            Shredding::AtTheNextStart => tracing::info!(
                "the database is large: the next start rewrites it without the deleted data"
            ),
        }
        Ok(())
    }
}

/// A proof that the caller may write: access to a circle, or a signed-in account.
pub trait WriteProof: Sync {
    /// The transaction that it begins.
    type Write;

    /// Begins the transaction; see [`App::begin_write`].
    fn begin(&self, app: &App) -> impl Future<Output = Result<Self::Write, Problem>> + Send;
}

impl App {
    /// Begins a transaction for a caller who is not signed in.
    pub async fn begin(&self) -> Result<Transaction, Problem> {
        Transaction::begin(self).await
    }

    /// Begins a transaction for a member in their circle, or for a caller on their account.
    pub async fn begin_write<P: WriteProof>(&self, proof: &P) -> Result<P::Write, Problem> {
        proof.begin(self).await
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
