//! Join links: one link for several people, to be shown as a code or sent to a group. A person with
//! an account uses it to ask to join, and by default a coordinator approves each of them.
//!
//! Each operation is in the file of its verb. `request` is what a person does who has the link;
//! `approve` and `decline` are what a coordinator does.

mod approve;
mod create;
mod decline;
mod list;
mod list_requests;
mod locked;
mod preview;
mod request;
mod revoke;
mod rules;
mod store;
mod subject;
mod types;

pub use approve::*;
pub use create::*;
pub use decline::*;
pub use list::*;
pub use list_requests::*;
pub use preview::*;
pub use request::*;
pub use revoke::*;
pub use types::*;
