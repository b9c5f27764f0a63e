//! A forgotten password: a mailed link, and a new password for the person who holds it.
//! The link proves the address, as every mailed link does; it signs nobody in.

mod confirm;
mod link;
mod request;

pub use confirm::*;
pub use link::{describe_reset, is_reset_by_link};
pub use request::*;
