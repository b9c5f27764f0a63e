//! What Kith deletes by itself, and when: a table. The rows of each line are deleted in batches,
//! each in a short transaction of its own. So nobody waits long for SQLite's only writer, and a
//! table with too many old rows for one sweep gets shorter with every batch.
//!
//! How long a batch takes depends on the table and on the disk: a session brings its tokens along,
//! a kept answer its text. So the time that a batch took decides how many rows the next one has
//! (`next_size`). After each batch the sweep pauses for as long as the batch held the lock, so that
//! at least half of the time belongs to others. A sweep ends with its batch when the server stops.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoCondition};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, QueryFilter,
    QuerySelect, QueryTrait,
};

use crate::app::App;
use crate::entity::delivery::DeliveryState;
use crate::entity::invitation::InvitationState;
use crate::entity::job::JobState;
use crate::entity::reminder::ReminderState;
use crate::entity::{
    change, delivery, email_change, idempotency_record, invitation, job, join_link, join_request,
    known_device, mail_token, notification, passkey_challenge, password_reset,
    personal_access_token, rate_window, refresh_token, registration, reminder, security_event,
    session, sign_in_code, sign_in_ticket, signing_key, throttle,
};
use crate::features::accounts;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// How many rows the first transaction of a line deletes.
const FIRST: u64 = 20;
/// The most and the fewest rows of a transaction.
const MOST: u64 = 1000;
const FEWEST: u64 = 10;
/// How long a transaction should hold the lock that all writers on SQLite share.
const HELD: Duration = Duration::from_millis(20);
/// How long a line of the table may take. The next sweep, an hour later, deletes the rest.
const AT_MOST: Duration = Duration::from_mins(5);

/// A line: the rows of a table whose instant in a column is older than an age.
pub struct Sweep {
    pub table: String,
    pub column: String,
    pub age: TimeDelta,
    run: DeleteOld,
}

type DeleteOld = Box<dyn Fn(App, DateTime<Utc>) -> BoxFuture<'static, Result<(), Problem>> + Send>;

/// The table. Every column is indexed, alone or after the state that is asked for with it.
#[rustfmt::skip]
pub fn table() -> Vec<Sweep> {
    let waiting = [DeliveryState::Queued, DeliveryState::Unknown];
    vec![
        // For repeated requests, links and codes.
        old::<idempotency_record::Entity>(idempotency_record::Column::CreatedAt, 1, all()),
        old::<registration::Entity>(registration::Column::ExpiresAt, 7, all()),
        old::<password_reset::Entity>(password_reset::Column::AskedAt, 7, all()),
        old::<mail_token::Entity>(mail_token::Column::ExpiresAt, 30, all()),
        old::<sign_in_code::Entity>(sign_in_code::Column::ExpiresAt, 7, all()),
        old::<sign_in_ticket::Entity>(sign_in_ticket::Column::ExpiresAt, 7, all()),
        old::<passkey_challenge::Entity>(passkey_challenge::Column::ExpiresAt, 0, all()),
        old::<email_change::Entity>(email_change::Column::AskedAt, 60, all()),
        // Sessions, tokens, keys and invitations: most of them a month after their end.
        old::<session::Entity>(session::Column::EndedAt, 30, all()),
        old::<session::Entity>(session::Column::ExpiresAt, 30, all()),
        old::<personal_access_token::Entity>(personal_access_token::Column::EndedAt, 30, all()),
        old::<personal_access_token::Entity>(personal_access_token::Column::ExpiresAt, 30, all()),
        old::<refresh_token::Entity>(refresh_token::Column::UsedAt, 30, accounts::long_used),
        // As long as a device can be away: its old token is told to refresh, not to sign in again.
        old::<signing_key::Entity>(signing_key::Column::EndsAt, 90, all()),
        old::<known_device::Entity>(known_device::Column::LastUsedAt, 365, all()),
        old::<invitation::Entity>(invitation::Column::ExpiresAt, 30, all()),
        old::<invitation::Entity>(invitation::Column::UpdatedAt, 30,
            only(invitation::Column::State.ne(InvitationState::Open))),
        old::<join_request::Entity>(join_request::Column::UpdatedAt, 30, all()),
        old::<join_link::Entity>(join_link::Column::ExpiresAt, 30, all()),
        // Emails: members can see for three months what happened to them.
        old::<job::Entity>(job::Column::RunAt, 30, only(job::Column::State.eq(JobState::Dead))),
        old::<notification::Entity>(notification::Column::UpdatedAt, 90,
            only(notification::Column::State.is_not_in(waiting))),
        old::<reminder::Entity>(reminder::Column::FireAt, 90,
            only(reminder::Column::State.is_in([
                ReminderState::Fired, ReminderState::Canceled, ReminderState::Expired,
            ]))),
        old::<delivery::Entity>(delivery::Column::UpdatedAt, 90,
            only(delivery::Column::State.is_not_in(waiting))),
        // Counters, and the logs of what happened.
        old::<throttle::Entity>(throttle::Column::ForgetAt, 0, all()),
        old::<rate_window::Entity>(rate_window::Column::EndsAt, 0, all()),
        old::<security_event::Entity>(security_event::Column::OccurredAt, 1,
            only(security_event::Column::UserId.is_null())),
        old::<security_event::Entity>(security_event::Column::OccurredAt, 400, all()),
        old::<change::Entity>(change::Column::OccurredAt, 400, all()),
    ]
}

