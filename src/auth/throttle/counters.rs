//! The rows of the counters. An attempt is counted with one statement, unless there were so many
//! before it that the counter must be read first.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DeleteMany, EntityTrait, IntoActiveModel,
    QueryFilter, QueryTrait,
};

use super::{AttemptKey, FREE_FAILURES, MEMORY};
use crate::entity::throttle::{self, Column};
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// The current span of time in which the attempts of a subject are counted.
pub(super) enum Window {
    /// The attempt was counted: how many there are with it, and when the span ends.
    Counted { tries: i32, until: DateTime<Utc> },
    /// There were too many, and the attempt was not counted.
    Full { until: DateTime<Utc> },
}

/// Counts an attempt, if there were fewer than `most` in the current span. A span begins with the
/// first attempt after the end of the one before.
pub(super) async fn count_in_window(
    transaction: &Transaction,
    subject: Vec<u8>,
    length: TimeDelta,
    most: i32,
) -> Result<Window, Problem> {
    let until = transaction.now() + length;
    let first = throttle::Model {
        subject_hash: subject.clone(),
        tries: 1,
        until,
        forget_at: Some(until),
    };
    let goes_on = || stored(Column::Until).gt(transaction.now());
    let keep = |column: Column| -> (Column, Expr) {
        let new = Expr::col((Alias::new("excluded"), column));
        let kept = CaseStatement::new().case(goes_on(), stored(column));
        (column, kept.finally(new).into())
    };
    let mut again = one_more(goes_on());
    again.values([keep(Column::Until), keep(Column::ForgetAt)]);
    again.action_and_where(goes_on().not().or(stored(Column::Tries).lt(most)));
    if let Some(counted) = count(transaction, first, again).await? {
        return Ok(Window::Counted {
            tries: counted.tries,
            until: counted.until,
        });
    }
    let full = lock(transaction, subject).await?;
    Ok(Window::Full { until: full.until })
}

/// Counts an attempt after which no further one must wait. `None` if there were so many failures
/// that the counter must be read before: then nothing was counted, and its row is locked.
pub(super) async fn record_free_attempt(
    transaction: &Transaction,
    subject: Vec<u8>,
) -> Result<Option<throttle::Model>, Problem> {
    let now = transaction.now();
    let first = throttle::Model {
        subject_hash: subject,
        tries: 1,
        until: now,
        forget_at: Some(now + MEMORY),
    };
    let is_remembered = || stored(Column::ForgetAt).gt(now);
    let mut again = one_more(is_remembered());
    again.update_columns([Column::Until, Column::ForgetAt]);
    let is_free = stored(Column::Tries).lt(FREE_FAILURES);
    again.action_and_where(is_remembered().not().or(is_free));
    count(transaction, first, again).await
}

/// The statement that deletes counters.
#[expect(
    clippy::disallowed_methods,
    reason = "some counters, by the hashes of their subjects"
)]
pub(super) fn deleting(attempt_keys: &[AttemptKey<'_>]) -> DeleteMany<throttle::Entity> {
    let hashes = attempt_keys.iter().map(|attempt_key| attempt_key.hash());
    throttle::Entity::delete_many().filter(Column::SubjectHash.is_in(hashes))
}

/// Locks the counter of a subject, and creates it if there is none. This must be one statement:
/// between two, `reset_attempts` could delete the row.
#[expect(
    clippy::disallowed_methods,
    reason = "one counter, by the hash of its subject"
)]
pub(super) async fn lock(
    transaction: &Transaction,
    subject: Vec<u8>,
) -> Result<throttle::Model, Problem> {
    let row = throttle::ActiveModel {
        subject_hash: Set(subject),
        tries: Set(0),
        until: Set(transaction.now()),
        forget_at: Set(Some(transaction.now())),
    };
    let there_already = OnConflict::column(Column::SubjectHash)
        .update_column(Column::SubjectHash)
        .to_owned();
    Ok(throttle::Entity::insert(row)
        .on_conflict(there_already)
        .exec_with_returning(transaction.tx())
        .await?)
}

/// A column of the counter that is there already.
fn stored(column: Column) -> Expr {
    Expr::col((throttle::Entity, column))
}

/// What happens to a counter that is there already: it counts one more, or begins anew if it does
/// not go on.
fn one_more(goes_on: Expr) -> OnConflict {
    let tries = CaseStatement::new()
        .case(goes_on, stored(Column::Tries).add(1))
        .finally(1);
    OnConflict::column(Column::SubjectHash)
        .value(Column::Tries, tries)
        .to_owned()
}

/// Creates a counter, or changes the one that is there. `None` if that one does not meet the
/// condition of the change: then it is only locked.
#[expect(
    clippy::disallowed_methods,
    reason = "one counter, by the hash of its subject"
)]
async fn count(
    transaction: &Transaction,
    first: throttle::Model,
    again: OnConflict,
) -> Result<Option<throttle::Model>, Problem> {
    let counted = throttle::Entity::insert(first.into_active_model().reset_all())
        .on_conflict(again)
        .exec_with_returning_many(transaction.tx())
        .await?;
    Ok(counted.into_iter().next())
}

/// Writes a counter that is locked. It is sent with the commit.
#[expect(
    clippy::disallowed_methods,
    reason = "one counter, by the hash of its subject"
)]
pub(super) fn write_later(transaction: &Transaction, counter: throttle::Model) {
    let row = throttle::ActiveModel {
        tries: Set(counter.tries),
        until: Set(counter.until),
        forget_at: Set(counter.forget_at),
        ..Default::default()
    };
    let update = throttle::Entity::update_many()
        .set(row)
        .filter(Column::SubjectHash.eq(counter.subject_hash));
    transaction.later(update.as_query());
}
