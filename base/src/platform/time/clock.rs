//! The only source of the present time and of new ids, so that a test can set the time. Inside a
//! transaction it is the time of the database, so that several nodes agree on it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, DurationRound, SubsecRound, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use uuid::Uuid;

/// The clock of the server.
#[derive(Clone, Debug)]
pub struct Clock(ClockSource);

#[derive(Clone, Debug)]
enum ClockSource {
    Real,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The clock of the machine and of the database.
    pub fn real() -> Self {
        Self(ClockSource::Real)
    }

    /// A clock that stands still until it is moved.
    pub fn set_to(now: DateTime<Utc>) -> Self {
        Self(ClockSource::Set(Arc::new(Mutex::new(now))))
    }

    /// Moves a clock that was set. It does nothing to the real clock.
    pub fn advance(&self, by: TimeDelta) {
        if let ClockSource::Set(now) = &self.0 {
            *now.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    /// The present time in microseconds, which is what PostgreSQL stores.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else asks"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            ClockSource::Real => Utc::now().trunc_subsecs(6),
            ClockSource::Set(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The start of the present minute. An answer that changes only with time counts in minutes, so
    /// that its entity tag stays valid for up to a minute.
    pub fn minute(&self) -> DateTime<Utc> {
        let now = self.now();
        now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now)
    }

    /// The time of a clock that was set; `None` for the real clock.
    pub(in crate::platform) fn if_set(&self) -> Option<DateTime<Utc>> {
        match &self.0 {
            ClockSource::Real => None,
            ClockSource::Set(_) => Some(self.now()),
        }
    }

    /// The present time of the database, on which nodes with different clocks agree.
    pub async fn at(&self, tx: &impl ConnectionTrait) -> Result<DateTime<Utc>, DbErr> {
        let asks =
            matches!(self.0, ClockSource::Real) && tx.get_database_backend() == DbBackend::Postgres;
        if !asks {
            return Ok(self.now());
        }
        let row = tx
            .query_one_raw(Statement::from_string(
                DbBackend::Postgres,
                "SELECT clock_timestamp()",
            ))
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("the database's clock".into()))?;
        row.try_get_by_index(0)
    }

    /// A new UUIDv7 of the present time.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let at = uuid::Timestamp::from_unix(
            uuid::timestamp::context::ContextV7::new(),
            seconds,
            now.timestamp_subsec_nanos(),
        );
        Id::from(Uuid::new_v7(at))
    }
}
