//! Read-only answers across features and circles: what an app shows first.

mod agenda;
mod circles;
mod summary;

pub use agenda::*;
pub use circles::*;
pub use summary::*;
