//! Runs the jobs of the queue. Several run at the same time, and a free slot is filled at once, so
//! that a mail server that does not answer delays only its own emails.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::handler::Handler;
use super::job::{Failure, kind_of};
use super::leases::{Leased, lease_due, record_result, return_lease};
use crate::entity::ids::JobId;
use crate::platform::db::BeginWrite;
use crate::problem::Problem;

/// How many jobs run at the same time.
const PLACES: usize = 32;
/// How often the queue is read when no commit wakes it.
const ROUND: Duration = Duration::from_secs(5);
/// How long running jobs have to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Runs jobs until `stopping` is canceled. Then the leases of the jobs that do not end in time are
/// returned, for another node or the next start.
///
/// Each job is a task of its own: a job that holds the only writer of SQLite must go on while the
/// queue waits for that writer.
pub async fn work_off<C>(context: C, jobs: &'static [Handler<C>], stopping: CancellationToken)
where
    C: BeginWrite + Clone + Send + Sync + 'static,
{
    let mut running = JoinSet::new();
    let mut held: HashMap<JobId, Leased> = HashMap::new();
    let mut look = true;
    while !stopping.is_cancelled() {
        // Only when half of the slots are free, so that a full queue is not read for each job.
        if look && running.len() <= PLACES / 2 {
            let free = PLACES - running.len();
            match lease_due(&context, free as u64).await {
                Ok(leased) => {
                    look = leased.len() == free;
                    for job in leased {
                        held.insert(job.id, job.clone());
                        let context = context.clone();
                        running.spawn(async move { run_one(&context, jobs, job).await });
                    }
                }
                Err(problem) => {
                    look = false;
                    tracing::warn!(?problem, "cannot read the queue");
                }
            }
        }
        tokio::select! {
            Some(ended) = running.join_next() => note_end(&mut held, ended),
            () = context.db().bell().notified() => look = true,
            () = tokio::time::sleep(ROUND) => look = true,
            () = stopping.cancelled() => {}
        }
    }
    let finish = async {
        while let Some(ended) = running.join_next().await {
            note_end(&mut held, ended);
        }
    };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        running.shutdown().await;
        for job in held.values() {
            if let Err(problem) = return_lease(&context, job).await {
                tracing::warn!(?problem, job = %job.id, "cannot return the lease of a job");
            }
        }
    }
}

/// Runs due jobs until none is left, and returns what failed.
pub async fn run_due_jobs<C>(context: &C, jobs: &[Handler<C>]) -> Result<Vec<String>, Problem>
where
    C: BeginWrite + Sync,
{
    let mut failures = Vec::new();
    loop {
        let leased = lease_due(context, PLACES as u64).await?;
        if leased.is_empty() {
            return Ok(failures);
        }
        let running = leased.into_iter().map(|job| run_one(context, jobs, job));
        for ended in join_all(running).await {
            failures.extend(ended.failure);
            ended.recorded?;
        }
    }
}

/// The end of a job.
struct Ended {
    id: JobId,
    /// What went wrong.
    failure: Option<String>,
    /// Whether the result was recorded; `Ok(false)` if the lease was lost.
    recorded: Result<bool, Problem>,
}

/// A job whose task ended without a result stays in `held`. Its lease ends by itself.
fn note_end(held: &mut HashMap<JobId, Leased>, ended: Result<Ended, JoinError>) {
    match ended {
        Ok(ended) => {
            held.remove(&ended.id);
            report(ended);
        }
        Err(error) => tracing::error!(%error, "a job ended without a result"),
    }
}

fn report(ended: Ended) {
    if let Some(failure) = ended.failure {
        tracing::warn!(job = %failure, "a job failed");
    }
    match ended.recorded {
        Ok(true) => {}
        Ok(false) => {
            metrics::counter!("jobs_leases_lost_total").increment(1);
            tracing::warn!(job = %ended.id, "the lease was lost; another node has the job");
        }
        Err(problem) => tracing::warn!(?problem, job = %ended.id, "a job result was not recorded"),
    }
}

/// Finds the handler of a job by its name, runs the job, and records the result.
async fn run_one<C>(context: &C, jobs: &[Handler<C>], leased: Leased) -> Ended
where
    C: BeginWrite + Sync,
{
    let kind = kind_of(&leased.payload);
    let result = match jobs.iter().find(|handler| handler.name() == kind) {
        Some(handler) => handler.handle(context, &leased).await,
        None => Err(Failure::GiveUp(anyhow::anyhow!("no job is named {kind}"))),
    };
    // The log shows the kind of the job, but not the people it is about.
    let failure = result
        .as_ref()
        .err()
        .map(|failure| format!("{} {kind}: {:#}", leased.id, failure.error()));
    Ended {
        id: leased.id,
        failure,
        recorded: record_result(context, &leased, result).await,
    }
}
