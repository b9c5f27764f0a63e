//! When a task is due: on a date, at a wall time, between two wall times, or never.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;

use crate::entity::task;
use crate::platform::time::civil::{
    Day, WallTime, ZoneName, end_of_day, over_after, over_everywhere, resolve, resolve_span,
};
use crate::problem::{FieldError, FieldErrorCode};

/// A date that sorts after every real date.
const NEVER: i64 = 253_402_300_799;

/// The instant that lists use to sort tasks without a due time.
pub fn never() -> DateTime<Utc> {
    DateTime::from_timestamp(NEVER, 0).unwrap_or_default()
}

/// A due time as a person entered it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    pub(crate) on: Option<NaiveDate>,
    pub(crate) local: Option<NaiveDateTime>,
    pub(crate) from: Option<NaiveDateTime>,
    pub(crate) zone: Option<String>,
}

/// The due time in a PATCH body. `Some(None)` clears a field.
#[derive(Clone, Debug, Default)]
pub struct DueChange {
    pub on: Option<Option<Day>>,
    pub local: Option<Option<WallTime>>,
    pub from: Option<Option<WallTime>>,
    pub zone: Option<ZoneName>,
}

impl Due {
    /// Reads the due time of a body. Wall times without a zone are in `default_zone`.
    pub fn chosen(
        on: Option<Day>,
        local: Option<WallTime>,
        from: Option<WallTime>,
        zone: Option<ZoneName>,
        default_zone: &str,
    ) -> Result<Self, Vec<FieldError>> {
        Self {
            on: on.map(|Day(day)| day),
            local: local.map(|WallTime(time)| time),
            from: from.map(|WallTime(time)| time),
            zone: Some(zone.map_or_else(|| default_zone.to_owned(), String::from)),
        }
        .checked()
    }

    /// Reads the due time of a task's row.
    pub fn of_row(row: &task::Model) -> Self {
        Self {
            on: row.due_on,
            local: row.due_local,
            from: row.starts_local,
            zone: row.time_zone.clone(),
        }
    }

    /// The date on which it is due.
    pub fn day(&self) -> Option<NaiveDate> {
        self.local.map(|local| local.date()).or(self.on)
    }

    /// The time zone of its wall times.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The same due time on another date: the hours on the wall stay.
    #[must_use]
    pub fn on_day(&self, day: NaiveDate) -> Self {
        let later = self.day().map_or(TimeDelta::zero(), |first| day - first);
        let moved = |time: NaiveDateTime| time.checked_add_signed(later).unwrap_or(time);
        Self {
            on: self.on.map(|_| day),
            local: self.local.map(moved),
            from: self.from.map(moved),
            zone: self.zone.clone(),
        }
    }

    /// Applies a patch. A date replaces the wall time, and a wall time replaces the date.
    pub fn changed(&self, change: DueChange, default_zone: &str) -> Result<Self, Vec<FieldError>> {
        let mut due = self.clone();
        if let Some(on) = change.on {
            due.on = on.map(|Day(day)| day);
            if on.is_some() && change.local.is_none() {
                due.local = None;
            }
        }
        if let Some(local) = change.local {
            due.local = local.map(|WallTime(time)| time);
            if local.is_some() && change.on.is_none() {
                due.on = None;
            }
        }
        if let Some(from) = change.from {
            due.from = from.map(|WallTime(time)| time);
        } else if due.local.is_none() {
            due.from = None;
        }
        if let Some(zone) = change.zone {
            due.zone = Some(zone.into());
        }
        due.zone.get_or_insert_with(|| default_zone.to_owned());
        due.checked()
    }

    /// What is wrong with the fields of a due time, each fault at its field.
    pub fn faults(
        on: Option<Day>,
        local: Option<WallTime>,
        from: Option<WallTime>,
    ) -> Vec<FieldError> {
        let due = Self {
            on: on.map(|Day(day)| day),
            local: local.map(|WallTime(time)| time),
            from: from.map(|WallTime(time)| time),
            zone: None,
        };
        due.own_faults()
    }

