//! When an appointment or a need is: at a wall time, with or without an end,
//! or all day.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;

use crate::entity::{appointment, need};
use crate::problem::FieldError;
use crate::wall_time::{Day, Moment, WallTime, ZoneName, on_day, resolve};

/// A time, as it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    on: Option<NaiveDate>,
    starts: Option<NaiveDateTime>,
    ends: Option<NaiveDateTime>,
    zone: Option<String>,
}

impl When {
    /// What a body says. Without a zone, wall times are meant in `default_zone`.
    pub fn chosen(
        on: Option<Day>,
        starts: Option<WallTime>,
        ends: Option<WallTime>,
        zone: Option<ZoneName>,
        default_zone: &str,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut refuse = |pointer: &str, code: &str, detail: &str| {
            errors.push(FieldError::new(pointer, code, detail));
        };
        match (on, starts) {
            (None, None) => refuse("/starts_local", "missing", "Give a start or a day."),
            (Some(_), Some(_)) => {
                refuse(
                    "/starts_on",
                    "day_and_time",
                    "Give a day or a start, not both.",
                );
            }
            _ => {}
        }
        match (starts, ends) {
            (None, Some(_)) => refuse("/ends_local", "end_without_start", "It needs a start."),
            (Some(starts), Some(ends)) if ends < starts => {
                refuse("/ends_local", "before_start", "It ends before it starts.");
            }
            _ => {}
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            on: on.map(|Day(day)| day),
            starts: starts.map(|WallTime(time)| time),
            ends: ends.map(|WallTime(time)| time),
            zone: starts.map(|_| zone.map_or_else(|| default_zone.to_owned(), String::from)),
        })
    }

    pub fn of_appointment(row: &appointment::Model) -> Self {
        Self {
            on: row.starts_on,
            starts: row.starts_local,
            ends: row.ends_local,
            zone: row.time_zone.clone(),
        }
    }

    pub fn of_need(row: &need::Model) -> Self {
        Self {
            on: row.starts_on,
            starts: row.starts_local,
            ends: row.ends_local,
            zone: row.time_zone.clone(),
        }
    }

    /// Where its wall times are meant.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// When it ends if it starts at another time and takes as long.
    pub fn end_after_as_long(&self, starts: Option<WallTime>) -> Option<WallTime> {
        let length = self.ends? - self.starts?;
        starts?.0.checked_add_signed(length).map(WallTime)
    }

    /// The same, as much later or earlier as an appointment went from `before`
    /// to `after`; what was exactly the appointment's time stays exactly that.
    #[must_use]
    pub fn following(&self, before: &Self, after: &Self) -> Self {
        if self == before {
            return after.clone();
        }
        let (Some(by), Some(_)) = (before.until(after), self.starts) else {
            return after.clone();
        };
        let shift = |time: Option<NaiveDateTime>| time.and_then(|time| time.checked_add_signed(by));
        Self {
            starts: shift(self.starts),
            ends: shift(self.ends),
            zone: after.zone.clone().or_else(|| self.zone.clone()),
            on: None,
        }
    }

    /// How much later the other is, if both are at a time or both on a day.
    fn until(&self, other: &Self) -> Option<TimeDelta> {
        match (self.starts, other.starts, self.on, other.on) {
            (Some(from), Some(to), ..) => Some(to - from),
            (.., Some(from), Some(to)) => Some(to - from),
            _ => None,
        }
    }

    fn at(&self, local: Option<NaiveDateTime>) -> Option<DateTime<Utc>> {
        let zone = self.zone.as_deref()?;
        local.map(|local| resolve(local, zone))
    }

    /// What lists sort by.
    fn sort_at(&self, circle_zone: &str) -> DateTime<Utc> {
        let day = || self.on.map(|day| on_day(day, 0, circle_zone));
        self.at(self.starts).or_else(day).unwrap_or_default()
    }

    /// Writes it into the row of an appointment, with what is derived from it.
    pub fn write_to_appointment(&self, row: &mut appointment::ActiveModel, circle_zone: &str) {
        row.starts_on = Set(self.on);
        row.starts_local = Set(self.starts);
        row.ends_local = Set(self.ends);
        row.time_zone = Set(self.zone.clone());
        row.starts_at = Set(self.at(self.starts));
        row.ends_at = Set(self.at(self.ends));
        row.sort_at = Set(self.sort_at(circle_zone));
    }

    /// Writes it into the row of a need, with what is derived from it.
    pub fn write_to_need(&self, row: &mut need::ActiveModel, circle_zone: &str) {
        row.starts_on = Set(self.on);
        row.starts_local = Set(self.starts);
        row.ends_local = Set(self.ends);
        row.time_zone = Set(self.zone.clone());
        row.starts_at = Set(self.at(self.starts));
        row.ends_at = Set(self.at(self.ends));
        row.sort_at = Set(self.sort_at(circle_zone));
    }
}

/// The moment of an appointment, as a reader is told it.
pub fn moment_of_appointment(row: &appointment::Model) -> Option<Moment> {
    Moment::of(row.starts_at, row.starts_on)
}

/// The moment of a need, as a reader is told it.
pub fn moment_of_need(row: &need::Model) -> Option<Moment> {
    Moment::of(row.starts_at, row.starts_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(starts: &str, ends: Option<&str>) -> When {
        let time = |text: &str| serde_json::from_value::<WallTime>(text.into()).unwrap();
        When::chosen(
            None,
            Some(time(starts)),
            ends.map(time),
            None,
            "Europe/Berlin",
        )
        .unwrap()
    }

    #[test]
    fn a_need_moves_as_far_as_its_appointment() {
        let before = at("2027-01-02T10:00", Some("2027-01-02T11:00"));
        let after = at("2027-01-03T15:30", Some("2027-01-03T16:30"));
        assert_eq!(before.following(&before, &after), after);
        let ride = at("2027-01-02T09:15", None);
        assert_eq!(
            ride.following(&before, &after),
            at("2027-01-03T14:45", None)
        );
    }
}
