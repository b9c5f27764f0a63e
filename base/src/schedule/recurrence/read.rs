//! Reads a recurrence rule as people and programs write it.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};

use super::fault::RecurrenceFault;
use super::rule::{DayOfWeek, End, Frequency, Rule, WEEKDAYS};

/// The most characters of a rule, without blanks and `RRULE:`.
const LONGEST: usize = 200;

/// The parts of a rule, as they were sent.
#[derive(Default)]
struct Parts<'a> {
    values: [Option<&'a str>; NAMES.len()],
}

/// The names of the parts, in the order of [`Parts`].
const NAMES: [&str; 9] = [
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "COUNT",
    "UNTIL",
    "WKST",
];

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self, RecurrenceFault> {
        let mut parts = Self::default();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(RecurrenceFault::NotAPart)?;
            if name.is_empty() {
                return Err(RecurrenceFault::NotAPart);
            }
            let index = NAMES.iter().position(|known| *known == name);
            let index = index.ok_or_else(|| RecurrenceFault::UnknownPart(shortened(name)))?;
            if value.is_empty() {
                return Err(match NAMES[index] {
                    "FREQ" => RecurrenceFault::UnknownFrequency,
                    name => RecurrenceFault::NoValue(name),
                });
            }
            if let Some(slot) = parts.values.get_mut(index) {
                if slot.is_some() {
                    return Err(RecurrenceFault::PartTwice(NAMES[index]));
                }
                *slot = Some(value);
            }
        }
        Ok(parts)
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let index = NAMES.iter().position(|known| *known == name)?;
        self.values.get(index).copied().flatten()
    }
}

/// The beginning of a name that somebody sent, for an answer.
fn shortened(name: &str) -> String {
    name.chars().take(20).collect()
}

/// Reads a rule, and checks that its parts go together.
pub(super) fn read(text: &str) -> Result<Rule, RecurrenceFault> {
    let mut plain = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if plain.len() > LONGEST + "RRULE:".len() {
            return Err(RecurrenceFault::TooLong);
        }
        plain.push(c.to_ascii_uppercase());
    }
    let plain = plain.strip_prefix("RRULE:").unwrap_or(&plain);
    if plain.chars().count() > LONGEST {
        return Err(RecurrenceFault::TooLong);
    }
    let parts = Parts::of(plain)?;
    let frequency = frequency(&parts)?;
    let mut rule = Rule {
        frequency,
        interval: interval(&parts)?,
        days: days(&parts)?,
        month_days: list(
            &parts,
            "BYMONTHDAY",
            "1 to 31, or -1 to -31",
            |day: &i32| (1..=31).contains(&day.unsigned_abs()),
        )?,
        months: list(&parts, "BYMONTH", "1 to 12", |month: &u32| {
            (1..=12).contains(month)
        })?,
        positions: list(
            &parts,
            "BYSETPOS",
            "1 to 366, or -1 to -366",
            |place: &i32| (1..=366).contains(&place.unsigned_abs()),
        )?,
        week_start: week_start(&parts)?,
        end: end(&parts)?,
    };
    check(&rule)?;
    rule.tidy();
    Ok(rule)
}

fn frequency(parts: &Parts<'_>) -> Result<Frequency, RecurrenceFault> {
    let name = parts.get("FREQ").ok_or(RecurrenceFault::NoFrequency)?;
    let mut known = Frequency::ALL.into_iter();
    let known = known.find(|frequency| frequency.as_str() == name);
    known.ok_or(RecurrenceFault::UnknownFrequency)
}

fn interval(parts: &Parts<'_>) -> Result<u32, RecurrenceFault> {
    number(parts, "INTERVAL", "a number from 1 to 999", 1..=999).map(|number| number.unwrap_or(1))
}

fn number(
    parts: &Parts<'_>,
    part: &'static str,
    send: &'static str,
    bounds: std::ops::RangeInclusive<u32>,
) -> Result<Option<u32>, RecurrenceFault> {
    let Some(text) = parts.get(part) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    number
        .map(Some)
        .ok_or(RecurrenceFault::BadValue { part, send })
}

fn list<T: FromStr>(
    parts: &Parts<'_>,
    part: &'static str,
    send: &'static str,
    fits: impl Fn(&T) -> bool,
) -> Result<Vec<T>, RecurrenceFault> {
    let Some(text) = parts.get(part) else {
        return Ok(Vec::new());
    };
    let read = |value: &str| value.parse().ok().filter(|number| fits(number));
    let values: Option<Vec<T>> = text.split(',').map(read).collect();
    values.ok_or(RecurrenceFault::BadValue { part, send })
}

