//! For a forgotten password: a mailed link that lets its reader set a new one. The link proves
//! the email address and signs nobody in.

mod confirm;
mod link;
mod request;

pub use confirm::*;
pub use link::{describe_reset, is_reset_by_link};
pub use request::*;
