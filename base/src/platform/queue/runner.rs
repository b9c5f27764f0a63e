//! Runs the jobs of the queue. Many run at the same time, and free slots are filled while others
//! still run, so that a mail server that does not answer delays only its own emails.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ends::{Ended, Ends};
use super::handler::{Handler, sort};
use super::job::{Failure, kind_of};
use super::leases::{Leased, lease_due, record_ends, return_leases};
use crate::entity::ids::JobId;
use crate::platform::db::BeginWrite;
use crate::problem::Problem;

/// How many jobs this node holds at most. They are leased, and recorded, many at a time.
const HELD: usize = 256;
/// How many jobs that do not run together run at the same time.
const PLACES: usize = 32;
/// How often the queue is read when no commit wakes it, and how long until what could not be
/// recorded is tried again.
const ROUND: Duration = Duration::from_secs(5);
/// How long running jobs have to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Runs jobs until `stopping` is canceled. Then the leases of the jobs that do not end in time are
/// returned, for another node or the next start.
pub async fn work_off<C>(context: C, jobs: &'static [Handler<C>], stopping: CancellationToken)
where
    C: BeginWrite + Clone + Send + Sync + 'static,
{
    let mut running = Running::new(context, jobs);
    let mut look = true;
    while !stopping.is_cancelled() {
        // Only when half of the slots are free, so that a full queue is not read for each job.
        if look && running.held.len() <= HELD / 2 {
            match running.lease().await {
                Ok(is_full) => look = is_full,
                Err(problem) => {
                    look = false;
                    tracing::warn!(?problem, "cannot read the queue");
                }
            }
        }
        let bell = running.context.clone();
        tokio::select! {
            ended = running.some_ends() => running.record(ended).await,
            () = bell.db().bell().notified() => look = true,
            () = tokio::time::sleep(ROUND) => look = true,
            () = stopping.cancelled() => {}
        }
    }
    let finish = async {
        while !running.held.is_empty() {
            let ended = running.some_ends().await;
            running.record(ended).await;
        }
    };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        running.tasks.shutdown().await;
        // A job that has ended must not run again at once: its end was not recorded.
        let ended = running.unrecorded.iter().map(|ended| ended.lease.id);
        let ended: HashSet<JobId> = ended.collect();
        let held = running.held.into_values();
        let held: Vec<Leased> = held.filter(|lease| !ended.contains(&lease.id)).collect();
        if let Err(problem) = return_leases(&running.context, &held).await {
            tracing::warn!(?problem, "cannot return the leases of {} jobs", held.len());
        }
    }
}

/// Runs due jobs until none is left, and returns what failed.
pub async fn run_due_jobs<C>(
    context: &C,
    jobs: &'static [Handler<C>],
) -> Result<Vec<String>, Problem>
where
    C: BeginWrite + Clone + Send + Sync + 'static,
{
    let mut running = Running::new(context.clone(), jobs);
    let mut failures = Vec::new();
    loop {
        running.lease().await?;
        if running.held.is_empty() {
            return Ok(failures);
        }
        while !running.held.is_empty() {
            let ended = running.some_ends().await;
            failures.extend(ended.iter().filter_map(failure_of));
            record_ends(context, &ended).await?;
            running.forget(&ended);
        }
    }
}

/// The jobs that this node has leased.
///
/// Each job is a task of its own, and jobs that run together are one task: a job that holds the
/// only writer of SQLite must go on while the queue waits for that writer.
struct Running<C: 'static> {
    context: C,
    jobs: &'static [Handler<C>],
    held: HashMap<JobId, Leased>,
    /// What has ended and could not be recorded, and when it is tried again.
    unrecorded: Vec<Ended>,
    again_at: Option<Instant>,
    tasks: JoinSet<()>,
    places: Arc<Semaphore>,
    /// Where new tasks report the ends of their jobs.
    ends: mpsc::UnboundedSender<Ended>,
    reported: mpsc::UnboundedReceiver<Ended>,
}