fn days(parts: &Parts<'_>) -> Result<Vec<DayOfWeek>, RecurrenceFault> {
    let Some(text) = parts.get("BYDAY") else {
        return Ok(Vec::new());
    };
    let days: Option<Vec<DayOfWeek>> = text.split(',').map(day).collect();
    days.ok_or(RecurrenceFault::BadValue {
        part: "BYDAY",
        send: "days like MO,TH, or like 1MO and -1FR with numbers from 1 to 5 or -1 to -5",
    })
}

fn day(text: &str) -> Option<DayOfWeek> {
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = weekday(name)?;
    if number.is_empty() {
        let number = None;
        return Some(DayOfWeek { number, weekday });
    }
    let number: i32 = number.parse().ok()?;
    let number = (1..=5).contains(&number.unsigned_abs()).then_some(number);
    number.map(|number| DayOfWeek {
        number: Some(number),
        weekday,
    })
}

fn weekday(name: &str) -> Option<Weekday> {
    let mut known = WEEKDAYS.into_iter();
    let known = known.find(|(_, known)| *known == name);
    known.map(|(weekday, _)| weekday)
}

fn week_start(parts: &Parts<'_>) -> Result<Weekday, RecurrenceFault> {
    let Some(name) = parts.get("WKST") else {
        return Ok(Weekday::Mon);
    };
    weekday(name).ok_or(RecurrenceFault::BadValue {
        part: "WKST",
        send: "a day like MO or SU",
    })
}

fn end(parts: &Parts<'_>) -> Result<End, RecurrenceFault> {
    let count = number(parts, "COUNT", "a number from 1 to 1000", 1..=1000)?;
    match (count, parts.get("UNTIL")) {
        (Some(_), Some(_)) => Err(RecurrenceFault::DoesNotGo("Send COUNT or UNTIL, not both.")),
        (Some(count), None) => Ok(End::Count(count)),
        (None, Some(text)) => date(text).map(End::Until).ok_or(RecurrenceFault::BadValue {
            part: "UNTIL",
            send: "a date like 20271231, in the years 1900 to 2199",
        }),
        (None, None) => Ok(End::Never),
    }
}

/// A date, also with hyphens, or with a time of day after it, which is cut off.
fn date(text: &str) -> Option<NaiveDate> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let is_time = |time: &str| {
        let time = time.strip_suffix('Z').unwrap_or(time).replace(':', "");
        matches!(time.len(), 4 | 6) && time.bytes().all(|c| c.is_ascii_digit())
    };
    let day = if day.len() == 10 {
        day.replace('-', "")
    } else {
        day.to_owned()
    };
    let is_date = day.len() == 8 && day.bytes().all(|c| c.is_ascii_digit());
    if !is_date || !time.is_none_or(is_time) {
        return None;
    }
    let date = NaiveDate::parse_from_str(&day, "%Y%m%d").ok()?;
    (1900..2200).contains(&date.year()).then_some(date)
}

/// Refuses parts that do not go together.
fn check(rule: &Rule) -> Result<(), RecurrenceFault> {
    let refuse = |detail| Err(RecurrenceFault::DoesNotGo(detail));
    let is_numbered = rule.days.iter().any(|day| day.number.is_some());
    match rule.frequency {
        Frequency::Daily | Frequency::Weekly if is_numbered => {
            return refuse("Send BYDAY without numbers: only a month has a first Monday.");
        }
        Frequency::Yearly if is_numbered && rule.months.is_empty() => {
            return refuse("Send BYMONTH as well: BYDAY with numbers counts in a month.");
        }
        Frequency::Weekly if !rule.month_days.is_empty() => {
            return refuse("Send BYMONTHDAY with another FREQ than WEEKLY, or leave it out.");
        }
        _ => {}
    }
    let chooses = !(rule.days.is_empty() && rule.month_days.is_empty() && rule.months.is_empty());
    if !rule.positions.is_empty() && !chooses {
        return refuse(
            "Send BYDAY, BYMONTHDAY or BYMONTH as well: BYSETPOS chooses from their dates.",
        );
    }
    Ok(())
}
