//! What reminders depend on. Each feature makes it from its rows.

use chrono::{DateTime, NaiveDate, Utc};

use crate::entity::reminder::ReminderKind;
use crate::entity::topic_grant::Topic;
use crate::notify::details::Details;
use crate::notify::subject::SubjectId;
use crate::platform::time::civil::{Moment, end_of_day, minutes, resolve};

/// The hour at which something with a date and no time of day counts as due.
const MORNING: u32 = 9;

/// Something with a time, as it is now.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: SubjectId,
    /// The kind of its reminders.
    pub kind: ReminderKind,
    pub topic: Topic,
    /// What it is, for readers who chose to be told.
    pub details: Details,
    /// Counts the moves of the item. A reminder with another number is for a former time.
    pub schedule_version: i32,
    /// Whether it is still to come.
    pub is_on: bool,
    /// How many minutes before its time members are reminded.
    pub offsets: Vec<i32>,
    /// When it begins, as readers are told.
    pub moment: Option<Moment>,
    /// The last date, if it takes several days. A reminder is of no use after the first one.
    pub last_day: Option<NaiveDate>,
    /// Whether it needs more people; `None` if no number of people is needed.
    pub is_uncovered: Option<bool>,
}

impl Item {
    /// The moment that the offsets count back from, and the moment after which a reminder is of
    /// no use.
    pub fn due(&self, zone: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let moment = self.moment?;
        let due = fires_at(moment, 0, zone);
        Some(match moment {
            Moment::At(_) => (due, due),
            Moment::On(day) => (due, end_of_day(day, zone)),
        })
    }
}

/// When a reminder at an offset fires. For a time of day the offset is a length of time. For a date
/// it follows the local clock: a day before means nine o'clock on the day before, even if the
/// clocks change in between.
pub fn fires_at(moment: Moment, offset_minutes: i32, zone: &str) -> DateTime<Utc> {
    match moment {
        Moment::At(at) => at - minutes(offset_minutes),
        Moment::On(day) => {
            let morning = day.and_hms_opt(MORNING, 0, 0).unwrap_or_default();
            resolve(morning - minutes(offset_minutes), zone)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_before_a_date_is_the_same_hour_on_the_wall_over_a_change_of_clocks() {
        let fires = |day: &str, offset| {
            let day = Moment::On(day.parse().unwrap());
            let at = fires_at(day, offset, "Europe/Berlin");
            at.format("%m-%dT%H:%M").to_string()
        };
        assert_eq!(fires("2027-03-28", 1440), "03-27T08:00");
        assert_eq!(fires("2027-03-28", 0), "03-28T07:00");
        assert_eq!(fires("2026-10-25", 1440), "10-24T07:00");
        assert_eq!(fires("2026-10-25", 0), "10-25T08:00");
        // An hour that the clocks leave out moves forward.
        assert_eq!(fires("2027-03-28", 390), "03-28T01:30");
    }

    #[test]
    fn a_day_before_an_hour_is_twenty_four_hours() {
        let at: DateTime<Utc> = "2027-03-28T07:00:00Z".parse().unwrap();
        let fires = fires_at(Moment::At(at), 1440, "Europe/Berlin");
        assert_eq!(fires.to_rfc3339(), "2027-03-27T07:00:00+00:00");
    }
}
