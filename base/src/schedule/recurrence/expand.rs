//! The dates of a recurrence rule.
//!
//! A rule has periods: days, weeks, months or years. Period 0 has the first date in it, and the
//! interval says how far the others are apart. The dates of a period are those of its days that
//! all parts of the rule allow; then `BYSETPOS` chooses some of them. Dates before the first one
//! are left out only after that.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::rule::{End, Frequency, Rule};

/// The years in which dates lie.
const YEARS: std::ops::Range<i32> = 1900..2200;
/// How many days before and after the first date a rule is searched for a date.
const NEAR: u64 = 5 * 366;

/// The dates of a rule whose first date is known.
pub(super) struct Expansion<'a> {
    rule: &'a Rule,
    first: NaiveDate,
    interval: i64,
    days: AllowedDays,
}

impl<'a> Expansion<'a> {
    pub fn of(rule: &'a Rule, first: NaiveDate) -> Self {
        Self {
            rule,
            first,
            interval: i64::from(rule.interval),
            days: AllowedDays::of(rule),
        }
    }

    /// The dates from `from` to `until`, in their order.
    pub fn between(&self, from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let (count, until) = match self.rule.end {
            End::Never => (usize::MAX, until),
            End::Count(count) => (usize::try_from(count).unwrap_or(usize::MAX), until),
            End::Until(last) => (usize::MAX, until.min(last)),
        };
        // What is counted is counted from the beginning. The rest begins where it is asked for.
        let begin = if count == usize::MAX {
            self.number_of(from.max(self.first))
        } else {
            0
        };
        let first = self.first;
        (begin..)
            .map_while(move |number| self.period(number))
            .take_while(move |period| period.start <= until)
            .flat_map(move |period| self.dates_of(period))
            .skip_while(move |date| *date < first)
            .take(count)
            .take_while(move |date| *date <= until)
            .skip_while(move |date| *date < from)
    }

    /// The last date that is not after `until`.
    pub fn last_until(&self, until: NaiveDate) -> Option<NaiveDate> {
        if until < self.first {
            return None;
        }
        let end = NaiveDate::from_ymd_opt(YEARS.end - 1, 12, 31).unwrap_or(until);
        let numbers = (0..=self.number_of(until.min(end))).rev();
        let mut dates = numbers
            .filter_map(|number| self.period(number))
            .flat_map(|period| self.dates_of(period).into_iter().rev());
        dates.find(|date| (self.first..=until).contains(date))
    }

    /// The date of the rule that is nearest to the first date, in either direction, whatever
    /// the interval and the end are.
    pub fn nearest(&self) -> Option<NaiveDate> {
        let every = Self {
            interval: 1,
            days: self.days.clone(),
            ..*self
        };
        let first = every.first;
        let latest = first.checked_add_days(Days::new(NEAR))?;
        let earliest = first.checked_sub_days(Days::new(NEAR))?;
        let later = (0..)
            .map_while(|number| every.period(number))
            .take_while(|period| period.start <= latest)
            .flat_map(|period| every.dates_of(period))
            .find(|date| (first..=latest).contains(date));
        let earlier = (0_i64..)
            .map_while(|number| every.period(-number))
            .take_while(|period| period.end >= earliest)
            .flat_map(|period| every.dates_of(period).into_iter().rev())
            .find(|date| (earliest..=first).contains(date));
        match (earlier, later) {
            (Some(earlier), Some(later)) if first - earlier < later - first => Some(earlier),
            (earlier, later) => later.or(earlier),
        }
    }

    /// The period with this number; none outside the calendar.
    fn period(&self, number: i64) -> Option<Period> {
        let far = number.checked_mul(self.interval)?;
        let period = match self.rule.frequency {
            Frequency::Daily => {
                let day = days_after(self.first, far)?;
                Period {
                    start: day,
                    end: day,
                }
            }
            Frequency::Weekly => {
                let start = days_after(self.week(self.first)?, far.checked_mul(7)?)?;
                Period {
                    start,
                    end: days_after(start, 6)?,
                }
            }
            Frequency::Monthly => {
                let month = month_number(self.first).checked_add(far)?;
                Period {
                    start: first_of_month(month)?,
                    end: first_of_month(month + 1)?.pred_opt()?,
                }
            }
            Frequency::Yearly => {
                let year = i32::try_from(i64::from(self.first.year()).checked_add(far)?).ok()?;
                Period {
                    start: NaiveDate::from_ymd_opt(year, 1, 1)?,
                    end: NaiveDate::from_ymd_opt(year, 12, 31)?,
                }
            }
        };
        let is_in_calendar =
            YEARS.contains(&period.end.year()) || YEARS.contains(&period.start.year());
        is_in_calendar.then_some(period)
    }

