//! Encrypts secrets that the server must read again, before it stores them. A copy of the database
//! alone tells none of them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::SecretString;
use uuid::Uuid;

use crate::platform::crypto::keys::{derive, sha256};

const KEY_ID_LENGTH: usize = 8;

/// All columns with sealed values. When the secret key changes, they are sealed again. Their rows
/// have an `id`.
pub const SEALED: &[(&str, &str)] = &[("signing_keys", "sealed_seed"), ("totp_factors", "seed")];

/// The table, column and row of a sealed value. A value that is moved to another cell cannot be
/// opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedCell {
    pub table: &'static str,
    pub column: &'static str,
    pub row: Uuid,
}

impl SealedCell {
    fn bytes(&self) -> Vec<u8> {
        // Names contain no NUL, so two cells never have the same bytes.
        let mut bytes = format!("{}\0{}\0", self.table, self.column).into_bytes();
        bytes.extend(self.row.as_bytes());
        bytes
    }
}

/// Seals with the current secret key, and opens what was sealed with the current or the previous
/// one.
pub struct Sealer {
    current: SealingKey,
    previous: Option<SealingKey>,
}

struct SealingKey {
    /// The first bytes of every value that was sealed with this key.
    id: [u8; KEY_ID_LENGTH],
    key: RandomizedNonceKey,
}

impl SealingKey {
    fn derive(secret: &SecretString) -> anyhow::Result<Self> {
        let bytes = derive(secret, "sealing key");
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes)
            .map_err(|_| anyhow::anyhow!("the sealing key cannot be derived"))?;
        let mut id = [0; KEY_ID_LENGTH];
        id.copy_from_slice(&sha256(&bytes)[..KEY_ID_LENGTH]);
        Ok(Self { id, key })
    }
}

impl Sealer {
    /// Derives the sealing keys from the current and the previous secret key.
    pub fn derive(current: &SecretString, previous: Option<&SecretString>) -> anyhow::Result<Self> {
        Ok(Self {
            current: SealingKey::derive(current)?,
            previous: previous.map(SealingKey::derive).transpose()?,
        })
    }

    /// Seals a secret for its cell. The value is the id of the key, nonce, ciphertext and tag.
    pub fn seal(&self, place: &SealedCell, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut text = plain.to_vec();
        let nonce = self
            .current
            .key
            .seal_in_place_append_tag(Aad::from(place.bytes()), &mut text)
            .map_err(|_| anyhow::anyhow!("a secret cannot be sealed"))?;
        let mut sealed = self.current.id.to_vec();
        sealed.extend(nonce.as_ref());
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// Opens a secret that was sealed for this cell with a key of this server.
    pub fn open(&self, place: &SealedCell, sealed: &[u8]) -> Option<Vec<u8>> {
        let (id, rest) = sealed.split_first_chunk::<KEY_ID_LENGTH>()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        let key = keys.find(|key| key.id == *id)?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = key
            .key
            .open_in_place(nonce, Aad::from(place.bytes()), &mut text)
            .ok()?;
        Some(plain.to_vec())
    }

    /// Whether the first bytes say that it was sealed with one of these keys.
    pub fn is_ours(&self, sealed: &[u8]) -> bool {
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        keys.any(|key| sealed.starts_with(&key.id))
    }

    /// Whether it was sealed with the current secret key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.current.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: SealedCell = SealedCell {
        table: "factors",
        column: "seed",
        row: Uuid::from_u128(1),
    };

    fn secret(name: &str) -> SecretString {
        format!("{name}, a secret of at least 32 characters").into()
    }

    fn sealer(current: &str, previous: Option<&str>) -> Sealer {
        Sealer::derive(&secret(current), previous.map(secret).as_ref()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let sealer = sealer("new", None);
        let value = sealer.seal(&CELL, b"a seed").unwrap();
        assert_eq!(sealer.open(&CELL, &value).unwrap(), b"a seed");
        for elsewhere in [
            SealedCell {
                row: Uuid::from_u128(2),
                ..CELL
            },
            SealedCell {
                table: "webhooks",
                ..CELL
            },
            SealedCell {
                column: "secret",
                ..CELL
            },
        ] {
            assert_eq!(sealer.open(&elsewhere, &value), None, "{elsewhere:?}");
        }
    }

    #[test]
    fn it_does_not_show_and_never_looks_the_same_twice() {
        let sealer = sealer("new", None);
        let (first, second) = (
            sealer.seal(&CELL, b"a seed").unwrap(),
            sealer.seal(&CELL, b"a seed").unwrap(),
        );
        assert_ne!(first, second);
        assert!(!first.windows(6).any(|window| window == b"a seed"));
    }

    #[test]
    fn no_bit_of_it_can_be_changed_and_no_byte_left_out() {
        let sealer = sealer("new", None);
        let value = sealer.seal(&CELL, b"a seed").unwrap();
        for bit in 0..value.len() * 8 {
            let mut changed = value.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(sealer.open(&CELL, &changed), None, "bit {bit}");
        }
        for length in 0..value.len() {
            assert_eq!(sealer.open(&CELL, &value[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_previous_secret_opens_and_the_current_one_seals() {
        let before = sealer("old", None);
        let sealed = before.seal(&CELL, b"a seed").unwrap();
        let between = sealer("new", Some("old"));
        assert_eq!(between.open(&CELL, &sealed).unwrap(), b"a seed");
        assert!(!between.is_current(&sealed));

        let again = between.seal(&CELL, b"a seed").unwrap();
        assert!(between.is_current(&again));
        let after = sealer("new", None);
        assert_eq!(after.open(&CELL, &again).unwrap(), b"a seed");
        assert_eq!(after.open(&CELL, &sealed), None);
        assert_eq!(before.open(&CELL, &again), None);
    }
}
