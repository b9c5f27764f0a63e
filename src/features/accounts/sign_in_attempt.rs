//! An attempt to sign in with a password, a mailed code or a passkey.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, PaginatorTrait};

use super::known_devices::note_use;
use super::mail::mail_event;
use super::second_factor;
use super::sessions::{insert_session, open_session};
use super::types::{SessionTokens, SignInOutcome};
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, FREE_FAILURES};
use crate::auth::{AccountScope, Event, note_event, settle_event};
use crate::entity::change::ActorKind;
use crate::entity::ids::{KnownDeviceId, SecurityEventId};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::{session, user};
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// From this age on an account counts as one whose owner has signed in before.
const SETTLED: TimeDelta = TimeDelta::days(1);

/// An attempt to sign in. It is noted as refused until it succeeds.
pub(super) struct Attempt {
    pub(super) event: SecurityEventId,
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

    /// Notes the attempt. The caller must commit the transaction, whatever the outcome.
    pub(super) async fn note(
        transaction: &Transaction,
        request: &RequestInfo,
        user: Option<&user::Model>,
        device_label: Option<&str>,
        failures: i32,
    ) -> Result<Self, Problem> {
        let refused = Event {
            kind: SecurityEventKind::SignInRefused,
            user_id: user.map(|user| user.id),
            actor_kind: ActorKind::Session,
            session_id: None,
            device_label,
            request: Some(request),
        };
        let event = note_event(transaction, refused).await?;
        Ok(Self { event, failures })
    }

    /// After the first factor was right: opens the session, or asks for the second factor.
    pub(super) async fn pass(
        &self,
        app: &App,
        transaction: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SignInOutcome, Problem> {
        if second_factor::is_on(transaction.tx(), user.id).await? {
            let needed = second_factor::ask(transaction, self, user.id, device, label).await?;
            settle_event(
                transaction.tx(),
                self.event,
                SecurityEventKind::SecondFactorRequested,
                None,
            )
            .await?;
            return Ok(needed.into());
        }
        let tokens = self.succeed(app, transaction, user, device, label).await?;
        Ok(tokens.into())
    }

    /// Opens the session. The owner gets an email if the device is new, or if many attempts
    /// failed before.
    pub(super) async fn succeed(
        &self,
        app: &App,
        transaction: &Transaction,
        user: &user::Model,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SessionTokens, Problem> {
        let (tx, now) = (transaction.tx(), transaction.now());
        throttle::reset_attempts(tx, AttemptKey::CodeMail(&user.email)).await?;
        let kind = if self.failures >= FREE_FAILURES {
            SecurityEventKind::SignedInAfterFailures
        } else if device.is_none() && has_signed_in_before(tx, user, now).await? {
            SecurityEventKind::SignedInOnNewDevice
        } else {
            SecurityEventKind::SignedIn
        };
        let tokens = match device {
            Some(device) => {
                note_use(tx, user.id, device, now).await?;
                insert_session(app, transaction, user.id, label).await?
            }
            None => open_session(app, transaction, user.id, label).await?,
        };
        settle_event(tx, self.event, kind, Some(tokens.session_id)).await?;
        if kind != SecurityEventKind::SignedIn {
            mail_event(transaction, self.event).await?;
        }
        Ok(tokens)
    }
}

/// Whether the owner has signed in before. Sessions are deleted a month after their end, so they
/// cannot tell it of an older account: from the age of [`SETTLED`] on the answer is yes.
async fn has_signed_in_before(
    tx: &DatabaseTransaction,
    user: &user::Model,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    if user.created_at + SETTLED <= now {
        return Ok(true);
    }
    let before = AccountScope::of(user.id).find::<session::Entity>();
    Ok(before.count(tx).await? > 0)
}
