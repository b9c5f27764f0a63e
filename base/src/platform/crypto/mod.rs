//! Keys, sealed secrets and hashed passwords.

pub mod keys;
mod password;
pub mod sealed;
mod secret_key;

pub use password::{BreachedList, PasswordCost, PasswordRules, Passwords};
