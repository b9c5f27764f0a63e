//! Passkeys: a way to sign in that needs no password, and may be the only one.
//!
//! `relying_party` is what webauthn-rs does for it, in the words of `ceremony`; without the
//! feature `passkeys` it is `no_relying_party.rs`. `settings` says whether this server takes
//! passkeys, and `proof` checks what a device has signed.

mod add;
mod begin;
mod begin_sign_in;
mod ceremony;
mod list;
mod proof;
#[cfg_attr(not(feature = "passkeys"), path = "no_relying_party.rs")]
mod relying_party;
mod remove;
mod settings;
mod sign_in;
mod store;
mod types;
mod update;

pub use add::*;
pub use begin::*;
pub use begin_sign_in::*;
pub use list::*;
pub(super) use proof::{begin_session_proof, check_proof};
pub use relying_party::RelyingParty;
pub use remove::*;
pub use sign_in::*;
pub(super) use store::{count_passkeys, remove_passkeys_added_since};
pub use types::*;
pub use update::*;
