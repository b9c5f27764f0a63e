//! What the tests of recurrence rules share.

mod bounds;
mod rules;

use super::*;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn rule(text: &str, first: &str) -> Recurrence {
    Recurrence::parse(text, day(first)).unwrap()
}

pub(super) fn fault(text: &str, first: &str) -> String {
    Recurrence::parse(text, day(first)).unwrap_err().to_string()
}

/// The first dates of a rule, as text.
pub(super) fn dates(text: &str, first: &str, count: usize) -> Vec<String> {
    let end = day("2199-12-31");
    let dates = rule(text, first).dates(day(first), day(first), end, count);
    dates.iter().map(ToString::to_string).collect()
}

/// The only spelling of a rule.
pub(super) fn spelled(text: &str, first: &str) -> String {
    rule(text, first).as_str().to_owned()
}
