//! Slows down people who guess passwords and codes.
//!
//! An attempt is counted before its outcome is known: otherwise a thousand attempts at the same
//! time would all be free. It is counted in the shared database, so that an attacker gains nothing
//! by using several nodes. Attempts with the same [`AttemptKey`] (an email address, a device, a
//! session) are counted together.
//!
//! - [`record_attempt`]: a password or an email. After some failures each further attempt must
//!   wait. Call [`reset_attempts`] after the right one.
//! - [`record_second_factor`]: a code from an authenticator app, or a recovery code.
//! - [`count_try_or_refuse`], [`check_export`], [`check_invitation`]: at most so many in a span of
//!   time.
//! - [`in_turn`]: attempts that are judged at this moment.
//!
//! [`rate_limits`](crate::http::rate_limits) counts how many requests an account or a client
//! address makes.

mod counters;
mod turns;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseTransaction, QueryTrait};

use crate::app::App;
use crate::entity::ids::{KnownDeviceId, SessionId, UserId};
use crate::entity::throttle;
use crate::http::rate_limits::{RateLimitStatus, WAIT};
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::crypto::keys::sha256;
use crate::platform::db::Transaction;
use crate::problem::Problem;

use counters::{Window, count_in_window, deleting, lock, record_free_attempt, write_later};
pub use turns::{CountFuture, Turn, Turns, in_turn};

/// After so many failures in a row each further attempt must wait, and the owner gets an email
/// about a success.
pub const FREE_FAILURES: i32 = 5;
const SECOND_FACTORS: i32 = 5;
const EXPORTS_PER_HOUR: i32 = 3;
const INVITATIONS_PER_DAY: i32 = 3;
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(900);
/// After so long without an attempt the failures are forgotten.
const MEMORY: TimeDelta = TimeDelta::days(30);
/// After so many failures in a row only a password reset helps.
const MOST_FAILURES: i32 = 100;
/// After so many unused codes only a password reset helps. Each code allows five tries, so this
/// is a hundred tries, too.
const MOST_CODES: i32 = 20;

