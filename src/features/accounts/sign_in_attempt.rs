//! An attempt to sign in, with a password, a mailed code or a passkey.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, PaginatorTrait};

use super::known_devices::note_use;
use super::mail::mail_event;
use super::second_factor::{self, SecondFactorNeeded};
use super::sessions::{insert_session, open_session};
use super::types::Tokens;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, FREE_FAILURES};
use crate::auth::{Account, Event, note_event, settle_event};
use crate::entity::account_event::EventKind;
use crate::entity::change::ActorKind;
use crate::entity::ids::{AccountEventId, KnownDeviceId};
use crate::entity::{session, user};
use crate::http::request::RequestInfo;
use crate::http::response::{NoContent, Secret};
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// The owner of an account has signed in with it after such a time.
const SETTLED: TimeDelta = TimeDelta::days(1);

/// How far a sign-in has come.
pub enum SignIn {
    Complete(Tokens),
    /// The account has a second factor, and that is missing.
    NeedsSecondFactor(SecondFactorNeeded),
}

impl IntoResponse for SignIn {
    fn into_response(self) -> Response {
        match self {
            Self::Complete(tokens) => Secret(StatusCode::CREATED, tokens).into_response(),
            Self::NeedsSecondFactor(needed) => Secret(StatusCode::ACCEPTED, needed).into_response(),
        }
    }
}

/// An attempt to sign in, written down as refused until it succeeds.
pub(super) struct Attempt {
    pub(super) event: AccountEventId,
    /// How many attempts failed before this one.
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
        let transaction = app.begin().await?;
        let failures = throttle::record_attempt(&transaction, attempt_key).await?;
        let attempt = Self::note(&transaction, request, user, device_label, failures).await?;
        transaction.commit(NoContent).await?;
        Ok(attempt)
    }

    /// Writes an attempt down, in a transaction that the caller commits however it ends.
    pub(super) async fn note(
        transaction: &Transaction,
        request: &RequestInfo,
        user: Option<&user::Model>,
        device_label: Option<&str>,
        failures: i32,
    ) -> Result<Self, Problem> {
        let refused = Event {
            kind: EventKind::SignInRefused,
            user_id: user.map(|user| user.id),
            way: ActorKind::Session,
            session_id: None,
            device_label,
            request: Some(request),
        };
        let event = note_event(transaction, refused).await?;
        Ok(Self { event, failures })
    }

    /// The first factor was right: opens the session, or asks for the second.
    pub(super) async fn pass(
        &self,
        app: &App,
        transaction: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SignIn, Problem> {
        if second_factor::is_on(transaction.tx(), user.id).await? {
            let needed = second_factor::ask(transaction, self, user.id, device, label).await?;
            settle_event(
                transaction.tx(),
                self.event,
                EventKind::SecondFactorAsked,
                None,
            )
            .await?;
            return Ok(SignIn::NeedsSecondFactor(needed));
        }
        let tokens = self.succeed(app, transaction, user, device, label).await?;
        Ok(SignIn::Complete(tokens))
    }

    /// Opens the session. The owner is told of a device that is new, and of a success
    /// after many failures.
    pub(super) async fn succeed(
        &self,
        app: &App,
        transaction: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<Tokens, Problem> {
        let (tx, now) = (transaction.tx(), transaction.now());
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
                insert_session(app, transaction, user.id, label).await?
            }
            None => open_session(app, transaction, user.id, label).await?,
        };
        settle_event(tx, self.event, kind, Some(tokens.session_id)).await?;
        if kind != EventKind::SignedIn {
            mail_event(transaction, self.event).await?;
        }
        Ok(tokens)
    }
}

/// Sessions are deleted a month after their end. So an account that is older than
/// [`SETTLED`] counts as one that has signed in.
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
