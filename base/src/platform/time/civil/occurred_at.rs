//! The field `occurred_at`: when something happened. The device that sends it may have been
//! offline, or its clock may be wrong.

use chrono::{DateTime, TimeDelta, Utc};

use super::Instant;
use crate::problem::{FieldErrorCode, Problem};

/// How far the clock of a device may be ahead. A time within this limit counts as now.
const AHEAD: TimeDelta = TimeDelta::minutes(15);
/// How far `occurred_at` may lie before the creation. A device that was offline may create a thing
/// long after it was done; then the time of the creation counts. An earlier time means that the
/// clock is wrong.
const OFFLINE: TimeDelta = TimeDelta::days(30);

impl Instant {
    /// The instant that `occurred_at` stands for: not in the future, and not before `made_at`, when
    /// the thing was created. A time that is too far off is refused.
    pub fn check_occurrence(
        self,
        made_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, Problem> {
        let refuse = |code, detail| Problem::field("/occurred_at", code, detail);
        if self.0 > now + AHEAD {
            let detail =
                "This is in the future. Check the clock of the device, or leave `occurred_at` out.";
            return Err(refuse(FieldErrorCode::InTheFuture, detail));
        }
        if self.0 < made_at - OFFLINE {
            let detail = "This is over 30 days before the creation. Check the clock of the device, or leave `occurred_at` out.";
            return Err(refuse(FieldErrorCode::BeforeCreation, detail));
        }
        Ok(self.0.max(made_at).min(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_ahead_count_as_now_and_nothing_happens_before_it_was_made() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (made_at, now) = (at("2026-12-01T08:00:00Z"), at("2026-12-01T12:00:00Z"));
        let happened = |text: &str| Instant(at(text)).check_occurrence(made_at, now).ok();
        assert_eq!(
            happened("2026-12-01T10:00:00Z"),
            Some(at("2026-12-01T10:00:00Z"))
        );
        assert_eq!(happened("2026-12-01T12:00:05Z"), Some(now));
        assert_eq!(happened("2026-12-01T12:15:00Z"), Some(now));
        assert_eq!(happened("2026-12-01T12:15:01Z"), None);
        assert_eq!(happened("2026-12-01T07:59:59Z"), Some(made_at));
        assert_eq!(happened("2026-11-01T08:00:00Z"), Some(made_at));
        assert_eq!(happened("2026-11-01T07:59:59Z"), None);
        assert_eq!(happened("1970-01-01T00:00:00Z"), None);
    }
}
