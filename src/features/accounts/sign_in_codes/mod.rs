//! Signing in by a mailed code, for people who forget passwords. The code is good only
//! together with the id that the asking device got, and for no other device.

mod confirm;
mod request;

pub use confirm::*;
pub use request::*;
