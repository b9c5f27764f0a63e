//! The table of the queue. A job is leased under a fencing number, and a result counts only under
//! that number. So a node that slept longer than its lease cannot overwrite what another node has
//! done since.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::ends::Ended;
use super::job::{
    Failure, Job, MAX_ATTEMPTS, MOST_REFUSALS, backoff, lane_of, payload_of, wait_for_outage,
};
use crate::entity::ids::JobId;
use crate::entity::job::{self, Column, JobState};
use crate::platform::db::{BeginWrite, Transaction};
use crate::problem::Problem;

/// Longer than it takes to send an email in the worst case.
const LEASE: TimeDelta = TimeDelta::minutes(30);
/// The part of a lease in which a job can begin to send an email. The rest is enough to end it.
const MAY_BEGIN: Duration = Duration::from_mins(15);
/// How many rows go into one statement, and how many new jobs wait in memory at most.
const AT_ONCE: usize = 500;

impl Transaction {
    /// Puts a job into the queue, in the transaction of the change that needs it. It is sent with
    /// the commit, which wakes the queue. If an equal job waits already, nothing is added.
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<(), Problem> {
        self.enqueue_at(job, self.now()).await
    }

    /// Like [`Self::enqueue`], but the job does not run before `run_at`.
    pub async fn enqueue_at<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.enqueue_all_at(std::slice::from_ref(job), run_at).await
    }

    /// Like [`Self::enqueue_at`] for several jobs: one statement for five hundred of them.
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
                lane: Set(lane_of(&payload)),
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
        for some in jobs.chunks(AT_ONCE) {
            let rows: Vec<_> = some.iter().map(row).collect::<Result<_, _>>()?;
            let insert = job::Entity::insert_many(rows).on_conflict(
                OnConflict::column(Column::DedupeKey)
                    .do_nothing()
                    .to_owned(),
            );
            self.later(insert.as_query());
            // So many jobs do not wait in memory.
            if some.len() == AT_ONCE {
                self.send_later().await?;
            }
        }
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
    taken_at: Instant,
    fence: i32,
}

impl Leased {
    /// Whether no other node has leased it since.
    #[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
    pub async fn is_held(&self, tx: &DatabaseTransaction) -> Result<bool, Problem> {
        let found = job::Entity::find().filter(mine(self)).one(tx).await?;
        Ok(found.is_some())
    }

    /// Whether so much of the lease is left that an email can be sent under it.
    pub fn can_begin(&self) -> bool {
        self.taken_at.elapsed() < MAY_BEGIN
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

/// Which of these jobs no other node has leased since: one statement for five hundred jobs.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
pub async fn still_held<'a>(
    tx: &DatabaseTransaction,
    leases: impl IntoIterator<Item = &'a Leased>,
) -> Result<HashSet<JobId>, Problem> {
    let fences: HashMap<JobId, i32> = leases
        .into_iter()
        .map(|lease| (lease.id, lease.fence))
        .collect();
    let ids: Vec<JobId> = fences.keys().copied().collect();
    let mut held = HashSet::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows = job::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Fence])
            .filter(Column::Id.is_in(ids.iter().copied()))
            .into_tuple::<(JobId, i32)>()
            .all(tx)
            .await?;
        let newest = rows.into_iter();
        held.extend(
            newest.filter_map(|(id, fence)| (fences.get(&id) == Some(&fence)).then_some(id)),
        );
    }
    Ok(held)
}

/// In which order due jobs are leased: first the oldest of each circle, then the second of each.
const IN_TURNS: &str = "ROW_NUMBER() OVER (PARTITION BY lane ORDER BY run_at, id)";

/// Leases up to `limit` due jobs. The circles take turns, so that thousands of emails of one circle
/// do not delay two of another. In its turn a circle gives its oldest job.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
pub async fn lease_due(app: &impl BeginWrite, limit: u64) -> Result<Vec<Leased>, Problem> {
    let taken_at = Instant::now();
    let transaction = Transaction::begin(app).await?;
    let now = transaction.now();
    let free = Condition::any()
        .add(Column::LeasedUntil.is_null())
        .add(Column::LeasedUntil.lte(now));
    let is_due = Condition::all()
        .add(Column::State.eq(JobState::Queued))
        .add(Column::RunAt.lte(now))
        .add(free);
    // A statement of its own inside: PostgreSQL locks no rows that it has numbered.
    let next = job::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_due.clone())
        .order_by_asc(Expr::cust(IN_TURNS))
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    let mut due = job::Entity::find()
        .filter(Column::Id.in_subquery(QueryTrait::into_query(next)))
        .filter(is_due)
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id);
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
        taken_at,
        fence: job.fence + 1,
    };
    Ok(in_turns(due).into_iter().map(lease).collect())
}

