//! The two halves of a key, in the types of the token library.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{DecodingKey, EncodingKey};

use crate::entity::ids::SigningKeyId;
use crate::entity::signing_key;

/// The public key.
#[derive(Debug)]
pub struct PublicKey {
    pub id: SigningKeyId,
    pub verifying: DecodingKey,
}

impl PublicKey {
    pub fn of(row: &signing_key::Model) -> Self {
        Self::read(row.id, &row.public_key)
    }

    /// Reads its 32 bytes.
    pub fn read(id: SigningKeyId, bytes: &[u8]) -> Self {
        Self {
            id,
            verifying: DecodingKey::from_ed_der(bytes),
        }
    }
}

/// The private key.
pub struct Signer {
    pub id: SigningKeyId,
    pub signing: EncodingKey,
    public: Vec<u8>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

impl Signer {
    /// Makes the key pair of a seed.
    pub fn of_seed(id: SigningKeyId, seed: &[u8]) -> anyhow::Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|_| anyhow::anyhow!("the signing key is broken"))?;
        let pkcs8 = pair
            .to_pkcs8v1()
            .map_err(|_| anyhow::anyhow!("the signing key cannot be encoded"))?;
        Ok(Self {
            id,
            signing: EncodingKey::from_ed_der(pkcs8.as_ref()),
            public: pair.public_key().as_ref().to_vec(),
        })
    }

    /// The public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        PublicKey::read(self.id, &self.public)
    }

    /// The 32 bytes of the public key.
    pub(super) fn public_bytes(&self) -> &[u8] {
        &self.public
    }
}
