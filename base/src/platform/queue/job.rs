//! A job, and how it can fail.

use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ends::Ends;
use super::leases::Leased;
use crate::problem::Problem;

/// A job in the queue: a struct of ids. The words of an email are read when the email is written,
/// so that nothing private waits in the queue.
///
/// Only the list in `background.rs` implements this trait. So a job that no handler would run
/// cannot be enqueued: it does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a job of this server",
    note = "add it to the list `JOBS` in src/background.rs"
)]
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the table. Do not change it: jobs wait under this name while a new version is
    /// installed.
    const NAME: &'static str;
}

/// Does a job. `C` is the context, which the queue only passes on.
pub trait Run<C>: Job {
    /// Does the job. It may run again although it succeeded, if its result was not recorded. So
    /// everything that leaves the server carries the id of the lease: a second copy of an email can
    /// then be told from a second email.
    fn run(&self, context: &C, lease: &Leased) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Records, where people can see it, that the job will never be done.
    fn give_up(
        &self,
        _context: &C,
        _lease: &Leased,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        std::future::ready(Ok(()))
    }
}

/// Does many jobs of one type together, so that they share the statements that read for them and
/// record for them. It is for a type of which very many can be due in one minute.
pub trait RunMany<C>: Job {
    /// Does the jobs, and reports the end of each as soon as it is known. As in [`Run::run`], each
    /// may run again although it succeeded. A job whose end is not reported counts as failed.
    fn run_many(
        context: &C,
        jobs: Vec<(Self, Leased)>,
        ends: &Ends,
    ) -> impl Future<Output = ()> + Send;

    /// As [`Run::give_up`].
    fn give_up(
        &self,
        context: &C,
        lease: &Leased,
    ) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// A job as the table stores it: `{"kind":"mail_reminder","circle_id":…}`. Equal jobs are equal
/// texts.
#[derive(Serialize)]
struct Payload<'a, J> {
    kind: &'static str,
    #[serde(flatten)]
    job: &'a J,
}

/// The text of a job for the table.
pub(super) fn payload_of<J: Job>(job: &J) -> serde_json::Result<String> {
    let kind = J::NAME;
    serde_json::to_string(&Payload { kind, job })
}

/// The name of a stored job, or `unknown`.
pub(super) fn kind_of(payload: &str) -> String {
    #[derive(Deserialize)]
    struct Named {
        kind: String,
    }
    let named = serde_json::from_str::<Named>(payload);
    named.map_or_else(|_| "unknown".to_owned(), |named| named.kind)
}

/// The circle of a stored job, if it is about one.
pub(super) fn lane_of(payload: &str) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct InCircle {
        circle_id: Uuid,
    }
    let in_circle = serde_json::from_str::<InCircle>(payload);
    in_circle.ok().map(|job| job.circle_id)
}

/// Why a job did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// Try again. This counts as an attempt.
    Retry(anyhow::Error),
    /// Try again after longer and longer pauses, for as long as the job is of use. The mail server
    /// refuses, which says nothing about this job.
    Wait(anyhow::Error),
    /// Try again after a pause. The mail server is away, which says nothing about this job.
    Postpone(anyhow::Error),
    /// Do not try again: the job can never succeed.
    GiveUp(anyhow::Error),
}

impl Failure {
    /// What went wrong.
    pub fn error(&self) -> &anyhow::Error {
        match self {
            Self::Retry(error)
            | Self::Wait(error)
            | Self::Postpone(error)
            | Self::GiveUp(error) => error,
        }
    }

    /// The same failure, with words before its error. A job that is given up needs none.
    #[must_use]
    pub fn after(self, words: &'static str) -> Self {
        match self {
            Self::Retry(error) => Self::Retry(error.context(words)),
            Self::Wait(error) => Self::Wait(error.context(words)),
            Self::Postpone(error) => Self::Postpone(error.context(words)),
            Self::GiveUp(error) => Self::GiveUp(error),
        }
    }
}

/// How often a job is tried before it is dead.
pub const MAX_ATTEMPTS: i32 = 10;

/// How many refusals are counted as attempts at most. A job that fails for another reason
/// afterwards still has attempts left.
pub const MOST_REFUSALS: i32 = 5;

/// How long to wait after the given number of attempts: 1, 5, 15, 30, then 60 minutes.
pub fn backoff(attempts: i32) -> TimeDelta {
    TimeDelta::minutes(match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 30,
        _ => 60,
    })
}

/// How long to wait for a server that is away: a twentieth of the time that the job has waited
/// already, but at least one minute and at most half an hour.
pub fn wait_for_outage(waited: TimeDelta) -> TimeDelta {
    (waited / 20).clamp(TimeDelta::minutes(1), TimeDelta::minutes(30))
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Unavailable => Self::Postpone(anyhow::anyhow!("the database is busy")),
            Problem::NotFound => Self::GiveUp(anyhow::anyhow!("its subject does not exist")),
            Problem::Internal(error) => Self::Retry(error.into_error()),
            other => Self::Retry(anyhow::anyhow!("{other:?}")),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    #[track_caller]
    fn from(error: sea_orm::DbErr) -> Self {
        Problem::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct WaterPlants {
        house_id: Uuid,
        room: u8,
    }

    impl Job for WaterPlants {
        const NAME: &'static str = "water_plants";
    }

    #[test]
    fn a_job_is_kept_under_its_name_and_read_again() {
        let job = WaterPlants {
            house_id: Uuid::nil(),
            room: 3,
        };
        let payload = payload_of(&job).unwrap();
        let expected =
            r#"{"kind":"water_plants","house_id":"00000000-0000-0000-0000-000000000000","room":3}"#;
        assert_eq!(payload, expected);
        assert_eq!(kind_of(&payload), "water_plants");
        assert_eq!(lane_of(&payload), None);
        let circle = r#"{"kind":"mail","circle_id":"00000000-0000-0000-0000-000000000000"}"#;
        assert_eq!(lane_of(circle), Some(Uuid::nil()));
        assert_eq!(serde_json::from_str::<WaterPlants>(&payload).unwrap(), job);
    }

    #[test]
    fn a_payload_without_a_name_is_of_an_unknown_job() {
        for payload in ["", "{}", "[]", r#"{"kind":7}"#] {
            assert_eq!(kind_of(payload), "unknown", "{payload}");
        }
    }
}
