//! What goes in and out of the ceremonies of WebAuthn.

use serde_json::Value;

use crate::entity::ids::UserId;
use crate::problem::Problem;

/// As the authenticator chose it; at most 1,023 bytes.
pub type CredentialId = Vec<u8>;

/// A ceremony that waits for the answer of a browser.
pub struct StartedCeremony {
    /// What the browser is asked.
    pub options: Value,
    /// What the answer is checked against.
    pub state: String,
}

/// A passkey that was made.
pub struct NewCredential {
    pub id: CredentialId,
    pub credential: String,
}

/// What an answer says of itself.
pub struct ClaimedPasskey {
    /// Whose passkey it is.
    pub holder: Option<UserId>,
    /// Which it is.
    pub passkey: CredentialId,
}

/// Why an answer proves nothing.
#[derive(Debug)]
pub enum Refused {
    /// It is not what browsers answer.
    Malformed,
    /// It is from an app that this server does not know.
    Origin,
    /// The device did not ask who holds it.
    Unverified,
    /// The signature, the challenge, the domain or the counter is not right.
    Wrong,
    /// What it is checked against cannot be read: our bug.
    Broken(anyhow::Error),
}

impl Refused {
    /// The problem with an answer at a place in the body.
    pub fn at(self, pointer: &str) -> Problem {
        let (code, detail) = match self {
            Self::Malformed => (
                "malformed",
                "This is no credential as WebAuthn writes it in JSON.",
            ),
            Self::Origin => (
                "wrong_origin",
                "This server takes no passkeys from an app of this origin.",
            ),
            Self::Unverified => (
                "not_verified",
                "The device must ask for a fingerprint, a face or a PIN.",
            ),
            Self::Wrong => ("wrong", "This does not prove the passkey."),
            Self::Broken(error) => return Problem::internal(error),
        };
        Problem::field(pointer, code, detail)
    }
}
