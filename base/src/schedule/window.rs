//! Which part of time a list shows: `from` and `to`, half-open, and every item
//! that overlaps them.
//!
//! What has a start and an end overlaps while it lasts; what only happens, at its
//! moment; what takes a day, on that date as the reader lives it, wherever the
//! circle is. The same condition for every list and view, on both databases:
//! `over_at` is in the index that the lists are sorted by, so that the past is
//! passed over without reading its rows.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use crate::entity::task;
use crate::platform::time::civil::{Instant, day_of};

/// How much later a date can begin in one zone than in another.
const FARTHEST: TimeDelta = TimeDelta::hours(26);

/// A table whose rows take place at some time.
pub trait TakesPlace: EntityTrait {
    /// The column with the date of a row that takes all day.
    const ON: Self::Column;
    /// The column with its begin; for a date, its midnight in some zone.
    const BEGINS_AT: Self::Column;
    /// The column with the first moment at which it is over; for a date, for every reader.
    const OVER_AT: Self::Column;
}

impl TakesPlace for task::Entity {
    const ON: task::Column = task::Column::DueOn;
    const BEGINS_AT: task::Column = task::Column::BeginsAt;
    const OVER_AT: task::Column = task::Column::OverAt;
}

/// The part of time that a reader in a zone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    zone: String,
}

impl Window {
    /// From the parameters `from` and `to`, for a reader whose days are those of `zone`.
    pub fn of(from: Option<Instant>, to: Option<Instant>, zone: &str) -> Self {
        Self {
            from: from.map(|Instant(at)| at),
            to: to.map(|Instant(at)| at),
            zone: zone.to_owned(),
        }
    }

    /// Everything that is not over at a moment. Something without an end is over once it has
    /// begun.
    pub fn ahead(now: DateTime<Utc>, zone: &str) -> Self {
        Self::of(None, None, zone).from_or(now + TimeDelta::microseconds(1))
    }

    /// From a moment on, unless the window has a begin.
    #[must_use]
    pub fn from_or(mut self, at: DateTime<Utc>) -> Self {
        self.from.get_or_insert(at);
        self
    }

    /// Whether the window has a begin.
    pub fn has_from(&self) -> bool {
        self.from.is_some()
    }

    /// Whether the window has a begin or an end. Then the reader's zone decides which dates lie
    /// inside.
    pub fn is_bounded(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The condition of the rows that overlap it.
    pub fn condition<E: TakesPlace>(&self) -> Condition {
        let mut inside = Condition::all();
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return inside.add(Expr::value(false));
        }
        if let Some(from) = self.from {
            let first_day = day_of(from, &self.zone);
            let dated = Condition::any()
                .add(E::ON.is_null())
                .add(E::ON.gte(first_day));
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
}
