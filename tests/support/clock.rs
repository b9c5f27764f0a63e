//! Real time, which is all that a real server goes by: waiting for an event
//! until a deadline, and the full minutes at which reminders fire.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::Uuid;

const GLANCE: Duration = Duration::from_millis(50);

/// Looks again and again until there is something to see; at the deadline the test is over.
pub fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "not within {limit:?}: {what}");
        thread::sleep(GLANCE);
    }
}

/// Like [`within`], for what is either so or not.
pub fn until(limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    within(limit, what, || is_so().then_some(()));
}

#[expect(
    clippy::disallowed_methods,
    reason = "nobody sets a real server's clock"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// An id as an app makes them.
#[expect(
    clippy::disallowed_methods,
    reason = "nobody sets a real server's clock"
)]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The next full minute that is further away than `ahead`.
pub fn full_minute_after(ahead: TimeDelta) -> DateTime<Utc> {
    let minute = TimeDelta::minutes(1);
    (now() + ahead).duration_trunc(minute).unwrap() + minute
}
