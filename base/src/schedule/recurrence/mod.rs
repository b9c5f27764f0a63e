//! Recurrence rules: on which dates something repeats.
//!
//! A series repeats on *dates*. The time of day and the time zone stand beside the rule, and
//! [`resolve`](crate::platform::time::civil::resolve) makes an instant of each date. So a clock
//! change never moves a series to another date or leaves an occurrence out.
//!
//! # The subset
//!
//! A rule is an `RRULE` of RFC 5545 with these parts:
//!
//! | Part | Values |
//! |---|---|
//! | `FREQ` | `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`. Each rule has it |
//! | `INTERVAL` | 1 to 999 |
//! | `BYDAY` | `MO` to `SU`. With `MONTHLY`, and with `YEARLY` and `BYMONTH`, also the first to fifth of the month, like `2TU`, or counted from its end, like `-1FR` |
//! | `BYMONTHDAY` | 1 to 31, or -1 to -31 counted from the end of the month. Not with `WEEKLY` |
//! | `BYMONTH` | 1 to 12 |
//! | `BYSETPOS` | 1 to 366, or -1 to -366 counted from the end: which dates of each day, week, month or year. Only together with another `BY` part |
//! | `COUNT` | 1 to 1000: how many dates there are |
//! | `UNTIL` | the last date on which it can be. A time of day after it is cut off. Not together with `COUNT` |
//! | `WKST` | the first day of a week. Default: `MO` |
//!
//! ```text
//! FREQ=DAILY                                  every day
//! FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH          Monday and Thursday of every other week
//! FREQ=MONTHLY;BYMONTHDAY=31                  the last day of every month
//! FREQ=MONTHLY;BYDAY=1MO                      the first Monday of every month
//! FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1   the last weekday of every month
//! FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29         29 February, in other years 28 February
//! ```
//!
//! # Short months
//!
//! A day of the month that a month does not have becomes the nearest day that it has: monthly on
//! the 31st is also on 30 April and 28 or 29 February, as with `SKIP=BACKWARD` of RFC 7529. RFC
//! 5545 alone would leave out the month, and a pill or a visit with it. Days that become the same
//! date are that date once. Of the days counted from the end, -31 is the first of a short month.
//!
//! # One spelling
//!
//! [`Recurrence::parse`] also writes down what the rule takes from its first date: `FREQ=MONTHLY`
//! from 31 January becomes `FREQ=MONTHLY;BYMONTHDAY=31`. So a part of a series that begins on
//! 28 February still repeats on the 31st. Two rules with the same meaning mostly have the same
//! text.
//!
//! # Bounds
//!
//! The text has at most 200 characters, an expansion at most [`MOST_DATES`] dates, and no date lies
//! after the year 2199. Whatever the rule is, an expansion takes a few milliseconds: it
//! looks at each day of the years that it covers once at most. Nothing here reads a clock.

mod expand;
mod fault;
mod read;
mod rule;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use self::expand::Expansion;
pub use self::fault::RecurrenceFault;
use self::rule::{End, Rule};

/// The largest number of dates that one expansion returns.
pub const MOST_DATES: usize = 1000;

/// A recurrence rule in its one spelling, like `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    text: String,
    rule: Rule,
}

impl Recurrence {
    /// Reads a rule for a series whose first date is `first`. `RRULE:` before it, small letters and
    /// blanks are fine. The first date must be one of the dates of the rule.
    pub fn parse(text: &str, first: NaiveDate) -> Result<Self, RecurrenceFault> {
        let mut rule = read::read(text)?;
        rule.complete(first);
        check_first(&rule, first)?;
        Ok(Self::of(rule))
    }

    /// Reads the text of a row, which [`Self::as_str`] has written. Any other text has no dates.
    pub fn of_row(text: &str) -> Self {
        let rule = read::read(text).unwrap_or_else(|_| Rule::without_dates());
        Self {
            text: text.to_owned(),
            rule,
        }
    }

    fn of(rule: Rule) -> Self {
        Self {
            text: rule.to_string(),
            rule,
        }
    }

    /// The rule in its one spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The dates from `from` to `until`, both included, in their order: at most `limit`, and at
    /// most [`MOST_DATES`]. The series begins on `first`, and `COUNT` counts from there.
    pub fn dates(
        &self,
        first: NaiveDate,
        from: NaiveDate,
        until: NaiveDate,
        limit: usize,
    ) -> Vec<NaiveDate> {
        let limit = limit.min(MOST_DATES);
        let expansion = Expansion::of(&self.rule, first);
        expansion.between(from, until).take(limit).collect()
    }

    /// The last date, if the rule ends. `None` also if it has no date at all.
    pub fn last(&self, first: NaiveDate) -> Option<NaiveDate> {
        let expansion = Expansion::of(&self.rule, first);
        match self.rule.end {
            End::Never => None,
            End::Count(_) => expansion.between(first, NaiveDate::MAX).last(),
            End::Until(until) => expansion.last_until(until),
        }
    }

    /// The same rule, ending before a date. Of a rule with `COUNT`, it counts the dates before it.
    #[must_use]
    pub fn ended_before(&self, first: NaiveDate, date: NaiveDate) -> Self {
        let mut rule = self.rule.clone();
        let eve = date.pred_opt().unwrap_or(date);
        rule.end = match self.rule.end {
            End::Never => End::Until(eve),
            End::Until(until) => End::Until(until.min(eve)),
            End::Count(_) => counted(self.count_before(first, date), eve),
        };
        Self::of(rule)
    }

    /// The rest of the rule from a date on, for a series that begins on the first date of this one
    /// that is not before `date`. Of a rule with `COUNT`, it counts what is left.
    #[must_use]
    pub fn continued_from(&self, first: NaiveDate, date: NaiveDate) -> Self {
        let mut rule = self.rule.clone();
        if let End::Count(count) = self.rule.end {
            let left = count.saturating_sub(self.count_before(first, date));
            rule.end = counted(left, date.pred_opt().unwrap_or(date));
        }
        Self::of(rule)
    }

    /// How many dates a series has before a date.
    fn count_before(&self, first: NaiveDate, date: NaiveDate) -> u32 {
        let eve = date.pred_opt().unwrap_or(date);
        let before = Expansion::of(&self.rule, first).between(first, eve).count();
        u32::try_from(before).unwrap_or(u32::MAX)
    }
}

/// An end after so many dates. No rule counts to zero: it ends on the `eve` of its beginning.
fn counted(count: u32, eve: NaiveDate) -> End {
    if count == 0 {
        End::Until(eve)
    } else {
        End::Count(count)
    }
}

/// Refuses a rule that has no dates near `first`, and a `first` that is none of its dates.
fn check_first(rule: &Rule, first: NaiveDate) -> Result<(), RecurrenceFault> {
    if let End::Until(until) = rule.end
        && until < first
    {
        return Err(RecurrenceFault::EndsBeforeFirst);
    }
    let expansion = Expansion::of(rule, first);
    if expansion.between(first, first).next().is_some() {
        return Ok(());
    }
    match expansion.nearest() {
        Some(nearest) => Err(RecurrenceFault::FirstIsNotADate { nearest }),
        None => Err(RecurrenceFault::HasNoDates),
    }
}
