//! A time that repeats: that of a task or an appointment, on the dates of its series.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use crate::entity::{appointment_series, task_series};
use crate::platform::time::civil::{Day, WallTime};
use crate::schedule::{Due, When};

/// A time as a person entered it, which can be on other dates as well.
pub trait Repeated: Clone + PartialEq + Send + Sync {
    /// Its date, or that of its wall time.
    fn day(&self) -> Option<NaiveDate>;

    /// The same time on another date: the hours on the wall stay.
    #[must_use]
    fn on_day(&self, day: NaiveDate) -> Self;

    /// The time zone of its wall times.
    fn zone(&self) -> Option<&str>;

    /// What a list shows of it, by the rules of the time zone. Dates begin in the circle's zone.
    fn shown(&self, circle_zone: &str) -> InSeries;
}

/// When an occurrence takes place that has no row yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSeries {
    pub on: Option<Day>,
    pub last_on: Option<Day>,
    pub starts_local: Option<WallTime>,
    pub ends_local: Option<WallTime>,
    pub time_zone: Option<String>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    /// What lists sort by, as a row has it.
    pub sort_at: DateTime<Utc>,
    pub begins_at: DateTime<Utc>,
    pub over_at: DateTime<Utc>,
}

/// How many minutes after the start of something else a time starts and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesAfter {
    pub start: i64,
    pub end: Option<i64>,
}

impl Repeated for Due {
    fn day(&self) -> Option<NaiveDate> {
        Due::day(self)
    }

    fn on_day(&self, day: NaiveDate) -> Self {
        Due::on_day(self, day)
    }

    fn zone(&self) -> Option<&str> {
        Due::zone(self)
    }

    fn shown(&self, circle_zone: &str) -> InSeries {
        let instants = self.instants(circle_zone);
        InSeries {
            on: self.on.map(Day),
            last_on: None,
            starts_local: self.from.map(WallTime),
            ends_local: self.local.map(WallTime),
            time_zone: self.zone.clone(),
            starts_at: self.from.map(|_| instants.begins),
            ends_at: instants.due,
            sort_at: instants.sort,
            begins_at: instants.begins,
            over_at: instants.over,
        }
    }
}

impl Repeated for When {
    fn day(&self) -> Option<NaiveDate> {
        let day = self.starts.map(|starts| starts.date());
        day.or(self.on)
    }

    fn on_day(&self, day: NaiveDate) -> Self {
        let later = Repeated::day(self).map(|first| day - first);
        let later = later.unwrap_or_default();
        let moved = |time: NaiveDateTime| time.checked_add_signed(later).unwrap_or(time);
        Self {
            on: self.on.map(|_| day),
            last_on: self
                .last_on
                .map(|last| last.checked_add_signed(later).unwrap_or(last)),
            starts: self.starts.map(moved),
            ends: self.ends.map(moved),
            zone: self.zone.clone(),
        }
    }

    fn zone(&self) -> Option<&str> {
        When::zone(self)
    }

    fn shown(&self, circle_zone: &str) -> InSeries {
        let instants = self.instants(circle_zone);
        InSeries {
            on: self.on.map(Day),
            last_on: self.last_on.map(Day),
            starts_local: self.starts.map(WallTime),
            ends_local: self.ends.map(WallTime),
            time_zone: self.zone.clone(),
            starts_at: instants.starts,
            ends_at: instants.ends,
            sort_at: instants.sort,
            begins_at: instants.sort,
            over_at: instants.over,
        }
    }
}

impl When {
    /// The time of the first occurrence of a series.
    pub fn of_series(row: &appointment_series::Model) -> Self {
        Self {
            on: row.starts_on,
            last_on: row.ends_on,
            starts: row.starts_local,
            ends: row.ends_local,
            zone: row.time_zone.clone(),
        }
    }

    /// The wall time from which the times of its needs are counted: its start, or the beginning of
    /// its date.
    fn origin(&self) -> NaiveDateTime {
        let day = || self.on.unwrap_or_default().and_time(NaiveTime::MIN);
        self.starts.unwrap_or_else(day)
    }

    /// How many minutes after its start another time starts and ends; `None` if it is the same time.
    pub fn minutes_to(&self, other: &Self) -> Option<MinutesAfter> {
        if self == other {
            return None;
        }
        let minutes = |time: NaiveDateTime| (time - self.origin()).num_minutes();
        Some(MinutesAfter {
            start: minutes(other.starts?),
            end: other.ends.map(minutes),
        })
    }

    /// The time that starts and ends so many minutes after its start.
    #[must_use]
    pub fn after(&self, minutes: MinutesAfter, circle_zone: &str) -> Self {
        let later = |minutes: i64| {
            let moved = TimeDelta::try_minutes(minutes)
                .and_then(|later| self.origin().checked_add_signed(later));
            moved.unwrap_or_else(|| self.origin())
        };
        Self {
            on: None,
            last_on: None,
            starts: Some(later(minutes.start)),
            ends: minutes.end.map(later),
            zone: Some(self.zone.clone().unwrap_or_else(|| circle_zone.to_owned())),
        }
    }

    /// Its local start, and its local end.
    pub fn local(&self) -> (Option<WallTime>, Option<WallTime>) {
        (self.starts.map(WallTime), self.ends.map(WallTime))
    }

    /// Writes what a person entered to the row of a series.
    pub fn write_to_series(&self, row: &mut appointment_series::ActiveModel) {
        row.starts_on = Set(self.on);
        row.ends_on = Set(self.last_on);
        row.starts_local = Set(self.starts);
        row.ends_local = Set(self.ends);
        row.time_zone = Set(self.zone.clone());
    }
}

impl Due {
    /// The due time of the first occurrence of a series.
    pub fn of_series(row: &task_series::Model) -> Self {
        Self {
            on: row.due_on,
            local: row.due_local,
            from: row.starts_local,
            zone: row.time_zone.clone(),
        }
    }

    /// Writes what a person entered to the row of a series.
    pub fn write_to_series(&self, row: &mut task_series::ActiveModel) {
        row.due_on = Set(self.on);
        row.due_local = Set(self.local);
        row.starts_local = Set(self.from);
        row.time_zone = Set(self.zone.clone());
    }
}