    fn own_faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.on.is_some() && self.local.is_some() {
            let detail = "Send due_on or due_local, not both.";
            errors.push(FieldError::new(
                "/due_on",
                FieldErrorCode::DateAndTime,
                detail,
            ));
        }
        match (self.from, self.local) {
            (Some(_), None) => {
                let detail = "Send due_local as well: starts_local needs an end.";
                errors.push(FieldError::new(
                    "/starts_local",
                    FieldErrorCode::StartWithoutDue,
                    detail,
                ));
            }
            (Some(from), Some(local)) if from > local => {
                let detail = "Send a starts_local that is not after due_local.";
                errors.push(FieldError::new(
                    "/starts_local",
                    FieldErrorCode::StartAfterEnd,
                    detail,
                ));
            }
            _ => {}
        }
        errors
    }

    fn checked(mut self) -> Result<Self, Vec<FieldError>> {
        let errors = self.own_faults();
        if self.local.is_none() {
            self.zone = None;
        }
        if errors.is_empty() {
            Ok(self)
        } else {
            Err(errors)
        }
    }

    /// Whether it has a start as well.
    pub fn has_start(&self) -> bool {
        self.from.is_some()
    }

    /// The instant from which it is in the past; none without a due time.
    pub fn over_at(&self, circle_zone: &str) -> Option<DateTime<Utc>> {
        let is_timed = self.on.is_some() || self.local.is_some();
        is_timed.then(|| self.instants(circle_zone).over)
    }

    /// Computes the instants by the rules of the time zone.
    pub fn instants(&self, circle_zone: &str) -> DueInstants {
        let zone = self.zone.as_deref().unwrap_or(circle_zone);
        match (self.from, self.local, self.on) {
            (Some(from), Some(local), _) => {
                let (begins_at, due_at) = resolve_span(from, local, zone);
                DueInstants::of(begins_at, due_at)
            }
            (_, Some(local), _) => {
                let due_at = resolve(local, zone);
                DueInstants::of(due_at, due_at)
            }
            (.., Some(day)) => DueInstants {
                due: None,
                begins: day.and_time(NaiveTime::MIN).and_utc(),
                // The last second of the date, which is still on that date.
                sort: end_of_day(day, circle_zone) - TimeDelta::seconds(1),
                over: over_everywhere(day),
            },
            (.., None) => DueInstants {
                due: None,
                begins: never(),
                sort: never(),
                over: never(),
            },
        }
    }

    /// Writes it to a row, with the computed instants.
    pub fn write_to(&self, row: &mut task::ActiveModel, circle_zone: &str) {
        let instants = self.instants(circle_zone);
        row.due_on = Set(self.on);
        row.due_local = Set(self.local);
        row.starts_local = Set(self.from);
        row.time_zone = Set(self.zone.clone());
        row.due_at = Set(instants.due);
        row.begins_at = Set(instants.begins);
        row.sort_at = Set(instants.sort);
        row.over_at = Set(instants.over);
    }
}

/// What is stored beside a wall time or a date, because a database does not know time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueInstants {
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) begins: DateTime<Utc>,
    pub(crate) sort: DateTime<Utc>,
    pub(crate) over: DateTime<Utc>,
}

impl DueInstants {
    fn of(begins_at: DateTime<Utc>, due_at: DateTime<Utc>) -> Self {
        Self {
            due: Some(due_at),
            begins: begins_at,
            sort: due_at,
            over: over_after(begins_at, Some(due_at)),
        }
    }

    /// Reads the instants of a task's row.
    pub fn of_row(row: &task::Model) -> Self {
        Self {
            due: row.due_at,
            begins: row.begins_at,
            sort: row.sort_at,
            over: row.over_at,
        }
    }
}