/// Deletes what is due, line by line. A line that fails does not stop the others; the first
/// failure is returned at the end.
pub async fn sweep(app: &App) -> Result<(), Problem> {
    let now = app.clock().now();
    let mut failures = Vec::new();
    for sweep in table() {
        if app.stopping().is_cancelled() {
            break;
        }
        let swept = (sweep.run)(app.clone(), now - sweep.age).await;
        failures.extend(swept.err());
    }
    failures.into_iter().next().map_or(Ok(()), Err)
}

fn all() -> impl Fn(DateTime<Utc>) -> Condition + Clone + Send + 'static {
    |_| Condition::all()
}

fn only(which: impl IntoCondition) -> impl Fn(DateTime<Utc>) -> Condition + Clone + Send + 'static {
    let which = which.into_condition();
    move |_| which.clone()
}

/// A line of the table.
fn old<E: EntityTrait>(
    column: E::Column,
    days: i64,
    which: impl Fn(DateTime<Utc>) -> Condition + Clone + Send + 'static,
) -> Sweep {
    Sweep {
        table: E::default().table_name().to_owned(),
        column: column.as_str().to_owned(),
        age: TimeDelta::days(days),
        run: Box::new(move |app, before| {
            // With 0 days the instant is an end: at that instant it is over.
            let old = if days == 0 {
                column.lte(before)
            } else {
                column.lt(before)
            };
            let which = which(before).add(old);
            async move { delete::<E>(&app, &which).await }.boxed()
        }),
    }
}

async fn delete<E: EntityTrait>(app: &App, which: &Condition) -> Result<(), Problem> {
    let started = Instant::now();
    let mut size = FIRST;
    while started.elapsed() < AT_MOST {
        let (deleted, held) = delete_batch::<E>(app, which, size).await?;
        if deleted < size {
            break;
        }
        size = next_size(size, held);
        tokio::select! {
            () = tokio::time::sleep(held) => {}
            () = app.stopping().cancelled() => break,
        }
    }
    Ok(())
}

/// How many rows the next batch has, after one that held the lock for so long: as many as take
/// [`HELD`], but at most twice as many as before.
fn next_size(size: u64, held: Duration) -> u64 {
    let in_time = u128::from(size) * HELD.as_micros() / held.as_micros().max(1);
    let in_time = u64::try_from(in_time).unwrap_or(MOST);
    let at_most = (size * 2).clamp(FEWEST, MOST);
    in_time.clamp(FEWEST, at_most)
}

/// Deletes up to so many rows. Returns how many, and how long the lock was held.
#[expect(clippy::disallowed_methods, reason = "old rows of every account")]
async fn delete_batch<E: EntityTrait>(
    app: &App,
    which: &Condition,
    size: u64,
) -> Result<(u64, Duration), Problem> {
    let key = || E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    let batch = key()
        .fold(E::find().select_only(), QuerySelect::column)
        .filter(which.clone())
        .limit(size)
        .into_query();
    let row = Expr::tuple(key().map(|column| Expr::col(Alias::new(column.as_str()))));
    let transaction = Transaction::begin_without_time_limit(app).await?;
    let begun = Instant::now();
    let deleted = E::delete_many()
        .filter(row.in_subquery(batch))
        .exec(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok((deleted.rows_affected, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_as_large_as_the_time_of_the_one_before_allows() {
        let next = |size, millis| next_size(size, Duration::from_millis(millis));
        assert_eq!(next(100, 20), 100);
        assert_eq!(next(100, 40), 50);
        assert_eq!(next(100, 15), 133);
        assert_eq!(next(100, 1), 200, "at most twice as many");
        assert_eq!(next(800, 0), MOST);
        assert_eq!(next(100, 60_000), FEWEST);
    }
}
