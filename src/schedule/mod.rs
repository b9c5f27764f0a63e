//! Moments, windows and due dates.

pub mod due;
pub mod when;
pub mod window;

pub use due::{Due, DueInstants};
pub use when::{
    WITHOUT_AN_END, When, WhenInstants, moment_of_appointment, moment_of_need, over_at,
};
