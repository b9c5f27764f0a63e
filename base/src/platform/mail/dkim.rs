//! Signs emails with DKIM (RFC 6376; Ed25519: RFC 8463), for operators whose mail server does not.
//!
//! The libraries that do this bring `rsa` or `ring`, which `deny.toml` refuses: signing is what
//! RUSTSEC-2023-0071 is about. Here aws-lc-rs signs, as everywhere else.

use anyhow::{Context, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::ExposeSecret;

use crate::config::DkimSettings;
use crate::platform::crypto::keys::sha256;

/// The headers that are signed if the email has them.
const SIGNED: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
];
/// How many characters of a signature are in one line.
const LINE: usize = 72;

/// Signs emails with the key of a domain.
pub(super) struct Dkim {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A header: its name in lower case, and its value with its line breaks.
type Header = (String, String);

impl Dkim {
    pub fn new(settings: &DkimSettings) -> anyhow::Result<Self> {
        Ok(Self {
            domain: settings.domain.clone(),
            selector: settings.selector.clone(),
            key: Key::read(settings.key.expose_secret().as_bytes())?,
        })
    }

    /// The email with its signature before the other headers.
    pub fn sign(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let text = std::str::from_utf8(message)?;
        let parts = text.split_once("\r\n\r\n");
        let (head, body) = parts.context("the email has no body")?;
        let headers = headers_of(head);
        let present = SIGNED.iter().filter_map(|name| {
            let mut found = headers.iter().filter(|(other, _)| other == name);
            found.next()
        });
        let present: Vec<&Header> = present.collect();
        let names: Vec<&str> = present.iter().map(|(name, _)| name.as_str()).collect();
        // The second `from` signs that there is no other one.
        let start = format!(
            "v=1; a={}; c=relaxed/relaxed; d={};\r\n s={}; h={}:from;\r\n bh={};\r\n b=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            names.join(":"),
            BASE64_STANDARD.encode(sha256(relaxed_body(body).as_bytes())),
        );
        let mut data = String::new();
        for (name, value) in present {
            data += &relaxed_header(name, value);
            data += "\r\n";
        }
        data += &relaxed_header("dkim-signature", &start);
        let signature = BASE64_STANDARD.encode(self.key.sign(data.as_bytes())?);
        let mut signed = format!("DKIM-Signature: {start}").into_bytes();
        for (number, line) in signature.as_bytes().chunks(LINE).enumerate() {
            if number > 0 {
                signed.extend_from_slice(b"\r\n ");
            }
            signed.extend_from_slice(line);
        }
        signed.extend_from_slice(b"\r\n");
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

impl Key {
    /// Reads a private key in PEM.
    fn read(pem: &[u8]) -> anyhow::Result<Self> {
        const WANTED: &str = "DKIM_KEY_FILE must hold a private key in PEM: RSA with 2048 bits or \
                              more, or Ed25519";
        let rsa = |key: Result<RsaKeyPair, _>| key.map(Self::Rsa).ok();
        let key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs1(der)) => rsa(RsaKeyPair::from_der(der.secret_pkcs1_der())),
            Ok(PrivateKeyDer::Pkcs8(der)) => {
                let der = der.secret_pkcs8_der();
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    Ok(key) => Some(Self::Ed25519(key)),
                    Err(_) => rsa(RsaKeyPair::from_pkcs8(der)),
                }
            }
            _ => None,
        };
        key.context(WANTED)
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, data: &[u8]) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let random = SystemRandom::new();
                if key
                    .sign(&RSA_PKCS1_SHA256, &random, data, &mut signature)
                    .is_err()
                {
                    bail!("the email could not be signed");
                }
                Ok(signature)
            }
            // It signs the hash (RFC 8463).
            Self::Ed25519(key) => Ok(key.sign(&sha256(data)).as_ref().to_vec()),
        }
    }
}

fn headers_of(head: &str) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }
    headers
}

/// A header in its canonical form `relaxed`, without the line break at its end.
fn relaxed_header(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    format!("{name}:{}", words.join(" "))
}

/// A body in its canonical form `relaxed`.
fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len());
    let mut empty = 0;
    for line in body.split("\r\n") {
        let line = relaxed_line(line);
        if line.is_empty() {
            empty += 1;
            continue;
        }
        // Empty lines count only before a line that is not.
        relaxed.extend(std::iter::repeat_n("\r\n", empty));
        empty = 0;
        relaxed += &line;
        relaxed += "\r\n";
    }
    relaxed
}

/// A line with single spaces, and none at its end.
fn relaxed_line(line: &str) -> String {
    let mut relaxed = String::with_capacity(line.len());
    let mut space = false;
    for letter in line.chars() {
        if matches!(letter, ' ' | '\t') {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            relaxed.push(' ');
        }
        relaxed.push(letter);
    }
    relaxed
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, KeyPair, UnparsedPublicKey};

    use super::*;

    /// The hash of this body is in RFC 6376 and RFC 8463.
    const BODY: &str = "Hi.\r\n\r\nWe lost \t the game. Are you hungry yet? \r\n\r\nJoe.\r\n\r\n";
    const BODY_HASH: &str = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=";

    fn pem(der: &[u8]) -> String {
        let key = BASE64_STANDARD.encode(der);
        format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n")
    }

    fn dkim(pem: String) -> anyhow::Result<Dkim> {
        Dkim::new(&DkimSettings {
            domain: "example.org".into(),
            selector: "kith".into(),
            key: pem.into(),
        })
    }

    #[test]
    fn the_signature_covers_the_headers_and_the_body() {
        let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, public.public_key().as_ref().to_vec());
        let message = format!(
            "From: Kith  <kith@example.org>\r\nX-Other: a\r\nTo: ana@example.org\r\n\
             Subject: A reminder\r\n from Ana's circle\r\n\r\n{BODY}"
        );
        let dkim = dkim(pem(der.as_ref())).unwrap();
        let signed = String::from_utf8(dkim.sign(message.as_bytes()).unwrap()).unwrap();
        let header = signed.strip_suffix(&message).unwrap();
        let (before, signature) = header.rsplit_once("b=").unwrap();
        assert!(before.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; "));
        assert!(header.lines().all(|line| line.len() < 100), "{header}");

        let data = format!(
            "from:Kith <kith@example.org>\r\nto:ana@example.org\r\n\
             subject:A reminder from Ana's circle\r\n\
             dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=kith; \
             h=from:to:subject:from; bh={BODY_HASH}; b="
        );
        let signature: String = signature.split_whitespace().collect();
        let signature = BASE64_STANDARD.decode(signature).unwrap();
        public.verify(&sha256(data.as_bytes()), &signature).unwrap();
    }

    #[test]
    fn another_key_is_refused_in_words() {
        for wrong in ["", "secret", &pem(b"no key")] {
            let Err(error) = dkim(wrong.to_owned()) else {
                panic!("{wrong}");
            };
            assert!(error.to_string().contains("DKIM_KEY_FILE"), "{error}");
        }
    }
}
