//! Works the queue off.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};

use super::job::{Failure, Job};
use super::queue::{Leased, lease_due, record_result};
use crate::app::App;
use crate::problem::Problem;

const AT_ONCE: usize = 8;
/// How often the queue is looked at when nobody rings.
const ROUND: Duration = Duration::from_secs(5);

/// Works the queue off until the server stops.
pub async fn work_off(app: App) {
    while !app.stopping().is_cancelled() {
        match run_due_jobs(&app).await {
            Ok(failures) => {
                for failure in failures {
                    tracing::warn!(job = %failure, "a job failed");
                }
            }
            Err(problem) => tracing::warn!(?problem, "the queue could not be read"),
        }
        tokio::select! {
            () = app.jobs_waiting().notified() => {}
            () = tokio::time::sleep(ROUND) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// Runs what is due, until nothing is; answers what failed.
pub async fn run_due_jobs(app: &App) -> Result<Vec<String>, Problem> {
    let mut failures = Vec::new();
    loop {
        if app.stopping().is_cancelled() {
            return Ok(failures);
        }
        let leased = lease_due(app, AT_ONCE as u64).await?;
        if leased.is_empty() {
            return Ok(failures);
        }
        let results: Vec<_> = stream::iter(leased)
            .map(|job| run_one(app, job))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for result in results {
            failures.extend(result?);
        }
    }
}

/// Runs one job; answers what went wrong with it.
async fn run_one(app: &App, leased: Leased) -> Result<Option<String>, Problem> {
    let result = match serde_json::from_str::<Job>(&leased.payload) {
        Ok(job) => {
            let run = job.run(app, leased.id, leased.attempts + 1);
            let caught = std::panic::AssertUnwindSafe(run).catch_unwind().await;
            caught.unwrap_or_else(|_| Err(Failure::Retry(anyhow::anyhow!("it panicked"))))
        }
        Err(error) => Err(Failure::GiveUp(error.into())),
    };
    let failure = result.as_ref().err().map(|failure| match failure {
        Failure::Retry(error) | Failure::Postpone(error) | Failure::GiveUp(error) => {
            format!("{} {error:#}", leased.payload)
        }
    });
    if !record_result(app, &leased, result).await? {
        tracing::warn!(job = %leased.id, "the lease was lost; another node has the job");
    }
    Ok(failure)
}
