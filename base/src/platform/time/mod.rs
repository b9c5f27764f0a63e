//! The clock of the server, times as people choose them, and times as JSON shows them.

pub mod civil;
pub mod clock;
pub mod timestamps;
