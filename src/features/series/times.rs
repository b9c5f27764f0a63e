//! When a series takes place after a change, for everything to come or from a date on.

use chrono::NaiveDate;
use sea_orm::ActiveModelTrait;

use super::repeats::Repeats;
use crate::access::Locked;
use crate::access::change_log::Fields;
use crate::platform::text::RecurrenceText;
use crate::platform::time::civil::Day;
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::Repeated;
use crate::schedule::recurrence::Recurrence;

/// When a series takes place after a change.
pub struct NewTimes<T> {
    pub time: T,
    recurrence: Recurrence,
    first_on: NaiveDate,
    /// The first date of a new series, if it is split.
    pub split_on: Option<NaiveDate>,
}

/// What a request says about the dates of a series.
pub struct NewDates<'a> {
    pub from_on: Option<&'a Day>,
    pub recurrence: Option<&'a RecurrenceText>,
    /// The field with the date of the first occurrence, if it was sent.
    pub first_at: Option<&'static str>,
}

impl<T: Repeated> NewTimes<T> {
    /// Whether its occurrences are at other times than before.
    pub fn is_retimed<S: Repeats<Time = T>>(&self, before: &S::Model) -> bool {
        let old = S::time(before);
        let Some(on) = self.split_on else {
            return self.time != old || self.recurrence.as_str() != S::rule(before);
        };
        let repetition = S::repetition(before);
        let rest = repetition
            .recurrence
            .continued_from(repetition.first_on, on);
        self.time != old.on_day(on) || rest != self.recurrence
    }

    /// Writes them to the row, and notes what is different.
    pub fn write_to<S: Repeats<Time = T>>(
        &self,
        before: &S::Model,
        row: &mut S::ActiveModel,
        fields: &mut Fields,
    ) {
        let note = |fields: &mut Fields| S::TIME_FIELDS.iter().for_each(|name| fields.note(name));
        if self.time != S::time(before) {
            S::write_time(row, &self.time);
            if self.split_on.is_none() {
                note(fields);
            }
        }
        let recurrence = self.recurrence.as_str();
        if self.split_on.is_some() {
            if self.is_retimed::<S>(before) {
                note(fields);
            }
        } else if recurrence != S::rule(before) {
            fields.note("recurrence");
        }
        row.set(S::COLUMNS.recurrence, recurrence.into());
        row.set(
            S::COLUMNS.last_on,
            self.recurrence.last(self.first_on).into(),
        );
    }
}

impl<S: Repeats> Locked<S> {
    /// When the series takes place after the change, or what is wrong with the fields. `change` makes
    /// the new time of the first occurrence from the one before.
    pub fn new_times(
        &self,
        dates: &NewDates<'_>,
        change: impl FnOnce(&S::Time) -> Result<S::Time, Vec<FieldError>>,
    ) -> Result<NewTimes<S::Time>, Problem> {
        let before = S::repetition(&self.row);
        let old = S::time(&self.row);
        let today = before.today(&self.write);
        let from = dates.from_on.map(|Day(from)| (*from).max(today));
        let split_on = match from {
            Some(from) => Some(self.date_from(from)?),
            None => None,
        };
        let old_first_on = before.first_on;
        let split_on = split_on.filter(|on| *on > old_first_on);
        let (base, rule) = match split_on {
            Some(on) => (
                old.on_day(on),
                before.recurrence.continued_from(old_first_on, on),
            ),
            None => (old, before.recurrence),
        };
        let time = change(&base).map_err(Problem::Invalid)?;
        // The date of the series stands for the first date of the new one.
        let time = match split_on {
            Some(on) if time.day() == Some(old_first_on) => time.on_day(on),
            _ => time,
        };
        let first_on = time.day().unwrap_or_default();
        if split_on.is_some() && from.is_some_and(|from| first_on < from) {
            let detail = "The new series cannot begin before from_on. Send a later date.";
            let code = FieldErrorCode::StartAfterEnd;
            return Err(Problem::field("/from_on", code, detail));
        }
        let text = dates
            .recurrence
            .map_or(rule.as_str(), RecurrenceText::as_str);
        let recurrence = if dates.recurrence.is_none() && Some(first_on) == base.day() {
            rule
        } else {
            let first_at = dates.first_at.filter(|_| dates.recurrence.is_none());
            Recurrence::parse(text, first_on).map_err(|fault| {
                let mut error = fault.at(first_at.unwrap_or("/recurrence"));
                if first_at.is_some() {
                    error.detail +=
                        " To repeat it on other dates than before, send recurrence too.";
                }
                Problem::Invalid(vec![error])
            })?
        };
        Ok(NewTimes {
            time,
            recurrence,
            first_on,
            split_on,
        })
    }

    /// The first date of the series from a date on.
    fn date_from(&self, from: NaiveDate) -> Result<NaiveDate, Problem> {
        let repetition = S::repetition(&self.row);
        let dates = repetition
            .recurrence
            .dates(repetition.first_on, from, NaiveDate::MAX, 1);
        dates.first().copied().ok_or_else(|| {
            let detail = "The series has nothing on this date or after it. Send an earlier date.";
            Problem::field("/from_on", FieldErrorCode::NoSuchDate, detail)
        })
    }
}