    /// The number of the last period that begins on a date or before it. Not below zero.
    fn number_of(&self, date: NaiveDate) -> i64 {
        let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days();
        let far = match self.rule.frequency {
            Frequency::Daily => days(self.first, date),
            Frequency::Weekly => {
                let week = self.week(self.first).unwrap_or(self.first);
                days(week, date).div_euclid(7)
            }
            Frequency::Monthly => month_number(date) - month_number(self.first),
            Frequency::Yearly => i64::from(date.year()) - i64::from(self.first.year()),
        };
        far.div_euclid(self.interval).max(0)
    }

    /// The first day of the week of a date.
    fn week(&self, date: NaiveDate) -> Option<NaiveDate> {
        let since = date.weekday().days_since(self.rule.week_start);
        date.checked_sub_days(Days::new(since.into()))
    }

    /// The dates of a period in their order, each once.
    fn dates_of(&self, period: Period) -> Vec<NaiveDate> {
        let mut dates = Vec::new();
        let mut day = Some(period.start);
        while let Some(date) = day.filter(|date| *date <= period.end) {
            if self.days.has_month(date.month()) {
                if YEARS.contains(&date.year()) && self.days.has(date) {
                    dates.push(date);
                }
                day = date.succ_opt();
            } else {
                day = first_of_month(month_number(date) + 1);
            }
        }
        if self.rule.positions.is_empty() {
            return dates;
        }
        let count = dates.len();
        let index = |place: i32| {
            let place = usize::try_from(place).map_or_else(
                |_| count.checked_sub(place.unsigned_abs() as usize),
                |place| place.checked_sub(1),
            );
            place.filter(|place| *place < count)
        };
        let mut places: Vec<usize> = self
            .rule
            .positions
            .iter()
            .copied()
            .filter_map(index)
            .collect();
        places.sort_unstable();
        places.dedup();
        let chosen = places.into_iter().filter_map(|place| dates.get(place));
        chosen.copied().collect()
    }
}

/// A day, a week, a month or a year: its first and its last day.
#[derive(Clone, Copy, Debug)]
struct Period {
    start: NaiveDate,
    end: NaiveDate,
}

/// Which days the parts of a rule allow, as bits: a whole life in days is looked up in no time.
#[derive(Clone, Debug)]
struct AllowedDays {
    /// A bit for each month.
    months: u16,
    /// A bit for each day, for months of 28, 29, 30 and 31 days.
    month_days: [u32; 4],
    /// A bit for each day of the week, whatever its number in the month.
    weekdays: u8,
    /// Those with a number in the month, from its beginning and from its end.
    numbered: [[u8; 5]; 2],
}

impl AllowedDays {
    fn of(rule: &Rule) -> Self {
        let mut allowed = Self {
            months: 0,
            month_days: [0; 4],
            weekdays: 0,
            numbered: [[0; 5]; 2],
        };
        for month in &rule.months {
            allowed.months |= 1_u16 << *month;
        }
        if rule.months.is_empty() {
            allowed.months = u16::MAX;
        }
        for (days, length) in allowed.month_days.iter_mut().zip(28..) {
            for day in &rule.month_days {
                let day = if *day < 0 { length + 1 + day } else { *day };
                *days |= 1_u32 << day.clamp(1, length);
            }
            if rule.month_days.is_empty() {
                *days = u32::MAX;
            }
        }
        for day in &rule.days {
            let bit = bit_of(day.weekday);
            let Some(number) = day.number else {
                allowed.weekdays |= bit;
                continue;
            };
            let numbered = &mut allowed.numbered[usize::from(number < 0)];
            let place = (number.unsigned_abs() as usize).saturating_sub(1);
            if let Some(days) = numbered.get_mut(place) {
                *days |= bit;
            }
        }
        if rule.days.is_empty() {
            allowed.weekdays = u8::MAX;
        }
        allowed
    }

    fn has_month(&self, month: u32) -> bool {
        self.months & (1_u16 << month) != 0
    }

    /// Whether a date of an allowed month is allowed.
    fn has(&self, date: NaiveDate) -> bool {
        let (day, length) = (date.day(), length_of_month(date));
        let month_days = self.month_days.get((length - 28) as usize);
        if month_days.is_none_or(|days| days & (1_u32 << day) == 0) {
            return false;
        }
        let bit = bit_of(date.weekday());
        let [from_start, from_end] = &self.numbered;
        let has = |numbered: &[u8; 5], days_before: u32| {
            let place = (days_before / 7) as usize;
            numbered.get(place).is_some_and(|days| days & bit != 0)
        };
        self.weekdays & bit != 0 || has(from_start, day - 1) || has(from_end, length - day)
    }
}

fn bit_of(weekday: Weekday) -> u8 {
    1_u8 << weekday.num_days_from_monday()
}

fn length_of_month(date: NaiveDate) -> u32 {
    match date.month() {
        4 | 6 | 9 | 11 => 30,
        2 if date.leap_year() => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_after(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    date.checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

/// Counts months over all years.
fn month_number(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

fn first_of_month(number: i64) -> Option<NaiveDate> {
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    let month = u32::try_from(number.rem_euclid(12)).ok()? + 1;
    NaiveDate::from_ymd_opt(year, month, 1)
}
