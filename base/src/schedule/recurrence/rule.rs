//! The parts of a recurrence rule, and how they are written.

use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};

/// How often a rule repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Frequency {
    pub const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Monthly, Self::Yearly];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}

/// The days of a week, and their names in a rule.
pub(super) const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

fn name_of(weekday: Weekday) -> &'static str {
    let index = weekday.num_days_from_monday() as usize;
    WEEKDAYS.get(index).map_or("MO", |(_, name)| name)
}

/// A value of `BYDAY`: a day of the week, or the one with this number in the month. Negative
/// numbers count from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DayOfWeek {
    pub number: Option<i32>,
    pub weekday: Weekday,
}

/// When a rule ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Never,
    /// After so many dates.
    Count(u32),
    /// On this date at the latest.
    Until(NaiveDate),
}

/// A rule. Its lists are sorted, and have each value once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub frequency: Frequency,
    pub interval: u32,
    pub days: Vec<DayOfWeek>,
    pub month_days: Vec<i32>,
    pub months: Vec<u32>,
    pub positions: Vec<i32>,
    pub week_start: Weekday,
    pub end: End,
}

impl Rule {
    /// What a text that is no rule counts as.
    pub fn without_dates() -> Self {
        Self {
            frequency: Frequency::Daily,
            interval: 1,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
            end: End::Until(NaiveDate::MIN),
        }
    }

    /// Writes down what the rule takes from its first date.
    pub fn complete(&mut self, first: NaiveDate) {
        let names_a_day = !self.days.is_empty() || !self.month_days.is_empty();
        if names_a_day {
            return;
        }
        match self.frequency {
            Frequency::Daily => {}
            Frequency::Weekly => self.days.push(DayOfWeek {
                number: None,
                weekday: first.weekday(),
            }),
            Frequency::Monthly => self.month_days.push(day_in_month(first)),
            Frequency::Yearly => {
                if self.months.is_empty() {
                    self.months.push(first.month());
                }
                self.month_days.push(day_in_month(first));
            }
        }
    }

    /// Sorts its lists, takes out what is there twice, and takes out a start of the week that
    /// changes nothing.
    pub fn tidy(&mut self) {
        let from_the_start = |number: i32| (number < 0, number.unsigned_abs());
        self.days.sort_by_key(|day| {
            let number = day.number.unwrap_or(0);
            (from_the_start(number), day.weekday.num_days_from_monday())
        });
        self.days.dedup();
        self.month_days.sort_by_key(|day| from_the_start(*day));
        self.month_days.dedup();
        self.months.sort_unstable();
        self.months.dedup();
        self.positions.sort_by_key(|place| from_the_start(*place));
        self.positions.dedup();
        let counts_weeks = self.interval > 1 || !self.positions.is_empty();
        if self.frequency != Frequency::Weekly || !counts_weeks {
            self.week_start = Weekday::Mon;
        }
    }
}

fn day_in_month(date: NaiveDate) -> i32 {
    i32::try_from(date.day()).unwrap_or(1)
}

impl fmt::Display for DayOfWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.number {
            write!(f, "{number}")?;
        }
        f.write_str(name_of(self.weekday))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.frequency.as_str())?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        write_list(f, "BYMONTH", &self.months)?;
        write_list(f, "BYMONTHDAY", &self.month_days)?;
        write_list(f, "BYDAY", &self.days)?;
        write_list(f, "BYSETPOS", &self.positions)?;
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(date) => write!(f, ";UNTIL={}", date.format("%Y%m%d"))?,
        }
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", name_of(self.week_start))?;
        }
        Ok(())
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    values: &[T],
) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        match index {
            0 => write!(f, ";{name}={value}")?,
            _ => write!(f, ",{value}")?,
        }
    }
    Ok(())
}
