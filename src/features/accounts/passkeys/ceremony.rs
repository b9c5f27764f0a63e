//! The input and output of WebAuthn's two ceremonies: creating a passkey, and proving it.

use serde_json::Value;

use crate::entity::ids::UserId;
use crate::problem::{FieldErrorCode, Problem};

/// The id that the authenticator chose; at most 1,023 bytes.
pub type CredentialId = Vec<u8>;

/// A ceremony that waits for the browser's answer.
pub struct StartedCeremony {
    /// What the browser gets.
    pub options: Value,
    /// What the answer is checked against.
    pub state: String,
}

/// A passkey that was created.
pub struct NewCredential {
    pub id: CredentialId,
    pub credential: String,
}

/// What a browser's answer claims, before it is proven.
pub struct ClaimedPasskey {
    /// Whose passkey it claims to be.
    pub holder: Option<UserId>,
    /// Which passkey it claims to be.
    pub passkey: CredentialId,
}

/// Why a browser's answer is refused.
#[derive(Debug)]
pub enum Refused {
    /// It does not have the form of a browser's answer.
    Malformed,
    /// It comes from an app that this server does not know.
    Origin,
    /// The device did not ask for a fingerprint, a face or a PIN.
    Unverified,
    /// The signature, the challenge, the domain or the counter is not right.
    Wrong,
    /// The stored state that it is checked against cannot be read: our bug.
    Broken(anyhow::Error),
}

impl Refused {
    /// The problem about an answer at this place in the body.
    pub fn at(self, pointer: &str) -> Problem {
        let (code, detail) = match self {
            Self::Malformed => (
                FieldErrorCode::MalformedCredential,
                "Send what `toJSON()` of the `PublicKeyCredential` returns.",
            ),
            Self::Origin => (
                FieldErrorCode::WrongOrigin,
                "This server accepts no passkeys from an app of this origin.",
            ),
            Self::Unverified => (
                FieldErrorCode::UserNotVerified,
                "The device must ask for a fingerprint, a face or a PIN.",
            ),
            Self::Wrong => (
                FieldErrorCode::Incorrect,
                "The credential does not match the challenge.",
            ),
            Self::Broken(error) => return Problem::internal(error),
        };
        Problem::field(pointer, code, detail)
    }
}
