//! Works the queue off. Jobs run beside each other, and a free place is filled
//! at once: a mail server that does not answer holds up its own mail only.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::task::{JoinError, JoinSet};

use super::job::{Failure, Job};
use super::leases::{Leased, lease_due, record_result, return_lease};
use crate::app::App;
use crate::entity::ids::JobId;
use crate::platform::db::BeginWrite;
use crate::problem::Problem;

/// How many jobs run beside each other.
const PLACES: usize = 32;
/// How often the queue is looked at when nobody rings.
const ROUND: Duration = Duration::from_secs(5);
/// How long jobs may go on when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Works the queue off until the server stops; then what does not end in time
/// is given back, for another node or the next start.
///
/// Each job is a task: one that holds SQLite's only writer has to go on while
/// the queue waits for it.
pub async fn work_off(app: App) {
    let mut running = JoinSet::new();
    let mut held: HashMap<JobId, Leased> = HashMap::new();
    let mut look = true;
    while !app.stopping().is_cancelled() {
        // Half of the places at a time, so that a full queue is not read job by job.
        if look && running.len() <= PLACES / 2 {
            let free = PLACES - running.len();
            match lease_due(&app, free as u64).await {
                Ok(leased) => {
                    look = leased.len() == free;
                    for job in leased {
                        held.insert(job.id, job.clone());
                        let app = app.clone();
                        running.spawn(async move { run_one(&app, job).await });
                    }
                }
                Err(problem) => {
                    look = false;
                    tracing::warn!(?problem, "the queue could not be read");
                }
            }
        }
        tokio::select! {
            Some(ended) = running.join_next() => note_end(&mut held, ended),
            () = app.db().bell().notified() => look = true,
            () = tokio::time::sleep(ROUND) => look = true,
            () = app.stopping().cancelled() => {}
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
            if let Err(problem) = return_lease(&app, job).await {
                tracing::warn!(?problem, job = %job.id, "a job could not be given back");
            }
        }
    }
}

/// Runs what is due, until nothing is; answers what failed.
pub async fn run_due_jobs(app: &App) -> Result<Vec<String>, Problem> {
    let mut failures = Vec::new();
    loop {
        let leased = lease_due(app, PLACES as u64).await?;
        if leased.is_empty() {
            return Ok(failures);
        }
        for ended in join_all(leased.into_iter().map(|job| run_one(app, job))).await {
            failures.extend(ended.failure);
            ended.recorded?;
        }
    }
}

/// A job that was run.
struct Ended {
    id: JobId,
    /// What went wrong with it.
    failure: Option<String>,
    /// Whether its result could be written down, and counted.
    recorded: Result<bool, Problem>,
}

/// A job whose task broke off keeps its lease until that ends.
fn note_end(held: &mut HashMap<JobId, Leased>, ended: Result<Ended, JoinError>) {
    match ended {
        Ok(ended) => {
            held.remove(&ended.id);
            report(ended);
        }
        Err(error) => tracing::error!(%error, "a job broke off"),
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
        Err(problem) => tracing::warn!(?problem, job = %ended.id, "a result was not recorded"),
    }
}

async fn run_one(app: &App, leased: Leased) -> Ended {
    let result = match serde_json::from_str::<Job>(&leased.payload) {
        Ok(job) => run_to_its_end(app, &job, &leased).await,
        Err(error) => Err(Failure::GiveUp(error.into())),
    };
    let failure = result.as_ref().err().map(|failure| {
        let kind = kind_of(&leased.payload);
        format!("{} {kind}: {:#}", leased.id, failure.error())
    });
    Ended {
        id: leased.id,
        failure,
        recorded: record_result(app, &leased, result).await,
    }
}

/// What kind of job it is; whom it concerns is nothing for a log.
fn kind_of(payload: &str) -> String {
    let job: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    job["kind"].as_str().unwrap_or("unknown").to_owned()
}

/// Runs it; a failure that is its last is told to whom it concerns.
async fn run_to_its_end(app: &App, job: &Job, leased: &Leased) -> Result<(), Failure> {
    let run = std::panic::AssertUnwindSafe(job.run(app, leased));
    let caught = run.catch_unwind().await;
    let result = caught.unwrap_or_else(|_| Err(Failure::Retry(anyhow::anyhow!("it panicked"))));
    if let Err(failure) = &result
        && leased.ends_with(failure)
    {
        job.give_up(app, leased).await?;
    }
    result
}
