//! Who comes to an appointment: adding and removing attendees, and their responses.

mod add;
mod remove;
mod respond;

pub use add::*;
pub use remove::*;
pub use respond::*;
