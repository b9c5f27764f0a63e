//! A proxy: a member who decides for the patient when the patient cannot.
//!
//! The patient names them in advance, or a coordinator records what a patient without an account
//! said. A proxy is dormant until it is activated, and every member is told of that. While it is
//! active, the member sets what each member sees, like the patient. The patient can end it at any
//! time, and so can the proxy. A proxy also ends when the member goes.

mod activate;
mod get;
mod locked;
mod name;
mod revoke;
mod rules;
mod store;
mod types;

pub use activate::*;
pub use get::*;
pub use name::*;
pub use revoke::*;
pub(super) use store::revoke_proxy_of_later;
pub use types::*;