/// Which attempts are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptKey<'a> {
    /// Sign-ins from unknown devices at an email address, whether it has an account or not.
    SignIn(&'a str),
    /// A device that has signed in to the account before.
    Device(KnownDeviceId),
    /// Passwords that a signed-in person sends.
    Session(SessionId),
    /// Sign-in codes mailed to an address, whether it has an account or not.
    CodeMail(&'a str),
    /// Password resets mailed to an address.
    ResetMail(&'a str),
    /// Emails to an address that nobody has confirmed.
    Unproven(&'a str),
    /// Invitations to an address.
    Invited(&'a str),
    /// Second factors of an account.
    SecondFactor(UserId),
}

impl AttemptKey<'_> {
    fn hash(self) -> Vec<u8> {
        let text = match self {
            Self::SignIn(email) => format!("account {email}"),
            Self::Device(id) => format!("device {id}"),
            Self::Session(id) => format!("session {id}"),
            Self::CodeMail(email) => format!("code mail {email}"),
            Self::ResetMail(email) => format!("reset mail {email}"),
            Self::Unproven(email) => format!("unproven {email}"),
            Self::Invited(email) => format!("invited {email}"),
            Self::SecondFactor(id) => format!("second factor {id}"),
        };
        sha256(text.as_bytes())
    }

    /// How often it may fail in a row. `None` if failures only make the next attempt wait.
    fn max_failures(self) -> Option<i32> {
        match self {
            Self::SignIn(_) | Self::Device(_) | Self::Session(_) => Some(MOST_FAILURES),
            Self::CodeMail(_) => Some(MOST_CODES),
            _ => None,
        }
    }
}

/// Counts a try to sign in, to register or to answer by a link for its client address. Refuses it
/// with 429 after too many in one minute.
pub async fn count_try_or_refuse(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let limit = app.tries_per_minute();
    let Some(client) = request.client.as_ref().filter(|_| limit > 0) else {
        return Ok(());
    };
    let subject = format!("client {client}");
    check_quota(app, request, "tries", &subject, (limit, 60)).await
}

/// Counts an export of an account. Refuses it after three in an hour.
pub async fn check_export(
    app: &App,
    request: &RequestInfo,
    user_id: UserId,
) -> Result<(), Problem> {
    let subject = format!("export {user_id}");
    let quota = (EXPORTS_PER_HOUR, 3600);
    check_quota(app, request, "exports", &subject, quota).await
}

/// Counts a request against a quota: so many requests in so many seconds.
async fn check_quota(
    app: &App,
    request: &RequestInfo,
    name: &'static str,
    subject: &str,
    (quota, period): (i32, u32),
) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    let length = TimeDelta::seconds(period.into());
    let subject = sha256(subject.as_bytes());
    let window = count_in_window(&transaction, subject, length, quota).await?;
    let (left, until) = match window {
        Window::Counted { tries, until } => (u32::try_from(quota - tries).ok(), until),
        Window::Full { until } => (None, until),
    };
    request
        .rate_limit_statuses
        .record_or_refuse(RateLimitStatus {
            name,
            quota: quota.unsigned_abs(),
            period,
            left,
            resets_in: seconds(transaction.now(), until),
        })?;
    transaction.commit(NoContent).await?;
    Ok(())
}

/// Counts an invitation to an email address, over all circles. Refuses it after three in a day.
/// Otherwise a person could fill a stranger's mailbox by creating circle after circle.
pub async fn check_invitation(transaction: &Transaction, email: &str) -> Result<(), Problem> {
    let subject = AttemptKey::Invited(email).hash();
    let day = TimeDelta::days(1);
    match count_in_window(transaction, subject, day, INVITATIONS_PER_DAY).await? {
        Window::Counted { .. } => Ok(()),
        Window::Full { until } => {
            let detail =
                "This email address has had three invitations in one day. Try again tomorrow.";
            Err(wait(transaction.now(), until, detail.to_owned()))
        }
    }
}

/// Counts a second factor. Refuses it after five in a quarter of an hour.
pub async fn record_second_factor(
    transaction: &Transaction,
    user_id: UserId,
) -> Result<(), Problem> {
    let subject = AttemptKey::SecondFactor(user_id).hash();
    match count_in_window(transaction, subject, LONGEST_WAIT, SECOND_FACTORS).await? {
        Window::Counted { .. } => Ok(()),
        Window::Full { until } => {
            let detail = format!("Five codes were tried in a quarter of an hour. {WAIT}");
            Err(wait(transaction.now(), until, detail))
        }
    }
}

/// Counts an attempt and returns how many failed before it. Refuses it until the wait for these is
/// over, and always after too many in a row. The attempt counts once the transaction is
/// committed.
pub async fn record_attempt(
    transaction: &Transaction,
    attempt_key: AttemptKey<'_>,
) -> Result<i32, Problem> {
    let now = transaction.now();
    let subject = attempt_key.hash();
    if let Some(counted) = record_free_attempt(transaction, subject.clone()).await? {
        return Ok(counted.tries - 1);
    }
    let counter = lock(transaction, subject).await?;
    // An attempt that waited for this lock may have begun earlier: `until` alone, without
    // failures, refuses nothing.
    let waits = pause(counter.tries) > TimeDelta::zero();
    if waits && counter.until > now {
        return Err(wait(now, counter.until, too_many_tries()));
    }
    let remembered = counter.forget_at.filter(|at| *at > now);
    let failures = remembered.map_or(0, |_| counter.tries);
    if let Some(forget_at) = remembered.filter(|_| {
        attempt_key
            .max_failures()
            .is_some_and(|most| failures >= most)
    }) {
        return Err(wait(now, forget_at, too_many_tries()));
    }
    let tries = failures.saturating_add(1);
    write_later(
        transaction,
        throttle::Model {
            tries,
            until: now + pause(tries),
            forget_at: Some(now + MEMORY),
            ..counter
        },
    );
    Ok(failures)
}

/// Whether one more email may be sent. Like [`record_attempt`], for operations whose answer must
/// not tell it.
pub async fn may_mail(
    transaction: &Transaction,
    attempt_key: AttemptKey<'_>,
) -> Result<bool, Problem> {
    match record_attempt(transaction, attempt_key).await {
        Ok(_) => Ok(true),
        Err(Problem::TooManyRequests { .. }) => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Deletes the counters of an email address, after it was confirmed again or its account erased.
pub async fn reset_attempts_of_address(
    tx: &DatabaseTransaction,
    email: &str,
) -> Result<(), Problem> {
    let of_address = [
        AttemptKey::SignIn(email),
        AttemptKey::CodeMail(email),
        AttemptKey::ResetMail(email),
        AttemptKey::Unproven(email),
        AttemptKey::Invited(email),
    ];
    deleting(&of_address).exec(tx).await?;
    Ok(())
}

/// Deletes the counts, after an attempt that was right. It is sent with the commit, so none of
/// them is recorded in the same transaction.
pub fn reset_attempts(transaction: &Transaction, attempt_keys: &[AttemptKey<'_>]) {
    transaction.later(deleting(attempt_keys).as_query());
}

/// How long to wait after so many failures: 1, 2, 4 … 900 seconds.
fn pause(failures: i32) -> TimeDelta {
    match failures - FREE_FAILURES {
        ..=0 => TimeDelta::zero(),
        beyond @ 1..=10 => TimeDelta::seconds(1 << (beyond - 1)),
        _ => LONGEST_WAIT,
    }
}

fn wait(now: DateTime<Utc>, until: DateTime<Utc>, detail: String) -> Problem {
    Problem::TooManyRequests {
        retry_after: seconds(now, until).into(),
        detail,
    }
}

/// The same text for every key: it must not tell whether an address has an account.
fn too_many_tries() -> String {
    format!("There were too many tries. {WAIT}")
}

fn seconds(now: DateTime<Utc>, until: DateTime<Utc>) -> u32 {
    let seconds = (until - now).as_seconds_f64().ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a wait is from one second to thirty days"
    )]
    let seconds = seconds as u32;
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_and_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = (1..=18).map(|n| pause(n).num_seconds()).collect();
        let expected = [
            0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
        ];
        assert_eq!(waits, expected);
        assert_eq!(pause(i32::MAX), LONGEST_WAIT);
    }
}
