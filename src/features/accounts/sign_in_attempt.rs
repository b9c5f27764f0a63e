//! An attempt to sign in with a password, a mailed code or a passkey.

use chrono::{DateTime, TimeDelta, Utc};

use super::known_devices::note_use;
use super::mail::mail_event;
use super::second_factor;
use super::sessions::{insert_session, on_new_device};
use super::sign_in_facts::SignInFacts;
use super::types::{SessionTokens, SignInOutcome};
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, FREE_FAILURES};
use crate::auth::{Event, note_event, settle_event};
use crate::entity::change::ActorKind;
use crate::entity::ids::{KnownDeviceId, SecurityEventId, SessionId, UserId};
use crate::entity::security_event::SecurityEventKind;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// From this age on an account counts as one whose owner has signed in before.
const SETTLED: TimeDelta = TimeDelta::days(1);

/// An attempt to sign in. It becomes a security event, whatever its outcome.
pub(super) struct Attempt<'a> {
    event: AttemptEvent<'a>,
    /// How many attempts failed before this one.
    pub(super) failures: i32,
}

/// The security event of an attempt.
enum AttemptEvent<'a> {
    /// An earlier transaction has noted it, as refused.
    Noted(SecurityEventId),
    /// The transaction that decides about the attempt notes it.
    New(Event<'a>),
}

impl<'a> Attempt<'a> {
    /// Counts an attempt and notes it as refused, before its outcome is known.
    pub(super) async fn begin(
        app: &App,
        request: &RequestInfo,
        attempt_key: AttemptKey<'_>,
        user_id: Option<UserId>,
        device_label: Option<&str>,
    ) -> Result<Self, Problem> {
        let transaction = app.begin().await?;
        let failures = throttle::record_attempt(&transaction, attempt_key).await?;
        let event = note_event(&transaction, refused(request, user_id, device_label));
        transaction.commit(NoContent).await?;
        Ok(Self::noted_before(event, failures))
    }

    /// An attempt that an earlier transaction has noted.
    pub(super) fn noted_before(event: SecurityEventId, failures: i32) -> Self {
        Self {
            event: AttemptEvent::Noted(event),
            failures,
        }
    }

    /// An attempt that the same transaction decides about. The caller must commit the transaction,
    /// whatever the outcome: after [`Self::refuse`], [`Self::pass`] or [`Self::succeed`].
    pub(super) fn undecided(
        request: &'a RequestInfo,
        user_id: Option<UserId>,
        device_label: Option<&'a str>,
    ) -> Self {
        Self {
            event: AttemptEvent::New(refused(request, user_id, device_label)),
            failures: 0,
        }
    }

    /// Notes that the attempt was refused.
    pub(super) fn refuse(self, transaction: &Transaction) {
        self.settle(transaction, SecurityEventKind::SignInRefused, None);
    }

    /// Notes the outcome.
    fn settle(
        self,
        transaction: &Transaction,
        kind: SecurityEventKind,
        session_id: Option<SessionId>,
    ) -> SecurityEventId {
        match self.event {
            AttemptEvent::Noted(id) => {
                settle_event(transaction, id, kind, session_id);
                id
            }
            AttemptEvent::New(event) => {
                let event = Event {
                    kind,
                    session_id,
                    ..event
                };
                note_event(transaction, event)
            }
        }
    }

    /// After the first factor was right: opens the session, or asks for the second factor.
    pub(super) async fn pass(
        self,
        app: &App,
        transaction: &Transaction,
        account: &SignInFacts,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SignInOutcome, Problem> {
        if account.has_second_factor {
            let failures = self.failures;
            let kind = SecurityEventKind::SecondFactorRequested;
            let attempt = (self.settle(transaction, kind, None), failures);
            let user_id = account.user.id;
            let needed = second_factor::ask(transaction, attempt, user_id, device, label)?;
            return Ok(needed.into());
        }
        let tokens = self
            .succeed(app, transaction, account, device, label)
            .await?;
        Ok(tokens.into())
    }

    /// Opens the session. The owner gets an email if the device is new, or if many attempts
    /// failed before.
    pub(super) async fn succeed(
        self,
        app: &App,
        transaction: &Transaction,
        account: &SignInFacts,
        device: Option<KnownDeviceId>,
        label: Option<&str>,
    ) -> Result<SessionTokens, Problem> {
        let user_id = account.user.id;
        throttle::reset_attempts(transaction, &[AttemptKey::CodeMail(&account.user.email)]);
        let kind = if self.failures >= FREE_FAILURES {
            SecurityEventKind::SignedInAfterFailures
        } else if device.is_none() && has_signed_in_before(account, transaction.now()) {
            SecurityEventKind::SignedInOnNewDevice
        } else {
            SecurityEventKind::SignedIn
        };
        let tokens = insert_session(app, transaction, &account.signer, user_id, label)?;
        let tokens = match device {
            Some(device) => {
                note_use(transaction, user_id, device);
                tokens
            }
            None => on_new_device(transaction, tokens)?,
        };
        let event = self.settle(transaction, kind, Some(tokens.session_id));
        if kind != SecurityEventKind::SignedIn {
            mail_event(transaction, event).await?;
        }
        Ok(tokens)
    }
}

fn refused<'a>(
    request: &'a RequestInfo,
    user_id: Option<UserId>,
    device_label: Option<&'a str>,
) -> Event<'a> {
    Event {
        kind: SecurityEventKind::SignInRefused,
        user_id,
        actor_kind: ActorKind::Session,
        session_id: None,
        device_label,
        request: Some(request),
    }
}

/// Whether the owner has signed in before. Sessions are deleted a month after their end, so they
/// cannot tell it of an older account: from the age of [`SETTLED`] on the answer is yes.
fn has_signed_in_before(account: &SignInFacts, now: DateTime<Utc>) -> bool {
    account.user.created_at + SETTLED <= now || account.has_sessions
}
