//! How fast emails are given to the mail server, for servers that allow only so many a minute.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an email waits for its turn at most. One that would wait longer is tried later.
const PATIENCE: Duration = Duration::from_mins(5);

/// Gives out turns at even intervals.
#[derive(Debug)]
pub(super) struct Pace {
    /// The time between two turns; zero: no limit.
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many turns a minute at most. 0: no limit.
    pub fn new(per_minute: u16) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            gap: minute.checked_div(per_minute.into()).unwrap_or_default(),
            next: Mutex::default(),
        }
    }

    /// Takes the next turn, and returns how long to wait for it. None if that is too long; then no
    /// turn is taken.
    pub fn take_turn(&self, now: Instant) -> Option<Duration> {
        if self.gap.is_zero() {
            return Some(Duration::ZERO);
        }
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        let wait = turn.duration_since(now);
        if wait > PATIENCE {
            return None;
        }
        *next = Some(turn + self.gap);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_at_even_intervals_and_not_too_far_ahead() {
        let pace = Pace::new(2);
        let now = Instant::now();
        let seconds = |wait: Option<Duration>| wait.map(|wait| wait.as_secs());
        for expected in (0..=300).step_by(30) {
            assert_eq!(seconds(pace.take_turn(now)), Some(expected));
        }
        assert_eq!(pace.take_turn(now), None);
        let later = now + Duration::from_mins(1);
        assert_eq!(seconds(pace.take_turn(later)), Some(270));
        let much_later = now + Duration::from_hours(1);
        assert_eq!(seconds(pace.take_turn(much_later)), Some(0));
        assert_eq!(seconds(pace.take_turn(much_later)), Some(30));
    }

    #[test]
    fn without_a_limit_nothing_waits() {
        let pace = Pace::new(0);
        let now = Instant::now();
        for _ in 0..1000 {
            assert_eq!(pace.take_turn(now), Some(Duration::ZERO));
        }
    }
}
