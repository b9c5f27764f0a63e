//! What one person took on, whatever it is.

mod overlap;
mod release;

pub use overlap::{Commitment, check_overlap};
pub use release::{Released, Releasing, release, release_out_of_reach};
