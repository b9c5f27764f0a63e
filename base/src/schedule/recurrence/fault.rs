//! Why a recurrence rule is refused.

use std::fmt;

use chrono::NaiveDate;

use crate::problem::{FieldError, FieldErrorCode};

/// Why a recurrence rule is refused. As text: a sentence that says what to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecurrenceFault {
    /// The text is longer than a rule can be.
    TooLong,
    /// It says nothing, or has no `FREQ`.
    NoFrequency,
    /// It repeats more often than every day, or is no frequency at all.
    UnknownFrequency,
    /// It has something that is no name with a value.
    NotAPart,
    /// It has a part that is not in the subset.
    UnknownPart(String),
    /// It has a part without a value.
    NoValue(&'static str),
    /// It has a part twice.
    PartTwice(&'static str),
    /// The value of a part cannot be read or is out of its range.
    BadValue {
        part: &'static str,
        send: &'static str,
    },
    /// A part does not go with the rest of the rule.
    DoesNotGo(&'static str),
    /// `UNTIL` is before the first date.
    EndsBeforeFirst,
    /// No date fits it within five years of the first date.
    HasNoDates,
    /// The first date is none of its dates.
    FirstIsNotADate { nearest: NaiveDate },
}

impl RecurrenceFault {
    /// The code of the fault, for programs.
    pub fn code(&self) -> FieldErrorCode {
        match self {
            Self::TooLong => FieldErrorCode::TooLong,
            Self::EndsBeforeFirst => FieldErrorCode::StartAfterEnd,
            Self::FirstIsNotADate { .. } => FieldErrorCode::FirstNotInSeries,
            _ => FieldErrorCode::InvalidValue,
        }
    }

    /// The fault at the field that has the rule.
    pub fn at(&self, pointer: &str) -> FieldError {
        FieldError::new(pointer, self.code(), self.to_string())
    }
}

impl fmt::Display for RecurrenceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("Send a rule of at most 200 characters."),
            Self::NoFrequency => f.write_str(
                "Send a rule that says how often it repeats, like FREQ=WEEKLY;BYDAY=MO.",
            ),
            Self::UnknownFrequency => f.write_str("Send FREQ as DAILY, WEEKLY, MONTHLY or YEARLY."),
            Self::NotAPart => f.write_str(
                "Send a rule like FREQ=WEEKLY;BYDAY=MO: names, each with = and its value, and a ; \
                 between them.",
            ),
            Self::NoValue(part) => write!(f, "{part} has no value. Send one, or leave {part} out."),
            Self::UnknownPart(name) => write!(
                f,
                "{name} is not supported here. Send FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, \
                 BYSETPOS, COUNT, UNTIL and WKST."
            ),
            Self::PartTwice(part) => write!(f, "Send {part} only once."),
            Self::BadValue { part, send } => write!(f, "Send {part} as {send}."),
            Self::DoesNotGo(detail) => f.write_str(detail),
            Self::EndsBeforeFirst => {
                f.write_str("Send an UNTIL that is not before the first date.")
            }
            Self::HasNoDates => f.write_str(
                "No date fits this rule within five years of the first date. Send another rule.",
            ),
            Self::FirstIsNotADate { nearest } => write!(
                f,
                "The first date does not fit this rule. The nearest date that does is {nearest}."
            ),
        }
    }
}
