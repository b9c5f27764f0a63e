//! Which dates a change of a series is about.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::task_series::SeriesState;
use crate::platform::time::civil::day_of;
use crate::schedule::recurrence::Recurrence;

/// How many days ahead the occurrences of a series are made.
pub const AHEAD: Days = Days::new(60);

/// How many dates are made at once. A rule has at most one occurrence a day.
const MOST: usize = 400;

/// What a series says about its dates.
#[derive(Clone, Debug)]
pub struct Repetition {
    pub first_on: NaiveDate,
    pub recurrence: Recurrence,
    pub state: SeriesState,
    /// The zone of its wall times; without one its days are those of the circle.
    pub time_zone: Option<String>,
}

impl Repetition {
    /// Today, where the series takes place.
    pub fn today(&self, write: &CircleWrite) -> NaiveDate {
        let zone = self.time_zone.as_deref();
        day_of(write.now(), zone.unwrap_or(write.scope().time_zone()))
    }

    /// The dates from `from` to `until`, both included: none while the series is paused, and none
    /// after its end.
    pub fn dates(&self, from: NaiveDate, until: NaiveDate) -> BTreeSet<NaiveDate> {
        if self.state != SeriesState::Active {
            return BTreeSet::new();
        }
        let dates = self.recurrence.dates(self.first_on, from, until, MOST);
        dates.into_iter().collect()
    }
}

/// Which occurrences are compared with what the series describes. A change makes no dates beyond those
/// that there are: the job does. So nobody is refused a new title because a circle is full, and a series
/// that is often changed is extended as regularly as any other.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The first date. The last one is that up to which the series is made.
    pub from: NaiveDate,
    /// Whether open occurrences that were changed by themselves are changed with the series.
    pub exceptions_too: bool,
    /// Whether occurrences are taken off members of the series whose turn it is not.
    pub reassigns: bool,
    /// The member who takes the series on with this change. They also get the occurrences that were
    /// changed by themselves and still need somebody, and those that are offered to them.
    pub taken_on_by: Option<MemberId>,
    /// Whether the series is new and has no occurrences.
    pub is_new: bool,
}

impl Reach {
    /// Everything that is still to come.
    pub fn to_come(write: &CircleWrite, repetition: &Repetition) -> Self {
        Self {
            from: repetition.today(write),
            exceptions_too: false,
            reassigns: false,
            taken_on_by: None,
            is_new: false,
        }
    }
}

/// The last date up to which occurrences are made.
pub fn horizon(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(AHEAD).unwrap_or(NaiveDate::MAX)
}
