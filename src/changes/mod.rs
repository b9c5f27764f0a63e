//! The circle's change log: every write appends what it changed, in its own
//! transaction. Whoever wants to know what happened reads it here.

mod log;

pub use log::{Change, insert_change};