/// Jobs, the oldest first, in the order in which their circles take turns.
fn in_turns(jobs: Vec<job::Model>) -> Vec<job::Model> {
    let mut turns: HashMap<Option<Uuid>, usize> = HashMap::new();
    let mut numbered: Vec<(usize, job::Model)> = Vec::with_capacity(jobs.len());
    for job in jobs {
        let turn = turns.entry(job.lane).or_default();
        *turn += 1;
        numbered.push((*turn, job));
    }
    // Stable: within a turn they stay as they were.
    numbered.sort_by_key(|(turn, _)| *turn);
    numbered.into_iter().map(|(_, job)| job).collect()
}

/// Records the ends of jobs in one transaction. The jobs that succeeded take one statement, each
/// failure takes one more. Returns the jobs whose results count: another node has leased the others
/// meanwhile.
pub(super) async fn record_ends(
    app: &impl BeginWrite,
    ends: &[Ended],
) -> Result<HashSet<JobId>, Problem> {
    let transaction = Transaction::begin_without_time_limit(app).await?;
    let done: Vec<&Leased> = ends
        .iter()
        .filter(|ended| ended.result.is_ok())
        .map(|ended| &ended.lease)
        .collect();
    let mut recorded = still_held(transaction.tx(), done.iter().copied()).await?;
    delete(&transaction, &done).await?;
    for ended in ends {
        if let Err(failure) = &ended.result
            && write_failure(&transaction, &ended.lease, failure).await? > 0
        {
            recorded.insert(ended.lease.id);
        }
    }
    transaction.commit_without_replay().await?;
    Ok(recorded)
}

/// Returns leases, so that the next node that looks can lease the jobs at once.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
pub async fn return_leases(app: &impl BeginWrite, jobs: &[Leased]) -> Result<(), Problem> {
    let transaction = Transaction::begin_without_time_limit(app).await?;
    let jobs: Vec<&Leased> = jobs.iter().collect();
    for some in by_fence(&jobs) {
        job::Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
            .filter(some)
            .exec(transaction.tx())
            .await?;
    }
    transaction.commit_without_replay().await?;
    Ok(())
}

/// Deletes jobs that are done.
#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
async fn delete(transaction: &Transaction, done: &[&Leased]) -> Result<(), DbErr> {
    for some in by_fence(done) {
        job::Entity::delete_many()
            .filter(some)
            .exec(transaction.tx())
            .await?;
    }
    Ok(())
}

/// Conditions that together match the rows of these jobs, unless another node has leased them
/// since. Nearly all jobs have the same fencing number, that of the first lease.
fn by_fence(jobs: &[&Leased]) -> Vec<Condition> {
    let mut fences: BTreeMap<i32, Vec<JobId>> = BTreeMap::new();
    for job in jobs {
        fences.entry(job.fence).or_default().push(job.id);
    }
    let conditions = fences.iter().flat_map(|(fence, ids)| {
        let of_some = |ids: &[JobId]| {
            Condition::all()
                .add(Column::Id.is_in(ids.iter().copied()))
                .add(Column::Fence.eq(*fence))
        };
        ids.chunks(AT_ONCE).map(of_some).collect::<Vec<_>>()
    });
    conditions.collect()
}

/// The row of the job, unless another node has leased it since.
fn mine(job: &Leased) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id))
        .add(Column::Fence.eq(job.fence))
}

#[expect(clippy::disallowed_methods, reason = "the queue belongs to no circle")]
async fn write_failure(
    transaction: &Transaction,
    job: &Leased,
    failure: &Failure,
) -> Result<u64, DbErr> {
    let now = transaction.now();
    let (attempts, pause) = match failure {
        Failure::Postpone(_) => (job.attempts, wait_for_outage(now - job.since)),
        Failure::Wait(_) => {
            let counts = job.attempts < MOST_REFUSALS;
            let attempts = job.attempts + i32::from(counts);
            (attempts, backoff(attempts))
        }
        Failure::Retry(_) | Failure::GiveUp(_) => (job.attempts + 1, backoff(job.attempts + 1)),
    };
    let state = if job.ends_with(failure) {
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
