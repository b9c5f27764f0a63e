//! Signing in with a mailed code, for people who forget passwords. The code works only together
//! with the id in the answer to the request, so only on the device that requested it.

mod confirm;
mod request;

pub use confirm::*;
pub use request::*;
