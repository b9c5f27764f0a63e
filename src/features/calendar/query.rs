//! The period that a calendar shows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::pagination::ListQuery;
use crate::platform::time::civil::{Instant, ZoneName, day_of, local_of, on_day, resolve};
use crate::problem::{FieldErrorCode, Problem};
use crate::schedule::window::Window;

/// How long the period is if the client does not say.
const WEEK: TimeDelta = TimeDelta::days(7);
/// The longest period: three months. A change of clocks may make it an hour longer.
const LONGEST: TimeDelta = TimeDelta::hours(92 * 24 + 3);

/// Which part of a calendar to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CalendarQuery {
    /// Only items that are not over at this moment. A date lasts until its end in `time_zone`.
    /// Default: the beginning of today there.
    #[param(inline)]
    pub from: Option<Instant>,
    /// Only items that begin before this moment, at most 92 days after `from`. A date begins at
    /// midnight in `time_zone`. Default: a week after `from`.
    #[param(inline)]
    pub to: Option<Instant>,
    /// The time zone whose days count. Default: your own.
    #[param(inline)]
    pub time_zone: Option<ZoneName>,
    /// How many items the page has at most. More than 1,000 counts as 1,000.
    #[param(minimum = 1, default = 1000)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the previous page. Leave it out for the first page.
    pub cursor: Option<String>,
}

impl ListQuery for CalendarQuery {
    const DEFAULT: u32 = 1000;
    const MOST: u32 = 1000;

    fn filters(&self) -> String {
        let Self {
            from,
            to,
            time_zone,
            limit: _,
            cursor: _,
        } = self;
        format!("{from:?} {to:?} {time_zone:?}")
    }

    fn limit(&self) -> Option<u32> {
        self.limit
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

impl CalendarQuery {
    /// The period, for a reader who lives in `own_zone`.
    pub(super) fn window(&self, own_zone: &str, now: DateTime<Utc>) -> Result<Window, Problem> {
        let zone = self.time_zone.as_ref().map_or(own_zone, ZoneName::as_str);
        let from = self
            .from
            .map_or_else(|| on_day(day_of(now, zone), 0, zone), |Instant(at)| at);
        let to = self
            .to
            // At the same time of day, also if the clocks change meanwhile.
            .map_or_else(
                || resolve(local_of(from, zone) + WEEK, zone),
                |Instant(at)| at,
            );
        if to - from > LONGEST {
            let detail = "Send a `to` at most 92 days after `from`.";
            return Err(Problem::query("to", FieldErrorCode::OutOfRange, detail));
        }
        Ok(Window::of(Some(Instant(from)), Some(Instant(to)), zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str, zone: &str) -> Result<Window, Problem> {
        let query = CalendarQuery {
            from: at(from),
            to: at(to),
            time_zone: ZoneName::named(zone),
            limit: None,
            cursor: None,
        };
        query.window("Europe/Berlin", "2026-10-22T22:30:00Z".parse().unwrap())
    }

    /// An instant, or none.
    fn at(text: &str) -> Option<Instant> {
        text.parse().ok().map(Instant)
    }

    #[test]
    fn a_calendar_shows_a_week_from_today_on_the_readers_clock() {
        // The clocks change on 25 October.
        for (asked, zone, from, to) in [
            (
                "",
                "Europe/Berlin",
                "2026-10-22T22:00:00Z",
                "2026-10-29T23:00:00Z",
            ),
            (
                "America/New_York",
                "America/New_York",
                "2026-10-22T04:00:00Z",
                "2026-10-29T04:00:00Z",
            ),
        ] {
            let week = window("", "", asked).unwrap();
            assert_eq!(week, Window::of(at(from), at(to), zone));
        }
    }

    #[test]
    fn a_calendar_of_three_months_is_the_longest() {
        // From October to January in Berlin, an hour more than 92 days.
        let october = "2026-09-30T22:00:00Z";
        assert!(window(october, "2026-12-31T23:00:00Z", "").is_ok());
        assert!(window(october, "2027-01-01T23:00:00Z", "").is_err());
        assert!(window("", "2027-06-01T23:00:00Z", "").is_err());
    }
}
