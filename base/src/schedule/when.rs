//! When an appointment or a need takes place: at a wall time, with or without an end, or all day, on
//! one date or several.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::{appointment, need};
use crate::platform::time::civil::{
    Day, Moment, WallTime, ZoneName, end_of_day, on_day, over_after, over_everywhere, resolve,
    resolve_span,
};
use crate::problem::{FieldError, FieldErrorCode};
use crate::schedule::window::TakesPlace;

/// How long something without an end is assumed to take.
pub const WITHOUT_AN_END: TimeDelta = TimeDelta::hours(1);
/// How long something takes at most.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A time as a person entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub(crate) on: Option<NaiveDate>,
    /// The last date, if it takes several days.
    pub(crate) last_on: Option<NaiveDate>,
    pub(crate) starts: Option<NaiveDateTime>,
    pub(crate) ends: Option<NaiveDateTime>,
    pub(crate) zone: Option<String>,
}

/// The time in a PATCH body. `Some(None)` clears a field.
#[derive(Clone, Debug, Default)]
pub struct WhenChange {
    pub on: Option<Option<Day>>,
    pub last_on: Option<Option<Day>>,
    pub starts: Option<Option<WallTime>>,
    pub ends: Option<Option<WallTime>>,
    pub zone: Option<ZoneName>,
}

impl When {
    /// What is wrong with the fields of a time, each fault at its field.
    pub fn faults(
        on: Option<Day>,
        last_on: Option<Day>,
        starts: Option<WallTime>,
        ends: Option<WallTime>,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut refuse = |pointer: &str, code: FieldErrorCode, detail: &str| {
            errors.push(FieldError::new(pointer, code, detail));
        };
        match (on, starts) {
            (None, None) => refuse(
                "/starts_local",
                FieldErrorCode::Required,
                "Send starts_local, or starts_on for a whole day.",
            ),
            (Some(_), Some(_)) => {
                refuse(
                    "/starts_on",
                    FieldErrorCode::DateAndTime,
                    "Send starts_on or starts_local, not both.",
                );
            }
            _ => {}
        }
        match (on, last_on) {
            (None, Some(_)) => refuse(
                "/ends_on",
                FieldErrorCode::EndWithoutStart,
                "Send starts_on as well, or leave ends_on out.",
            ),
            (Some(on), Some(last_on)) if last_on < on => refuse(
                "/ends_on",
                FieldErrorCode::StartAfterEnd,
                "Send an ends_on that is not before starts_on.",
            ),
            (Some(Day(on)), Some(Day(last_on))) if last_on - on >= LONGEST => refuse(
                "/ends_on",
                FieldErrorCode::LastsTooLong,
                "Send an ends_on with which it takes 366 days at most.",
            ),
            _ => {}
        }
        match (starts, ends) {
            (None, Some(_)) => refuse(
                "/ends_local",
                FieldErrorCode::EndWithoutStart,
                "Send starts_local as well, or leave ends_local out.",
            ),
            (Some(starts), Some(ends)) if ends < starts => {
                refuse(
                    "/ends_local",
                    FieldErrorCode::StartAfterEnd,
                    "Send an ends_local that is not before starts_local.",
                );
            }
            (Some(WallTime(starts)), Some(WallTime(ends))) if ends - starts > LONGEST => refuse(
                "/ends_local",
                FieldErrorCode::LastsTooLong,
                "Send an ends_local that is 366 days after starts_local at most.",
            ),
            _ => {}
        }
        errors
    }

