//! Moments, windows and due dates.

pub mod due;
pub mod when;
pub mod window;

pub use due::{Due, DueChange, DueInstants};
pub use when::{When, WhenInstants, moment_of_appointment, moment_of_need};
