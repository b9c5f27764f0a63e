//! Messages: threads about a topic or between people, what is written in them,
//! and how far each member has read.

mod handlers;
mod locked;
mod message_types;
mod owned;
mod rules;
mod store;
mod types;
mod writing;

pub use handlers::*;
pub use message_types::*;
pub use owned::unread_messages;
pub use types::*;
pub use writing::*;