    /// Reads the time of a body. Wall times without a zone are in `default_zone`. What ends on the
    /// date on which it starts takes one day.
    pub fn chosen(
        on: Option<Day>,
        last_on: Option<Day>,
        starts: Option<WallTime>,
        ends: Option<WallTime>,
        zone: Option<ZoneName>,
        default_zone: &str,
    ) -> Result<Self, Vec<FieldError>> {
        let errors = Self::faults(on, last_on, starts, ends);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            on: on.map(|Day(day)| day),
            last_on: last_on
                .filter(|last_on| on.is_some_and(|on| on < *last_on))
                .map(|Day(day)| day),
            starts: starts.map(|WallTime(time)| time),
            ends: ends.map(|WallTime(time)| time),
            zone: starts.map(|_| zone.map_or_else(|| default_zone.to_owned(), String::from)),
        })
    }

    /// Applies a patch. A date replaces the wall time, and a wall time replaces the date. With
    /// another start and no end it takes as long as before.
    pub fn changed(&self, change: WhenChange, default_zone: &str) -> Result<Self, Vec<FieldError>> {
        let on = match (change.on, change.starts) {
            (Some(on), _) => on,
            (None, Some(Some(_))) => None,
            (None, _) => self.on.map(Day),
        };
        let starts = match (change.starts, change.on) {
            (Some(starts), _) => starts,
            (None, Some(Some(_))) => None,
            (None, _) => self.starts.map(WallTime),
        };
        let last_on = change
            .last_on
            .unwrap_or_else(|| self.last_day_after_as_long(on));
        let ends = change
            .ends
            .unwrap_or_else(|| self.end_after_as_long(starts));
        let zone = self.zone.as_deref().unwrap_or(default_zone);
        Self::chosen(on, last_on, starts, ends, change.zone, zone)
    }

    /// Reads the time of a row.
    pub fn of<E: Timed>(row: &E::Model) -> Self {
        E::when(row)
    }

    /// The time zone of its wall times.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The end if it starts at another time and takes as long as before.
    pub fn end_after_as_long(&self, starts: Option<WallTime>) -> Option<WallTime> {
        let length = self.ends? - self.starts?;
        starts?.0.checked_add_signed(length).map(WallTime)
    }

    /// The last date if it starts on another date and takes as many days as before.
    pub fn last_day_after_as_long(&self, on: Option<Day>) -> Option<Day> {
        let length = self.last_on? - self.on?;
        let Day(on) = on?;
        on.checked_add_signed(length).map(Day)
    }

    /// The time of a need after its appointment was rescheduled from `before` to `after`: the need
    /// moves by the same span. A need with exactly the appointment's time gets exactly the new
    /// time. If the appointment is all-day before or after, a need with a time of its own only
    /// changes its date.
    #[must_use]
    pub fn following(&self, before: &Self, after: &Self) -> Self {
        if self == before || self.starts.is_none() {
            return after.clone();
        }
        let by = before.until(after);
        let shift = |time: Option<NaiveDateTime>| time.and_then(|time| time.checked_add_signed(by));
        Self {
            starts: shift(self.starts),
            ends: shift(self.ends),
            zone: after.zone.clone().or_else(|| self.zone.clone()),
            on: None,
            last_on: None,
        }
    }

    /// How much later `other` is: in whole days, unless both have a time of day.
    fn until(&self, other: &Self) -> TimeDelta {
        match (self.starts, other.starts) {
            (Some(from), Some(to)) => to - from,
            _ => other.day() - self.day(),
        }
    }

    /// The date on which it starts.
    fn day(&self) -> NaiveDate {
        let day = self.starts.map(|starts| starts.date());
        day.or(self.on).unwrap_or_default()
    }

    /// When it starts, for a reader.
    pub fn moment(&self, circle_zone: &str) -> Option<Moment> {
        Moment::of(self.instants(circle_zone).starts, self.on)
    }

    /// Computes the instants by the rules of the time zone.
    pub fn instants(&self, circle_zone: &str) -> WhenInstants {
        let zone = self.zone.as_deref().unwrap_or(circle_zone);
        match (self.starts, self.ends, self.on) {
            (Some(starts), Some(ends), _) => {
                let (starts_at, ends_at) = resolve_span(starts, ends, zone);
                WhenInstants::of(starts_at, Some(ends_at))
            }
            (Some(starts), None, _) => WhenInstants::of(resolve(starts, zone), None),
            (None, _, on) => {
                let day = on.unwrap_or_default();
                WhenInstants {
                    starts: None,
                    ends: None,
                    sort: on_day(day, 0, circle_zone),
                    over: over_everywhere(self.last_on.unwrap_or(day)),
                }
            }
        }
    }

    /// Writes it to a row, with the computed instants.
    pub fn write_to<E: Timed>(&self, row: &mut E::ActiveModel, circle_zone: &str) {
        E::write(row, self, self.instants(circle_zone));
    }
}

/// What is stored beside a wall time or a date, because a database does not know time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhenInstants {
    pub(crate) starts: Option<DateTime<Utc>>,
    pub(crate) ends: Option<DateTime<Utc>>,
    pub(crate) sort: DateTime<Utc>,
    pub(crate) over: DateTime<Utc>,
}

