//! Runs the jobs of one type, which is found by the name in the table.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::job::{Failure, Run};
use super::leases::Leased;

/// Runs the jobs with one name.
pub struct Handler<C> {
    name: &'static str,
    handle: for<'a> fn(&'a C, &'a Leased) -> BoxFuture<'a, Result<(), Failure>>,
}

impl<C: Sync> Handler<C> {
    /// The handler of a type of job.
    pub const fn of<J: Run<C>>() -> Self {
        Self {
            name: J::NAME,
            handle: run_to_its_end::<C, J>,
        }
    }

    /// The name of its jobs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs a job that was leased.
    pub(super) async fn handle(&self, context: &C, lease: &Leased) -> Result<(), Failure> {
        (self.handle)(context, lease).await
    }
}

/// Reads the job and runs it. After the last failure, the job records that it will not be done.
fn run_to_its_end<'a, C: Sync, J: Run<C>>(
    context: &'a C,
    lease: &'a Leased,
) -> BoxFuture<'a, Result<(), Failure>> {
    async move {
        let job: J =
            serde_json::from_str(&lease.payload).map_err(|error| Failure::GiveUp(error.into()))?;
        let run = std::panic::AssertUnwindSafe(job.run(context, lease));
        let caught = run.catch_unwind().await;
        let result = caught.unwrap_or_else(|_| Err(Failure::Retry(anyhow::anyhow!("it panicked"))));
        if let Err(failure) = &result
            && lease.ends_with(failure)
        {
            job.give_up(context, lease).await?;
        }
        result
    }
    .boxed()
}

/// Makes the list of all jobs. It gives each its name, and so makes it a
/// [`Job`](crate::platform::queue::Job).
#[macro_export]
macro_rules! jobs {
    (
        $(#[$doc:meta])*
        pub static $jobs:ident: &[$handler:ident<$context:ty>] = {
            $($name:literal => $job:ty,)+
        }
    ) => {
        $(
            impl $crate::platform::queue::Job for $job {
                const NAME: &'static str = $name;
            }
        )+

        $(#[$doc])*
        pub static $jobs: &[$handler<$context>] =
            &[$($handler::of::<$job>(),)+];
    };
}

pub use jobs;
