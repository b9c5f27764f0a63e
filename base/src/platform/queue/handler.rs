//! Runs the jobs of one type, which is found by the name in the table.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join};
use tokio::sync::mpsc;

use super::ends::{Ended, Ends};
use super::job::{Failure, Job, Run, RunMany, kind_of};
use super::leases::Leased;
use crate::problem::Problem;

/// Runs the jobs with one name.
pub struct Handler<C> {
    name: &'static str,
    /// Whether it takes many jobs in one call.
    takes_many: bool,
    handle: for<'a> fn(&'a C, Vec<Leased>, Ends) -> BoxFuture<'a, ()>,
}

impl<C: Sync> Handler<C> {
    /// The handler of a type of job.
    pub const fn of<J: Run<C>>() -> Self {
        Self {
            name: J::NAME,
            takes_many: false,
            handle: run_each::<C, J>,
        }
    }

    /// The handler of a type of job whose jobs run together.
    pub const fn of_many<J: RunMany<C>>() -> Self {
        Self {
            name: J::NAME,
            takes_many: true,
            handle: run_together::<C, J>,
        }
    }

    /// The name of its jobs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it takes many jobs in one call.
    pub(super) fn takes_many(&self) -> bool {
        self.takes_many
    }

    /// Runs jobs that were leased, and reports the end of each.
    pub(super) async fn handle(&self, context: &C, leased: Vec<Leased>, ends: Ends) {
        (self.handle)(context, leased, ends).await;
    }
}

/// Sorts leased jobs by what runs them: all jobs of a type that takes many, any other job alone.
pub(super) fn sort<C: Sync>(
    handlers: &'static [Handler<C>],
    leased: Vec<Leased>,
) -> Vec<(Option<&'static Handler<C>>, Vec<Leased>)> {
    let mut sorted: Vec<(Option<&'static Handler<C>>, Vec<Leased>)> = Vec::new();
    for lease in leased {
        let kind = kind_of(&lease.payload);
        let handler = handlers.iter().find(|handler| handler.name == kind);
        let together = handler
            .filter(|handler| handler.takes_many)
            .and_then(|handler| {
                let mut groups = sorted.iter_mut();
                groups.find(|(other, _)| other.is_some_and(|other| other.name == handler.name))
            });
        match together {
            Some((_, group)) => group.push(lease),
            None => sorted.push((handler, vec![lease])),
        }
    }
    sorted
}

/// Reads each job and runs it. After the last failure, the job records that it will not be done.
fn run_each<C: Sync, J: Run<C>>(context: &C, leased: Vec<Leased>, ends: Ends) -> BoxFuture<'_, ()> {
    async move {
        for lease in leased {
            let result = run_to_its_end::<C, J>(context, &lease).await;
            ends.report(lease, result);
        }
    }
    .boxed()
}

async fn run_to_its_end<C: Sync, J: Run<C>>(context: &C, lease: &Leased) -> Result<(), Failure> {
    let job: J = read(lease)?;
    let caught = AssertUnwindSafe(job.run(context, lease))
        .catch_unwind()
        .await;
    let result = caught.unwrap_or_else(|_| Err(panicked()));
    match result {
        Err(failure) => Err(after_failure(failure, lease, job.give_up(context, lease)).await),
        done => done,
    }
}

/// Reads the jobs and runs them together. After the last failure of a job, it records that it will
/// not be done.
fn run_together<C: Sync, J: RunMany<C>>(
    context: &C,
    leased: Vec<Leased>,
    ends: Ends,
) -> BoxFuture<'_, ()> {
    async move {
        let (own, mut reported) = mpsc::unbounded_channel();
        let own = Ends::new(own);
        let mut jobs = Vec::new();
        for lease in &leased {
            match read::<J>(lease) {
                Ok(job) => jobs.push((job, lease.clone())),
                Err(failure) => own.report(lease.clone(), Err(failure)),
            }
        }
        let run = async {
            let run = AssertUnwindSafe(J::run_many(context, jobs, &own));
            let _ = run.catch_unwind().await;
            // Only what has no end yet: the others ignore a second one.
            for lease in &leased {
                let what = anyhow::anyhow!("it panicked, or did not report its end");
                own.report(lease.clone(), Err(Failure::Retry(what)));
            }
            drop(own);
        };
        let pass_on = async {
            while let Some(Ended { lease, result }) = reported.recv().await {
                let result = match (result, read::<J>(&lease)) {
                    (Err(failure), Ok(job)) => {
                        Err(after_failure(failure, &lease, job.give_up(context, &lease)).await)
                    }
                    (result, _) => result,
                };
                ends.report(lease, result);
            }
        };
        join(run, pass_on).await;
    }
    .boxed()
}

fn read<J: Job>(lease: &Leased) -> Result<J, Failure> {
    serde_json::from_str(&lease.payload).map_err(|error| Failure::GiveUp(error.into()))
}

/// Records that the job will not be done, if this was its last failure.
async fn after_failure(
    failure: Failure,
    lease: &Leased,
    give_up: impl Future<Output = Result<(), Problem>>,
) -> Failure {
    if !lease.ends_with(&failure) {
        return failure;
    }
    match AssertUnwindSafe(give_up).catch_unwind().await {
        Ok(Ok(())) => failure,
        Ok(Err(problem)) => problem.into(),
        Err(_) => panicked(),
    }
}

fn panicked() -> Failure {
    Failure::Retry(anyhow::anyhow!("it panicked"))
}

/// Makes the list of all jobs. It gives each its name, and so makes it a
/// [`Job`]. Those under `together` run together.
#[macro_export]
macro_rules! jobs {
    (
        $(#[$doc:meta])*
        pub static $jobs:ident: &[$handler:ident<$context:ty>] = {
            $($name:literal => $job:ty,)+
            together {
                $($many_name:literal => $many:ty,)*
            }
        }
    ) => {
        $(
            impl $crate::platform::queue::Job for $job {
                const NAME: &'static str = $name;
            }
        )+
        $(
            impl $crate::platform::queue::Job for $many {
                const NAME: &'static str = $many_name;
            }
        )*

        $(#[$doc])*
        pub static $jobs: &[$handler<$context>] =
            &[$($handler::of::<$job>(),)+ $($handler::of_many::<$many>(),)*];
    };
}

pub use jobs;
