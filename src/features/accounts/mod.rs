//! People's accounts: registering, signing in, the second factor, the caller's own profile.
//!
//! Each operation is in the file that is named after it; where a folder groups some, in the
//! folder's file of the rest of the name: `confirm_registration` is in
//! `registrations/confirm.rs`.
//!
//! - `registrations`: from an address to an account. No answer tells whether an address is
//!   known.
//! - `sign_in` takes a password, `sign_in_codes` a mailed code, `passkeys` a passkey. What
//!   they share is `sign_in_attempt`: it is written down as refused before it is known how it
//!   ends, asks for the second factor, and opens the session.
//! - `second_factor`: authenticator apps and recovery codes.
//! - `sessions`: devices that are signed in, and their refresh tokens;
//!   `known_devices` those that have been.
//! - `personal_tokens`: access tokens for programs.
//! - `password_resets`, `email_changes`: what mailed links allow.
//! - `factor_change`: what follows when a way to sign in comes or goes. `mail`: the letters.
//!   `mailed_code`: what a code from an email has to be.
//!
//! Who is calling is proven in [`auth`](crate::auth): its [`Caller`](crate::auth::Caller) is
//! the first argument of an operation, its [`throttle`](crate::auth::throttle) counts
//! attempts, and all rows are reached through
//! [`AccountOwned`](crate::auth::AccountOwned). Exporting and erasing an account is in
//! `privacy`.

mod begin_reauthentication;
mod change_password;
mod email_changes;
mod factor_change;
mod known_devices;
mod list_account_events;
mod mail;
mod mailed_code;
mod passkeys;
mod password;
mod password_resets;
mod personal_tokens;
mod read_profile;
mod reauthenticate;
mod registrations;
mod remove_password;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_in_attempt;
mod sign_in_codes;
mod types;
mod update_profile;

pub use begin_reauthentication::*;
pub use change_password::*;
pub use email_changes::*;
pub use list_account_events::*;
pub use mail::{
    MailEmailChange, MailEmailChanged, MailPasswordReset, MailSignInCode, MailVerification,
};
pub use passkeys::*;
pub use password::check_password;
pub use password_resets::*;
pub use personal_tokens::*;
pub use read_profile::*;
pub use reauthenticate::*;
pub use registrations::*;
pub use remove_password::*;
pub use second_factor::*;
pub use sessions::*;
pub use sign_in::*;
pub use sign_in_attempt::SignIn;
pub use sign_in_codes::*;
pub use types::*;
pub use update_profile::*;
