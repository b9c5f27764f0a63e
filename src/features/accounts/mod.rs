//! People's accounts: registration, sign-in, the second factor, and the caller's own account.
//!
//! Each operation is in the file that is named after it. If a folder groups several operations,
//! the file has the rest of the name: `confirm_registration` is in `registrations/confirm.rs`.
//!
//! - `registrations`: from an email address to an account. No answer tells whether an address
//!   has an account.
//! - `sign_in` takes a password, `sign_in_codes` a mailed code, `passkeys` a passkey. They share
//!   `sign_in_attempt`: it notes the attempt, asks for the second factor, and opens the session.
//!   `sign_in_facts` reads what it needs to know of the account.
//! - `second_factor`: authenticator apps and recovery codes.
//! - `sessions`: devices that are signed in, and their refresh tokens. `known_devices`: devices
//!   that have signed in before.
//! - `personal_access_tokens`: personal access tokens for programs.
//! - `password_resets`, `email_changes`: what mailed links allow.
//! - `factor_change`: what follows when a sign-in method is added or removed. `mail`: the
//!   emails. `mailed_code`: checks a mailed code.
//!
//! [`auth`](crate::auth) proves who is calling: its [`Caller`](crate::auth::Caller) is an
//! argument of the operation, its [`throttle`](crate::auth::throttle) counts attempts, and all
//! rows are reached through [`AccountOwned`](crate::auth::AccountOwned). The export and the
//! deletion of an account are in `privacy`.

mod change_password;
mod create_reauthentication_challenge;
mod delete_password;
mod email_changes;
mod factor_change;
mod get_account;
mod get_sign_in_methods;
mod known_devices;
mod list_security_events;
mod mail;
mod mailed_code;
mod passkeys;
mod password;
mod password_resets;
mod personal_access_tokens;
mod reauthenticate;
mod registrations;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_in_attempt;
mod sign_in_codes;
mod sign_in_facts;
mod types;
mod update_account;

pub use change_password::*;
pub use create_reauthentication_challenge::*;
pub use delete_password::*;
pub use email_changes::*;
pub use get_account::*;
pub use get_sign_in_methods::*;
pub use list_security_events::*;
pub use mail::{
    MailEmailChange, MailEmailChanged, MailPasswordReset, MailSignInCode, MailVerification,
};
pub use passkeys::*;
pub use password::check_password;
pub use password_resets::*;
pub use personal_access_tokens::*;
pub use reauthenticate::*;
pub use registrations::*;
pub use second_factor::*;
pub use sessions::*;
pub use sign_in::*;
pub use sign_in_codes::*;
pub use types::*;
pub use update_account::*;
