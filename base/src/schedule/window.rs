//! The period that a list shows: from `from` to before `to`, with every item that overlaps it.
//!
//! An item with a start and an end overlaps while it lasts, an item without an end at its start.
//! An all-day item is on its dates in the reader's time zone, wherever the circle is. All lists
//! use the same condition on both databases. `over_at` is in the index that the lists are sorted
//! by, so that past rows are skipped without reading them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use crate::entity::task;
use crate::platform::time::civil::{Day, Instant, day_of};
use crate::schedule::InSeries;

/// How much later a date can start in one time zone than in another.
const FARTHEST: TimeDelta = TimeDelta::hours(26);

/// A table whose rows have a time.
pub trait TakesPlace: EntityTrait {
    /// The column with the date of an all-day row.
    const ON: Self::Column;
    /// The column with the last date of an all-day row that takes several days.
    const LAST_ON: Option<Self::Column> = None;
    /// The column with the start. For a date, its midnight in some time zone.
    const BEGINS_AT: Self::Column;
    /// The column with the first moment at which it is over. A date is over when it is over in
    /// every time zone. What takes several days is over after the last one.
    const OVER_AT: Self::Column;
}

impl TakesPlace for task::Entity {
    const ON: task::Column = task::Column::DueOn;
    const BEGINS_AT: task::Column = task::Column::BeginsAt;
    const OVER_AT: task::Column = task::Column::OverAt;
}

/// The period that a reader in a time zone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    zone: String,
}

impl Window {
    /// The period of the parameters `from` and `to`, for a reader in `zone`.
    pub fn of(from: Option<Instant>, to: Option<Instant>, zone: &str) -> Self {
        Self {
            from: from.map(|Instant(at)| at),
            to: to.map(|Instant(at)| at),
            zone: zone.to_owned(),
        }
    }

    /// Everything that is not over at a moment. Something without an end is over when it has
    /// started.
    pub fn ahead(now: DateTime<Utc>, zone: &str) -> Self {
        Self::of(None, None, zone).from_or(now + TimeDelta::microseconds(1))
    }

    /// The same period, starting at a moment if it has no `from`.
    #[must_use]
    pub fn from_or(mut self, at: DateTime<Utc>) -> Self {
        self.from.get_or_insert(at);
        self
    }

    /// Whether the period has a start.
    pub fn has_from(&self) -> bool {
        self.from.is_some()
    }

    /// Whether the period has a start or an end. If so, the reader's time zone decides which dates
    /// are in it.
    pub fn is_bounded(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The condition for rows that overlap the period.
    pub fn condition<E: TakesPlace>(&self) -> Condition {
        let mut inside = Condition::all();
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return inside.add(Expr::value(false));
        }
        if let Some(from) = self.from {
            let first_day = day_of(from, &self.zone);
            let mut dated = Condition::any()
                .add(E::ON.is_null())
                .add(E::ON.gte(first_day));
            if let Some(last_on) = E::LAST_ON {
                dated = dated.add(last_on.gte(first_day));
            }
            inside = inside.add(E::OVER_AT.gt(from)).add(dated);
        }
        if let Some(to) = self.to {
            let last_day = day_of(to - TimeDelta::microseconds(1), &self.zone);
            let timed = Condition::all()
                .add(E::ON.is_null())
                .add(E::BEGINS_AT.lt(to));
            let begun = Condition::any().add(timed).add(E::ON.lte(last_day));
            inside = inside.add(E::BEGINS_AT.lt(to + FARTHEST)).add(begun);
        }
        inside
    }

    /// Whether an occurrence that has no row yet overlaps the period, as in [`Self::condition`].
    pub fn includes(&self, it: &InSeries) -> bool {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return false;
        }
        let is_after_from = self.from.is_none_or(|from| {
            let first_day = day_of(from, &self.zone);
            let last = it.last_on.or(it.on);
            it.over_at > from && last.is_none_or(|Day(last)| last >= first_day)
        });
        let is_before_to = self.to.is_none_or(|to| match it.on {
            Some(Day(on)) => on <= day_of(to - TimeDelta::microseconds(1), &self.zone),
            None => it.begins_at < to,
        });
        is_after_from && is_before_to
    }

    /// The first and the last date that can be in the period, in any time zone.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let day = TimeDelta::days(1);
        let (from, to) = (self.from? - day, self.to? + day);
        Some((from.date_naive(), to.date_naive()))
    }

    /// The end of the period.
    pub fn to(&self) -> Option<DateTime<Utc>> {
        self.to
    }
}
