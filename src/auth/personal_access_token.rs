//! Personal access tokens as text: `kith_pat_`, 256 random bits and a checksum. The prefix lets
//! scanners find leaked tokens. The checksum refuses mistyped tokens without a database query.

use crate::platform::crypto::keys::{random_bytes, sha256};

const PREFIX: &str = "kith_pat_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// So many digits of base 62 hold 256 bits.
const SECRET_LENGTH: usize = 43;
/// So many digits of base 62 hold 32 bits.
const CHECK_LENGTH: usize = 6;

/// A new token: the text for its owner, and the hash for the database.
pub fn make_personal_access_token() -> anyhow::Result<(String, Vec<u8>)> {
    let secret = in_base_62(&random_bytes::<32>()?, SECRET_LENGTH);
    let token = format!("{PREFIX}{secret}{}", checksum(&secret));
    let hash = sha256(token.as_bytes());
    Ok((token, hash))
}

/// Whether a text looks like such a token. It may still be malformed.
pub(crate) fn is_personal_access_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The hash of a well-formed token.
pub(crate) fn hash_of_token(text: &str) -> Option<Vec<u8>> {
    let (secret, check) = text.strip_prefix(PREFIX)?.split_at_checked(SECRET_LENGTH)?;
    (check == checksum(secret)).then(|| sha256(text.as_bytes()))
}

fn checksum(secret: &str) -> String {
    in_base_62(&sha256(secret.as_bytes())[..4], CHECK_LENGTH)
}

/// Writes a number, given by its bytes, with leading zeros.
fn in_base_62(bytes: &[u8], length: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![0; length];
    for place in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        *place = DIGITS[rest as usize];
    }
    String::from_utf8_lossy(&digits).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_62_digits() {
        for (bytes, text) in [
            (&[0, 0, 0, 0][..], "000000"),
            (&[0, 0, 0, 61], "00000z"),
            (&[0, 0, 0, 62], "000010"),
            (&[255, 255, 255, 255], "4gfFC3"),
        ] {
            assert_eq!(in_base_62(bytes, 6), text);
        }
        let most = in_base_62(&[255; 32], SECRET_LENGTH);
        assert_eq!(most.len(), SECRET_LENGTH);
        assert_ne!(most, in_base_62(&[254; 32], SECRET_LENGTH));
    }

    #[test]
    fn a_token_is_known_by_its_shape_and_any_other_text_is_not() {
        let (token, hash) = make_personal_access_token().unwrap();
        assert_eq!(token.len(), 58);
        assert_eq!(hash_of_token(&token), Some(hash));
        for place in 0..token.len() {
            let mut wrong = token.clone().into_bytes();
            wrong[place] = if wrong[place] == b'a' { b'b' } else { b'a' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(hash_of_token(&wrong), None, "{place}");
            assert_eq!(hash_of_token(&token[..place]), None, "{place}");
        }
        for wrong in [
            format!("{token}0"),
            format!(" {token}"),
            format!("{token}\0"),
            "kith_pat_é".repeat(9),
        ] {
            assert_eq!(hash_of_token(&wrong), None, "{wrong}");
        }
    }
}