impl<C> Running<C>
where
    C: BeginWrite + Clone + Send + Sync + 'static,
{
    fn new(context: C, jobs: &'static [Handler<C>]) -> Self {
        let (ends, reported) = mpsc::unbounded_channel();
        Self {
            context,
            jobs,
            held: HashMap::new(),
            unrecorded: Vec::new(),
            again_at: None,
            tasks: JoinSet::new(),
            places: Arc::new(Semaphore::new(PLACES)),
            ends,
            reported,
        }
    }

    /// Leases due jobs for all free slots and begins them. Returns whether all slots are taken.
    async fn lease(&mut self) -> Result<bool, Problem> {
        let free = HELD - self.held.len();
        let leased = lease_due(&self.context, free as u64).await?;
        let is_full = leased.len() == free;
        self.held
            .extend(leased.iter().map(|lease| (lease.id, lease.clone())));
        for (handler, group) in sort(self.jobs, leased) {
            let ends = Ends::new(self.ends.clone());
            let Some(handler) = handler else {
                for lease in group {
                    let kind = kind_of(&lease.payload);
                    let what = anyhow::anyhow!("no job is named {kind}");
                    ends.report(lease, Err(Failure::GiveUp(what)));
                }
                continue;
            };
            let (context, places) = (self.context.clone(), self.places.clone());
            self.tasks.spawn(async move {
                if handler.takes_many() {
                    return handler.handle(&context, group, ends).await;
                }
                let _place = places.acquire_owned().await;
                if group.iter().all(Leased::can_begin) {
                    return handler.handle(&context, group, ends).await;
                }
                for lease in group {
                    let what = anyhow::anyhow!("others took so long that its lease ends soon");
                    ends.report(lease, Err(Failure::Postpone(what)));
                }
            });
        }
        Ok(is_full)
    }

    /// Waits for the end of a job, and returns it with all others that have ended by then. Returns
    /// none when it is time to record again what could not be recorded.
    async fn some_ends(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        let again_at = self.again_at;
        tokio::select! {
            _ = self.reported.recv_many(&mut ended, HELD) => {}
            () = tokio::time::sleep_until(again_at.unwrap_or_else(Instant::now)),
                if again_at.is_some() => {}
        }
        // Tasks whose jobs have all reported are over.
        while self.tasks.try_join_next().is_some() {}
        ended
    }

    /// Records the ends of jobs, and those that could not be recorded before.
    async fn record(&mut self, ended: Vec<Ended>) {
        for failure in ended.iter().filter_map(failure_of) {
            tracing::warn!(job = %failure, "a job failed");
        }
        let mut all = std::mem::take(&mut self.unrecorded);
        all.extend(ended);
        self.again_at = None;
        if all.is_empty() {
            return;
        }
        match record_ends(&self.context, &all).await {
            Ok(recorded) => self.forget_recorded(&all, &recorded),
            Err(problem) if all.len() == 1 || matches!(problem, Problem::Unavailable) => {
                self.keep(all, &problem);
            }
            // One of them must not delay the others.
            Err(_) => {
                for one in all {
                    let one = vec![one];
                    match record_ends(&self.context, &one).await {
                        Ok(recorded) => self.forget_recorded(&one, &recorded),
                        Err(problem) => self.keep(one, &problem),
                    }
                }
            }
        }
    }

    fn forget_recorded(&mut self, ended: &[Ended], recorded: &HashSet<JobId>) {
        self.forget(ended);
        for Ended { lease, .. } in ended {
            if !recorded.contains(&lease.id) {
                metrics::counter!("jobs_leases_lost_total").increment(1);
                tracing::warn!(job = %lease.id, "the lease was lost; another node has the job");
            }
        }
    }

    /// Keeps the ends of jobs that could not be recorded. If they are lost, the jobs run again. So
    /// they are recorded after a pause, unless their leases end soon.
    fn keep(&mut self, ended: Vec<Ended>, problem: &Problem) {
        let jobs = ended.len();
        tracing::warn!(?problem, jobs, "the results of jobs were not recorded");
        let (kept, late): (Vec<Ended>, Vec<Ended>) =
            ended.into_iter().partition(|ended| ended.lease.can_begin());
        self.forget(&late);
        self.unrecorded.extend(kept);
        if !self.unrecorded.is_empty() {
            self.again_at = Some(Instant::now() + ROUND);
        }
    }

    fn forget(&mut self, ended: &[Ended]) {
        for Ended { lease, .. } in ended {
            self.held.remove(&lease.id);
        }
    }
}

/// What went wrong, for the log: the kind of the job, but not the people it is about.
fn failure_of(ended: &Ended) -> Option<String> {
    let Ended { lease, result } = ended;
    let failure = result.as_ref().err()?;
    let kind = kind_of(&lease.payload);
    Some(format!("{} {kind}: {:#}", lease.id, failure.error()))
}
