//! What the parts of a run found, as they are stored between the parts and the report.

use serde::{Deserialize, Serialize};

use crate::growth::Growth;
use crate::measure::Run;
use crate::overload::Overload;
use crate::reminders::Reminders;
use crate::sample::Method;

/// One part of a run, on one database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Part {
    /// Name and version.
    pub database: String,
    pub is_sqlite: bool,
    pub method: Method,
    pub found: Found,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Requests(Run),
    Growth(Growth),
    Reminders(Box<Reminders>),
    Overload(Box<Overload>),
}

impl Found {
    /// The names of all parts, as `load/run` takes them.
    pub const NAMES: [&'static str; 4] = ["requests", "growth", "reminders", "overload"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Requests(_) => "requests",
            Self::Growth(_) => "growth",
            Self::Reminders(_) => "reminders",
            Self::Overload(_) => "overload",
        }
    }
}

/// A required value, and what was measured.
#[derive(Clone, Debug)]
pub struct Budget {
    pub what: String,
    /// For people: `≥ 0.75 of “list”`.
    pub required: String,
    /// For people: `0.81`.
    pub measured: String,
    /// `None`: it was not measured.
    pub met: Option<bool>,
}

impl Budget {
    pub fn at_least(what: impl Into<String>, least: f64, of: &str, value: f64) -> Self {
        Self {
            what: what.into(),
            required: format!("≥ {least}{of}"),
            measured: short(value),
            met: Some(value >= least),
        }
    }

    pub fn at_most(what: impl Into<String>, most: f64, of: &str, value: f64) -> Self {
        Self {
            what: what.into(),
            required: format!("≤ {most}{of}"),
            measured: short(value),
            met: Some(value <= most),
        }
    }

    /// A required value that was not measured in this run.
    #[must_use]
    pub fn not_measured(self) -> Self {
        Self {
            measured: String::new(),
            met: None,
            ..self
        }
    }

    pub fn verdict(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "not measured",
        }
    }
}

/// A number with as many digits as people compare.
fn short(value: f64) -> String {
    if value.is_infinite() {
        "not in time".to_owned()
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
