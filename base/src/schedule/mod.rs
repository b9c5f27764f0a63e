//! The times of tasks, appointments and needs. People enter a wall time with its zone, or a date,
//! but a database does not know time zones. So a row stores what was entered, and beside it the
//! instants that are computed from it.
//!
//! [`due`] is the time of a task, [`when`] the time of an appointment or a need, and [`window`]
//! the period that a list shows. [`recurrence`] says on which dates something repeats. This module
//! takes plain values and rows and uses no feature.

pub mod due;
mod email_times;
mod event_time;
pub mod recurrence;
mod repeated;
pub mod when;
pub mod window;

pub use due::{Due, DueChange, DueInstants};
pub use email_times::{DigestTime, QuietHours};
pub use event_time::event_time;
pub use recurrence::{Recurrence, RecurrenceFault};
pub use repeated::{InSeries, MinutesAfter, Repeated};
pub use when::{
    Timed, WITHOUT_AN_END, When, WhenChange, WhenInstants, is_not_over, moment_of_appointment,
    moment_of_need, over_at,
};
