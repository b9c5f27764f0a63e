//! When things are. People enter a wall time and its zone, or a day, and databases know no zones.
//! So a row keeps what was entered, and beside it the instants that follow from it.
//!
//! [`due`] is the time of a task, [`when`] that of an appointment, a need and the like, and
//! [`window`] the part of time that a list shows. This module takes plain values and rows, and
//! knows no feature.

pub mod due;
pub mod when;
pub mod window;

pub use due::{Due, DueChange, DueInstants};
pub use when::{
    Timed, WITHOUT_AN_END, When, WhenInstants, is_not_over, moment_of_appointment, moment_of_need,
    over_at,
};
