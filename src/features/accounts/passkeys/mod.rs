//! Passkeys: a sign-in method that needs no password, and may be the only one of an account.
//!
//! `relying_party` wraps webauthn-rs in the types of `ceremony`. Without the feature `passkeys`
//! its place is taken by `no_relying_party.rs`. `settings` says whether this server supports
//! passkeys. `proof` checks what a device has signed.

mod ceremony;
mod create;
mod create_challenge;
mod create_sign_in_challenge;
mod delete;
mod list;
mod proof;
#[cfg_attr(not(feature = "passkeys"), path = "no_relying_party.rs")]
mod relying_party;
mod settings;
mod sign_in;
mod store;
mod types;
mod update;

pub use create::*;
pub use create_challenge::*;
pub use create_sign_in_challenge::*;
pub use delete::*;
pub use list::*;
pub(super) use proof::{begin_session_proof, check_proof};
pub use relying_party::RelyingParty;
pub use sign_in::*;
pub(super) use store::{count_passkeys, passkeys_of, remove_passkeys_added_since};
pub use types::*;
pub use update::*;
