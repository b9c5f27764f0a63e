//! Signing in with a password. A try is counted and written down before it is
//! known how it ends, for an address without an account too: both cost the same.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, PaginatorTrait};

use super::known_devices::{find_device, note_use};
use super::mail::mail_event;
use super::second_factor::{self, SecondFactorNeeded};
use super::session::{insert_session, open_session};
use super::types::{Credentials, Tokens};
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, Counting, FREE_FAILURES};
use crate::auth::{Account, Event, note_event, settle_event};
use crate::auth::{find_user_by_email, lock_user, replace_hash};
use crate::entity::account_event::EventKind;
use crate::entity::change::Way;
use crate::entity::ids::{AccountEventId, KnownDeviceId};
use crate::entity::{session, user};
use crate::http::request::RequestInfo;
use crate::http::response::{Done, Secret};
use crate::platform::db::Transaction;
use crate::platform::text::DeviceLabel;
use crate::problem::Problem;

/// Whoever made an account has signed in with it after such a time.
const SETTLED: TimeDelta = TimeDelta::days(1);
/// The same for an address without an account.
const WRONG: &str = "The address and the password do not belong together.";

/// Opens a session for address and password.
pub async fn sign_in(
    app: &App,
    request: &RequestInfo,
    credentials: Credentials,
) -> Result<SignIn, Problem> {
    let email = credentials.email.as_str();
    let user = find_user_by_email(app.reader(), email).await?;
    let token = credentials.device_token.as_ref();
    let owner = user.as_ref().map(|user| user.id);
    let device = find_device(app.reader(), token, owner).await?;
    let attempt_key = match &device {
        Some(device) => AttemptKey::Device(device.id),
        None => AttemptKey::SignIn(email),
    };
    let label = credentials.device_label.as_ref().map(DeviceLabel::as_str);
    let count = || -> Counting<'_, Attempt> {
        Box::pin(Attempt::begin(
            app,
            request,
            attempt_key,
            user.as_ref(),
            label,
        ))
    };
    let (mut attempt, turn) = throttle::in_turn(app, attempt_key, count).await?;
    attempt.failures = turn.failures(attempt.failures);
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let password = credentials.password.expose();
    let matches = app.passwords().verify(password, hash.clone()).await?;
    let user = user
        .filter(|user| matches && user.state.lets_in())
        .ok_or(Problem::WrongCredentials(WRONG))?;

    let stronger = match &hash {
        Some(hash) if app.passwords().is_outdated(hash) => {
            Some(app.passwords().hash(password).await?)
        }
        _ => None,
    };

    let unit = app.begin().await?;
    // It may have been replaced, or the account disabled, while it was verified.
    let user = lock_user(unit.tx(), user.id).await?;
    if user.password_hash != hash || !user.state.lets_in() {
        return Err(Problem::WrongCredentials(WRONG));
    }
    throttle::reset_attempts(unit.tx(), attempt_key).await?;
    if let Some(hash) = stronger {
        replace_hash(unit.tx(), user.id, hash).await?;
    }
    let device = device.map(|device| device.id);
    let signed_in = attempt.pass(app, &unit, &user, device, label).await?;
    unit.commit(Done).await?;
    turn.was_right();
    Ok(signed_in)
}

/// How far a sign-in has come.
pub enum SignIn {
    Complete(Tokens),
    /// The account has a second factor, and that is missing.
    Half(SecondFactorNeeded),
}

impl IntoResponse for SignIn {
    fn into_response(self) -> Response {
        match self {
            Self::Complete(tokens) => Secret(StatusCode::CREATED, tokens).into_response(),
            Self::Half(needed) => Secret(StatusCode::ACCEPTED, needed).into_response(),
        }
    }
}

/// A try to sign in, written down as refused until it succeeds.
pub(super) struct Attempt {
    pub(super) event: AccountEventId,
    /// How many failed before it.
    pub(super) failures: i32,
}

impl Attempt {
    pub(super) async fn begin(
        app: &App,
        request: &RequestInfo,
        attempt_key: AttemptKey<'_>,
        user: Option<&user::Model>,
        device_label: Option<&str>,
    ) -> Result<Self, Problem> {
        let unit = app.begin().await?;
        let failures = throttle::record_attempt(&unit, attempt_key).await?;
        let attempt = Self::note(&unit, request, user, device_label, failures).await?;
        unit.commit(Done).await?;
        Ok(attempt)
    }

    /// Writes a try down, in a unit that the caller commits however it ends.
    pub(super) async fn note(
        unit: &Transaction,
        request: &RequestInfo,
        user: Option<&user::Model>,
        device_label: Option<&str>,
        failures: i32,
    ) -> Result<Self, Problem> {
        let refused = Event {
            kind: EventKind::SignInRefused,
            user_id: user.map(|user| user.id),
            way: Way::Session,
            session_id: None,
            device_label,
            request: Some(request),
        };
        let event = note_event(unit, refused).await?;
        Ok(Self { event, failures })
    }

    /// The first factor was right: opens the session, or asks for the second.
    pub(super) async fn pass(
        &self,
        app: &App,
        unit: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SignIn, Problem> {
        if second_factor::is_on(unit.tx(), user.id).await? {
            let needed = second_factor::ask(unit, self, user.id, device, label).await?;
            settle_event(unit.tx(), self.event, EventKind::SecondFactorAsked, None).await?;
            return Ok(SignIn::Half(needed));
        }
        let tokens = self.succeed(app, unit, user, device, label).await?;
        Ok(SignIn::Complete(tokens))
    }

    /// Opens the session. The owner hears of a device that is new, and of a
    /// success after many failures.
    pub(super) async fn succeed(
        &self,
        app: &App,
        unit: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<Tokens, Problem> {
        let (tx, now) = (unit.tx(), unit.now());
        throttle::reset_attempts(tx, AttemptKey::CodeMail(&user.email)).await?;
        let kind = if self.failures >= FREE_FAILURES {
            EventKind::SignedInAfterFailures
        } else if device.is_none() && has_signed_in_before(tx, user, now).await? {
            EventKind::SignedInOnNewDevice
        } else {
            EventKind::SignedIn
        };
        let tokens = match device {
            Some(device) => {
                note_use(tx, user.id, device, now).await?;
                insert_session(app, unit, user.id, label).await?
            }
            None => open_session(app, unit, user.id, label).await?,
        };
        settle_event(tx, self.event, kind, Some(tokens.session_id)).await?;
        if kind != EventKind::SignedIn {
            mail_event(unit, self.event).await?;
        }
        Ok(tokens)
    }
}

/// Sessions are forgotten a month after their end: of an older account somebody
/// has signed in before.
async fn has_signed_in_before(
    tx: &DatabaseTransaction,
    user: &user::Model,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    if user.created_at + SETTLED <= now {
        return Ok(true);
    }
    let before = Account::of(user.id).find::<session::Entity>();
    Ok(before.count(tx).await? > 0)
}
