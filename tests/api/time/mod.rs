//! Tests of clocks, time zones and windows.

mod clock_changes;
pub mod timestamps;
mod windows;
