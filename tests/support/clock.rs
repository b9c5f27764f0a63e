//! Real time, because a real server has no other clock: waiting for an event until a deadline,
//! and the full minutes at which reminders fire.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::Uuid;

const GLANCE: Duration = Duration::from_millis(50);

/// Repeats a check until it returns something. The test fails at the deadline.
pub fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(
            Instant::now() < end,
            "this did not happen within {limit:?}: {what}"
        );
        thread::sleep(GLANCE);
    }
}

/// Like [`within`], for a condition.
pub fn until(limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    within(limit, what, || is_so().then_some(()));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock of a real server cannot be set"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// An id as apps create it.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock of a real server cannot be set"
)]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The next full minute that is more than `ahead` away.
pub fn full_minute_after(ahead: TimeDelta) -> DateTime<Utc> {
    let minute = TimeDelta::minutes(1);
    (now() + ahead).duration_trunc(minute).unwrap() + minute
}
