//! Keys, sealed secrets and hashed passwords.

pub mod keys;
mod password;
pub mod sealed;

pub use password::{BreachedList, PasswordCost, PasswordRules, Passwords, SHORTEST};
