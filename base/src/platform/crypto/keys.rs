//! The keys that are derived from the secret key of the server, and the few cryptographic functions
//! that Kith needs.

use std::sync::Arc;

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::entity::ids::{MailTokenId, RegistrationId, SignInCodeId};
use crate::platform::crypto::sealed::{SealedCell, Sealer};

/// The derived keys of this server.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    mail_token: hmac::Key,
    previous_mail_token: Option<hmac::Key>,
    code: hmac::Key,
    cursor: hmac::Key,
    body: hmac::Key,
    previous_body: Option<hmac::Key>,
    sealer: Sealer,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Derives all keys from the secret key.
    pub fn derive(secret: &SecretString) -> anyhow::Result<Self> {
        Self::derive_after(secret, None)
    }

    /// Like [`Self::derive`], for a server that had another secret key before. Values that were
    /// sealed with the previous key can be opened, and links in emails stay valid.
    pub fn derive_after(
        secret: &SecretString,
        previous: Option<&SecretString>,
    ) -> anyhow::Result<Self> {
        let key = |purpose: &str| hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, purpose));

        Ok(Self(Arc::new(Inner {
            mail_token: key(MAIL_TOKEN),
            previous_mail_token: previous
                .map(|previous| hmac::Key::new(hmac::HMAC_SHA256, &derive(previous, MAIL_TOKEN))),
            code: key("code"),
            cursor: key("cursor"),
            body: key(BODY),
            previous_body: previous
                .map(|previous| hmac::Key::new(hmac::HMAC_SHA256, &derive(previous, BODY))),
            sealer: Sealer::derive(secret, previous)?,
        })))
    }

    /// The token of a link in an email. It cannot be guessed. It is not stored, but derived again
    /// when the email is written.
    pub fn mail_token(&self, id: MailTokenId) -> String {
        mail_token(&self.0.mail_token, id)
    }

    /// The same token, derived from the previous secret key.
    pub fn previous_mail_token(&self, id: MailTokenId) -> Option<String> {
        let key = self.0.previous_mail_token.as_ref();
        key.map(|key| mail_token(key, id))
    }

    /// The six digits of an email for a registration. `number` counts its emails.
    pub fn code(&self, registration: RegistrationId, number: i32) -> String {
        let mut subject = registration.0.as_bytes().to_vec();
        subject.extend(number.to_be_bytes());
        let tag = hmac::sign(&self.0.code, &subject);
        six_digits(tag.as_ref())
    }

    /// The six digits of a sign-in code.
    pub fn sign_in_code(&self, id: SignInCodeId) -> String {
        let tag = hmac::sign(&self.0.code, &[b"sign in ", &id.0.as_bytes()[..]].concat());
        six_digits(tag.as_ref())
    }

    /// A short tag which proves that this server made a cursor for this query.
    pub fn cursor_tag(&self, text: &[u8]) -> [u8; 12] {
        let tag = hmac::sign(&self.0.cursor, text);
        let mut short = [0; 12];
        short.copy_from_slice(&tag.as_ref()[..12]);
        short
    }

    /// A keyed hash that tells two bodies apart. Without the key, a password in a body could be
    /// guessed from the hash.
    pub fn body_tag(&self, body: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0.body, body).as_ref().to_vec()
    }

    /// The same hash with the previous secret key.
    pub fn previous_body_tag(&self, body: &[u8]) -> Option<Vec<u8>> {
        let key = self.0.previous_body.as_ref()?;
        Some(hmac::sign(key, body).as_ref().to_vec())
    }

    /// Encrypts a secret for its cell of the database.
    pub fn seal(&self, place: &SealedCell, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.0.sealer.seal(place, plain)
    }

    /// Decrypts a secret that was sealed for this cell. `None` if it was sealed for another cell or
    /// with a key that this server does not have.
    pub fn open(&self, place: &SealedCell, sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.sealer.open(place, sealed)
    }

    /// Whether the first bytes of a sealed value say that it was sealed with the current or the
    /// previous secret key.
    pub fn is_sealed_with_ours(&self, sealed: &[u8]) -> bool {
        self.0.sealer.is_ours(sealed)
    }

    /// Whether it was sealed with the current secret key.
    pub fn is_sealed_anew(&self, sealed: &[u8]) -> bool {
        self.0.sealer.is_current(sealed)
    }
}

const MAIL_TOKEN: &str = "mail token";
const BODY: &str = "request body";

fn mail_token(key: &hmac::Key, id: MailTokenId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(key, id.0.as_bytes()))
}

/// 32 bytes for a purpose. They tell nothing about the secret, or about the bytes for other
/// purposes.
pub(crate) fn derive(secret: &SecretString, purpose: &str) -> Vec<u8> {
    let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    hmac::sign(&root, purpose.as_bytes()).as_ref().to_vec()
}

fn six_digits(tag: &[u8]) -> String {
    let mut first = [0; 8];
    first.copy_from_slice(&tag[..8]);
    format!("{:06}", u64::from_be_bytes(first) % 1_000_000)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// A short tag of a text, which nobody can make who does not know the secret.
pub fn tag_with(secret: &[u8], text: &[u8]) -> [u8; 16] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mut short = [0; 16];
    short.copy_from_slice(&hmac::sign(&key, text).as_ref()[..16]);
    short
}

/// Whether two secrets are equal. The time that it takes does not tell where they differ.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// Random bytes.
pub fn random_bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gave no random bytes"))?;
    Ok(bytes)
}

/// 256 random bits as text for a URL or a header.
pub fn random_token() -> anyhow::Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// A random UUID (version 4), which does not tell when it was made.
pub fn random_id() -> anyhow::Result<Uuid> {
    Ok(uuid::Builder::from_random_bytes(random_bytes()?).into_uuid())
}
