//! When things are. People choose a wall time and its zone, or a day, and databases know no
//! zones: so a row keeps what was chosen, and beside it the instants that follow from it.
//!
//! [`due`] is the time of a task, [`when`] that of an appointment, of a need and of what is like them, [`window`]
//! the part of time that a list shows. This module takes plain values and rows, and knows
//! no feature.

pub mod due;
pub mod when;
pub mod window;

pub use due::{Due, DueChange, DueInstants};
pub use when::{
    Timed, WITHOUT_AN_END, When, WhenInstants, goes_on, moment_of_appointment, moment_of_need,
    over_at,
};
