//! The table of the queue. A job is leased under a fencing number, and a result counts only under
//! that number. So a node that slept longer than its lease cannot overwrite what another node has
//! done since.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::job::{Failure, Job, MAX_ATTEMPTS, MOST_REFUSALS, backoff, payload_of, wait_for_outage};
use crate::entity::ids::JobId;
use crate::entity::job::{self, Column, JobState};
use crate::platform::db::{BeginWrite, Transaction};
use crate::problem::Problem;

/// Longer than it takes to send an email in the worst case.
const LEASE: TimeDelta = TimeDelta::minutes(30);

impl Transaction {
    /// Puts a job into the queue, in the transaction of the change that needs it. The commit wakes
    /// the queue. If an equal job waits already, nothing is added.
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<(), Problem> {
        self.enqueue_at(job, self.now()).await
    }

    /// Like [`Self::enqueue`], but the job does not run before `run_at`.
    pub async fn enqueue_at<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.enqueue_all_at(std::slice::from_ref(job), run_at).await
    }

    /// Like [`Self::enqueue_at`] for several jobs, in a single statement.
    #[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
    pub async fn enqueue_all_at<J: Job>(
        &self,
        jobs: &[J],
        run_at: DateTime<Utc>,
    ) -> Result<(), Problem> {
        if jobs.is_empty() {
            return Ok(());
        }
        let row = |job: &J| -> Result<job::ActiveModel, Problem> {
            let payload = payload_of(job).map_err(anyhow::Error::from)?;
            Ok(job::ActiveModel {
                id: Set(self.new_id()),
                dedupe_key: Set(Some(payload.clone())),
                payload: Set(payload),
                state: Set(JobState::Queued),
                run_at: Set(run_at),
                attempts: Set(0),
                fence: Set(0),
                leased_until: Set(None),
                last_error: Set(None),
                created_at: Set(self.now()),
            })
        };
        let rows: Vec<_> = jobs.iter().map(row).collect::<Result<_, _>>()?;
        job::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(Column::DedupeKey)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(self.tx())
            .await?;
        if run_at <= self.now() {
            self.ring_after_commit();
        }
        Ok(())
    }
}

/// A job that this node has leased.
#[derive(Clone, Debug)]
pub struct Leased {
    pub id: JobId,
    pub payload: String,
    pub attempts: i32,
    /// The error of the attempt before.
    pub last_error: Option<String>,
    /// When it was enqueued.
    since: DateTime<Utc>,
    fence: i32,
}

impl Leased {
    /// Whether no other node has leased it since.
    #[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
    pub async fn is_held(&self, tx: &DatabaseTransaction) -> Result<bool, Problem> {
        let found = job::Entity::find().filter(mine(self)).one(tx).await?;
        Ok(found.is_some())
    }

    /// Whether the job is dead after this failure.
    pub fn ends_with(&self, failure: &Failure) -> bool {
        match failure {
            Failure::Wait(_) | Failure::Postpone(_) => false,
            Failure::Retry(_) => self.attempts + 1 >= MAX_ATTEMPTS,
            Failure::GiveUp(_) => true,
        }
    }
}

/// Leases up to `limit` due jobs, the oldest first.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
pub async fn lease_due(app: &impl BeginWrite, limit: u64) -> Result<Vec<Leased>, Problem> {
    let transaction = Transaction::begin(app).await?;
    let now = transaction.now();
    let free = Condition::any()
        .add(Column::LeasedUntil.is_null())
        .add(Column::LeasedUntil.lte(now));
    let mut due = job::Entity::find()
        .filter(Column::State.eq(JobState::Queued))
        .filter(Column::RunAt.lte(now))
        .filter(free)
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    if transaction.backend() == DbBackend::Postgres {
        due = due.lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        );
    }
    let due = due.all(transaction.tx()).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    job::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(now + LEASE))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        // It no longer waits: an equal job that is enqueued from now on is a new job.
        .col_expr(Column::DedupeKey, Expr::value(None::<String>))
        .filter(Column::Id.is_in(due.iter().map(|job| job.id)))
        .exec(transaction.tx())
        .await?;
    transaction.commit_without_replay().await?;
    let lease = |job: job::Model| Leased {
        id: job.id,
        payload: job.payload,
        attempts: job.attempts,
        last_error: job.last_error,
        since: job.created_at,
        fence: job.fence + 1,
    };
    Ok(due.into_iter().map(lease).collect())
}

/// Records the result of a job. `false` means that another node has leased it meanwhile.
pub async fn record_result(
    app: &impl BeginWrite,
    job: &Leased,
    result: Result<(), Failure>,
) -> Result<bool, Problem> {
    let transaction = Transaction::begin(app).await?;
    let affected = write_result(&transaction, job, result).await?;
    transaction.commit_without_replay().await?;
    Ok(affected > 0)
}

/// Returns a lease, so that the next node that looks can lease the job at once.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
pub async fn return_lease(app: &impl BeginWrite, job: &Leased) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    job::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(mine(job))
        .exec(transaction.tx())
        .await?;
    transaction.commit_without_replay().await?;
    Ok(())
}

/// The row of the job, unless another node has leased it since.
fn mine(job: &Leased) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id))
        .add(Column::Fence.eq(job.fence))
}

#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
async fn write_result(
    transaction: &Transaction,
    job: &Leased,
    result: Result<(), Failure>,
) -> Result<u64, DbErr> {
    let dead = matches!(&result, Err(failure) if job.ends_with(failure));
    let now = transaction.now();
    let (attempts, pause, failure) = match result {
        Ok(()) => {
            let deleted = job::Entity::delete_many()
                .filter(mine(job))
                .exec(transaction.tx());
            return deleted.await.map(|result| result.rows_affected);
        }
        Err(failure @ Failure::Postpone(_)) => {
            (job.attempts, wait_for_outage(now - job.since), failure)
        }
        Err(failure @ Failure::Wait(_)) => {
            let counts = job.attempts < MOST_REFUSALS;
            let attempts = job.attempts + i32::from(counts);
            (attempts, backoff(attempts), failure)
        }
        Err(failure) => (job.attempts + 1, backoff(job.attempts + 1), failure),
    };
    let state = if dead {
        JobState::Dead
    } else {
        JobState::Queued
    };
    let updated = job::Entity::update_many()
        .set(job::ActiveModel {
            state: Set(state),
            attempts: Set(attempts),
            run_at: Set(now + pause),
            leased_until: Set(None),
            last_error: Set(Some(format!("{:#}", failure.error()))),
            ..Default::default()
        })
        .filter(mine(job))
        .exec(transaction.tx());
    updated.await.map(|result| result.rows_affected)
}
