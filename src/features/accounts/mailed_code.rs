//! A six-digit code that was mailed. Only its hash is stored.

use chrono::{DateTime, Utc};

use crate::platform::crypto::keys::{equal, sha256};
use crate::platform::text::MailedCode;
use crate::problem::Problem;

/// Refuses a code that has expired, or was tried too often.
pub(super) fn check_usable(
    expires_at: DateTime<Utc>,
    tries_left: i32,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if expires_at <= now {
        return Err(Problem::Gone);
    }
    if tries_left == 0 {
        return Err(Problem::TriedTooOften);
    }
    Ok(())
}

/// Whether this is the code that was mailed.
pub(super) fn is_right(shown: &MailedCode, code_hash: &[u8]) -> bool {
    equal(&sha256(shown.expose().as_bytes()), code_hash)
}