impl WhenInstants {
    fn of(starts_at: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> Self {
        Self {
            starts: Some(starts_at),
            ends: ends_at,
            sort: starts_at,
            over: over_after(starts_at, ends_at),
        }
    }

    /// Whether it ends later than `other`. Without an end it counts as one hour. A date ends when
    /// it is over.
    pub fn goes_on_after(self, other: Self) -> bool {
        let until = |it: Self| match (it.starts, it.ends) {
            (_, Some(ends)) => ends,
            (Some(starts), None) => starts + WITHOUT_AN_END,
            (None, None) => it.over,
        };
        until(self) > until(other)
    }

    /// Reads the instants of a row.
    pub fn of_row<E: Timed>(row: &E::Model) -> Self {
        E::instants(row)
    }
}

/// A table whose rows have a time that a person entered. `timed!` implements it for the columns
/// `starts_on`, `ends_on`, `starts_local`, `ends_local` and `time_zone`, and for `starts_at`,
/// `ends_at`, `sort_at` and `over_at`, which are computed from them.
pub trait Timed: TakesPlace {
    /// When it ends, if somebody entered an end.
    const ENDS_AT: Self::Column;

    /// The time as a person entered it.
    fn when(row: &Self::Model) -> When;
    /// The stored instants.
    fn instants(row: &Self::Model) -> WhenInstants;
    /// Writes the time and the instants.
    fn write(row: &mut Self::ActiveModel, when: &When, instants: WhenInstants);
}

/// Implements [`Timed`] for a table with the columns that it names.
macro_rules! timed {
    ($entity:ident) => {
        impl $crate::schedule::window::TakesPlace for $crate::entity::$entity::Entity {
            const ON: Self::Column = $crate::entity::$entity::Column::StartsOn;
            const LAST_ON: Option<Self::Column> = Some($crate::entity::$entity::Column::EndsOn);
            const BEGINS_AT: Self::Column = $crate::entity::$entity::Column::SortAt;
            const OVER_AT: Self::Column = $crate::entity::$entity::Column::OverAt;
        }

        impl $crate::schedule::Timed for $crate::entity::$entity::Entity {
            const ENDS_AT: Self::Column = $crate::entity::$entity::Column::EndsAt;

            fn when(row: &Self::Model) -> $crate::schedule::When {
                $crate::schedule::When {
                    on: row.starts_on,
                    last_on: row.ends_on,
                    starts: row.starts_local,
                    ends: row.ends_local,
                    zone: row.time_zone.clone(),
                }
            }

            fn instants(row: &Self::Model) -> $crate::schedule::WhenInstants {
                $crate::schedule::WhenInstants {
                    starts: row.starts_at,
                    ends: row.ends_at,
                    sort: row.sort_at,
                    over: row.over_at,
                }
            }

            fn write(
                row: &mut Self::ActiveModel,
                when: &$crate::schedule::When,
                instants: $crate::schedule::WhenInstants,
            ) {
                row.starts_on = sea_orm::ActiveValue::Set(when.on);
                row.ends_on = sea_orm::ActiveValue::Set(when.last_on);
                row.starts_local = sea_orm::ActiveValue::Set(when.starts);
                row.ends_local = sea_orm::ActiveValue::Set(when.ends);
                row.time_zone = sea_orm::ActiveValue::Set(when.zone.clone());
                row.starts_at = sea_orm::ActiveValue::Set(instants.starts);
                row.ends_at = sea_orm::ActiveValue::Set(instants.ends);
                row.sort_at = sea_orm::ActiveValue::Set(instants.sort);
                row.over_at = sea_orm::ActiveValue::Set(instants.over);
            }
        }
    };
}

timed!(appointment);
timed!(need);

/// When an appointment takes place, for a reader.
pub fn moment_of_appointment(row: &appointment::Model) -> Option<Moment> {
    Moment::of(row.starts_at, row.starts_on)
}

/// When a need takes place, for a reader.
pub fn moment_of_need(row: &need::Model) -> Option<Moment> {
    Moment::of(row.starts_at, row.starts_on)
}

/// The rows that are not over yet. A row without an end counts as one hour.
pub fn is_not_over<E: Timed>(now: DateTime<Utc>) -> Condition {
    let without_end = Condition::all()
        .add(E::ENDS_AT.is_null())
        .add(E::OVER_AT.gt(now - WITHOUT_AN_END));
    let is_not_over = Condition::any().add(E::OVER_AT.gt(now)).add(without_end);
    Condition::all().add(is_not_over)
}

/// The instant from which something at this moment is over. Of something that takes several days,
/// the moment is its last date.
pub fn over_at(
    moment: Option<Moment>,
    ends_at: Option<DateTime<Utc>>,
    zone: &str,
) -> Option<DateTime<Utc>> {
    ends_at.or(moment.map(|moment| match moment {
        Moment::At(at) => at + WITHOUT_AN_END,
        Moment::On(day) => end_of_day(day, zone),
    }))
}

#[cfg(test)]
mod tests;
