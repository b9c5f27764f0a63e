//! Series: tasks and appointments that repeat.
//!
//! # What it guarantees
//!
//! A series is a template, the time of its first occurrence, and a
//! [rule](crate::schedule::recurrence) by which it repeats. Each occurrence is a row of its own: it
//! is claimed or answered, completed and reminded of as any other. The server makes the occurrences
//! up to sixty days ahead. An occurrence remembers the date that the rule gives it, and a series
//! has at most one occurrence for each of these dates, however often and by whom it is made again.
//!
//! - The hours on the wall are what the family agreed on. An occurrence in an hour that the clocks
//!   leave out takes place after the gap, and one in an hour that comes twice takes place the first
//!   time.
//! - An occurrence that a person changes or cancels by itself is an *exception*. Its series leaves it
//!   alone, unless the person who changes the series asks for it.
//! - What is over stays as it was: a change of the series is about what is still to come.
//! - Members do every task of a series, or take turns. A member accepts once. Who holds a single
//!   occurrence can release it as any other task.
//! - Members who are asked to come to a series of appointments are asked for each appointment. Each of
//!   them has the needs of the series, like a driver.
//! - A change of a series is told once, however many occurrences it is about.
//! - A circle has as many series as a family needs, and their occurrences count toward the limits of
//!   tasks and appointments when somebody adds some. Time is refused nothing: the hourly job makes what
//!   the series promise, and nothing is left out.
//!
//! # How
//!
//! [`Repeats`] is what a table of series says about itself. `locked.rs` has what requests do to a
//! series of either kind. One function, `occurrences::make`, compares the occurrences that there are with those that the
//! series describes, and writes the difference. Creating, changing, pausing, resuming, ending,
//! claiming and the hourly job all call it; they differ in what they write to the row of the series
//! first.
//!
//! ```ignore
//! let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
//! if series.check_unless_in_effect(TaskSeriesVerb::End)? {
//!     series.stop(TaskSeriesVerb::End, SeriesState::Ended).await?;
//! }
//! series.respond().await
//! ```
//!
//! # What goes wrong without it
//!
//! A weekly task that is copied by hand is forgotten in the third week. If the occurrences are
//! computed each time they are read, nobody can be reminded of one, and a change of the rule changes
//! what was done last month.
//!
//! [`Repeats`]: repeats::Repeats

mod appointment_series;
mod existing;
mod extend;
mod leave;
mod locked;
mod making;
mod occurrences;
mod reach;
mod repeats;
mod room;
mod task_series;
mod times;

pub use appointment_series::*;
pub use extend::{Extended, extend_series};
pub(crate) use leave::release_series;
pub use repeats::Repeats;
pub use task_series::*;
