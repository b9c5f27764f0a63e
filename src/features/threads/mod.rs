//! Messages: threads about a topic or between people, what is written in them,
//! and how far each member has read.

mod handlers;
mod locked;
mod message_types;
mod rules;
mod store;
mod types;
mod unread;
mod writing;

pub use handlers::*;
pub use message_types::*;
pub use types::*;
pub use unread::unread_messages;
pub use writing::*;
