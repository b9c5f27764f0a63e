//! The application of one test: the real router with its own database and clock.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use kith::api;
use kith::app::{App, OptionalParts, Parts};
use kith::auth::signing;
use kith::background;
use kith::entity::change;
use kith::features::accounts::RelyingParty;
use kith::features::circles;
use kith::http::rate_limits::RateLimitSettings;
use kith::notify::reminders;
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::{PasswordCost, PasswordRules, Passwords};
use kith::platform::db;
use kith::platform::mail::{Mailer, Sender};
use kith::platform::storage::FileStore;
use kith::platform::time::clock::Clock;
use lettre::message::Mailbox;
use metrics_util::CompositeKey;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use sea_orm::{EntityTrait, QueryOrder};
use tower::ServiceExt;

use super::{Mail, Reply, plans};
use crate::harness::database::TestDatabase;
use crate::platform::traces;
use crate::time::timestamps;

/// The real router with its own database and its own clock.
pub struct TestApp {
    pub app: App,
    pub database: TestDatabase,
    pub router: Router,
    mailer: Mailer,
    failed_jobs: Mutex<Vec<String>>,
}

impl TestApp {
    /// Starts at 1 December 2026, 08:00 UTC, a Tuesday.
    pub async fn start() -> Arc<Self> {
        Self::start_as(|_| ()).await
    }

    pub async fn start_with(signups_allowed: bool) -> Arc<Self> {
        Self::start_as(|parts| parts.signups_allowed = signups_allowed).await
    }

    /// One whose settings are changed.
    pub async fn start_as(change: impl FnOnce(&mut Parts)) -> Arc<Self> {
        Self::start_on(TestDatabase::migrated().await, change).await
    }

    /// Starts on a database that the test chooses.
    pub async fn start_on(database: TestDatabase, change: impl FnOnce(&mut Parts)) -> Arc<Self> {
        traces::watch();
        let clock = Clock::set_to("2026-12-01T08:00:00Z".parse().unwrap());
        let mailer = Mailer::memory(sender());
        let app = build_app(&database, clock, mailer.clone(), change).await;
        signing::prepare(&app).await.unwrap();
        Arc::new(Self {
            router: api::router(app.clone()),
            app,
            database,
            mailer,
            failed_jobs: Mutex::default(),
        })
    }

    /// Another node on the same database and clock that sends its mails with another mailer.
    pub async fn another_node(&self, mailer: Mailer) -> App {
        self.another_node_as(mailer, |_| ()).await
    }

    /// Another node with other keys.
    pub async fn another_node_with(&self, keys: Keys) -> App {
        let mailer = Mailer::memory(sender());
        self.another_node_as(mailer, |parts| parts.keys = keys)
            .await
    }

    /// One whose settings are changed.
    pub async fn another_node_as(&self, mailer: Mailer, change: impl FnOnce(&mut Parts)) -> App {
        build_app(&self.database, self.app.clock().clone(), mailer, change).await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.app.clock().advance(by);
    }

    /// Ends grants, fires reminders and runs all due jobs. Failures make the test fail at its end,
    /// unless the test takes them.
    pub async fn run_jobs(&self) {
        circles::end_grants(&self.app).await.unwrap();
        reminders::send_before_quiet_hours(&self.app).await.unwrap();
        let fired = reminders::fire_due_reminders(&self.app).await.unwrap();
        self.failed_jobs.lock().unwrap().extend(fired.failures);
        let failures = background::run_due_jobs(&self.app).await.unwrap();
        self.failed_jobs.lock().unwrap().extend(failures);
    }

    /// Runs the jobs and returns the mails that were sent.
    pub async fn mails(&self) -> Vec<Mail> {
        self.run_jobs().await;
        let sent = self.mailer.take_sent();
        sent.into_iter().map(Mail::read).collect()
    }

    /// Runs the jobs and returns the only mail that was sent.
    pub async fn mail(&self) -> Mail {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "expected one mail: {mails:#?}");
        mails.remove(0)
    }

    /// The change log of all circles, the oldest entry first.
    pub async fn change_log(&self) -> Vec<change::Model> {
        let connection = self.database.connect().await;
        let log = change::Entity::find().order_by_asc(change::Column::Seq);
        let log = log.all(&connection).await.unwrap();
        connection.close().await.unwrap();
        log
    }

    /// The number of database statements of a request, which must succeed.
    pub async fn statements(&self, work: impl Future<Output = Reply>) -> usize {
        let (reply, statements) = self.with_statements(work).await;
        assert!(reply.status.is_success(), "{}", reply.text);
        statements
    }

    /// The answer to a request or the result of other work, and its number of database statements.
    pub async fn with_statements<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let recorder = DebuggingRecorder::new();
        let measured = recorder.snapshotter();
        let recording = metrics::set_default_local_recorder(&recorder);
        let reply = work.await;
        drop(recording);
        let of_statements = |(key, _, _, value): (CompositeKey, _, _, DebugValue)| match value {
            DebugValue::Histogram(times) if key.key().name() == "db_statement_duration_seconds" => {
                times.len()
            }
            _ => 0,
        };
        let measured = measured.snapshot().into_vec();
        (reply, measured.into_iter().map(of_statements).sum())
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        send_to(&self.router, request).await
    }
}

/// Sends a request to the router of any node.
pub async fn send_to(router: &Router, request: Request<Body>) -> Reply {
    let path = request.uri().path().to_owned();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if !path.ends_with("/openapi.json") {
        timestamps::check(&path, &text);
    }
    Reply {
        status: parts.status,
        headers: parts.headers,
        text,
        bytes,
    }
}

/// The sender of all mails, with a reply address. The text of a mail without a reply address
/// is tested in `mail_refusals`.
pub fn sender() -> Sender {
    let mailbox = |text: &str| text.parse::<Mailbox>().unwrap();
    Sender {
        from: mailbox("Kith <kith@kith.example>"),
        reply_to: Some(mailbox("Ana <ana@kith.example>")),
    }
}

async fn build_app(
    database: &TestDatabase,
    clock: Clock,
    mailer: Mailer,
    change: impl FnOnce(&mut Parts),
) -> App {
    let secret = "a secret key for tests, 32 characters".to_owned().into();
    let mut parts = Parts {
        db: db::connect(&database.url, 4).await.unwrap(),
        clock,
        keys: Keys::derive(&secret).unwrap(),
        files: FileStore::in_memory(),
        mailer,
        passwords: Passwords::new(PasswordCost::CHEAP, PasswordRules::default()).unwrap(),
        optional: optional_parts(),
        public_url: "https://kith.example".into(),
        signups_allowed: true,
        tries_per_minute: 10,
        limits: RateLimitSettings::NONE,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        signing_key_days: 90,
    };
    change(&mut parts);
    App::new(parts)
}

/// Passkeys of `kith.example`, if the program is built with them.
fn optional_parts() -> OptionalParts {
    let mut optional = OptionalParts::default();
    let origin = "https://kith.example".parse().unwrap();
    let party = RelyingParty::new("kith.example", &[origin]);
    assert_eq!(party.is_ok(), cfg!(feature = "passkeys"));
    if let Ok(party) = party {
        optional.insert(party);
    }
    optional
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let failed = self.failed_jobs.lock().unwrap();
        if !std::thread::panicking() {
            assert!(failed.is_empty(), "jobs failed: {failed:#?}");
            plans::check_statements_of_this_test();
        }
    }
}
