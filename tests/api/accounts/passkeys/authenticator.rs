//! An authenticator in software. It follows the standard, uses another library than the server,
//! and can send every false response that an attacker could send.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
/// COSE's name of ECDSA with P-256 and SHA-256.
const ES256: i8 = -7;

/// A device with one passkey.
pub struct Authenticator {
    pub key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub holder: Vec<u8>,
    pub origin: String,
    pub domain: String,
    pub counter: u32,
    pub verifies: bool,
    pub present: bool,
    pub algorithm: i8,
    /// Signed instead of the challenge that the server sent.
    pub challenge: Option<Value>,
    /// Sent instead of the ceremony that the server asked for.
    pub ceremony: Option<&'static str>,
}

impl Authenticator {
    /// An authenticator that behaves correctly.
    pub fn new() -> Self {
        let mut id = vec![0; 16];
        fill(&mut id).unwrap();
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id,
            holder: Vec::new(),
            origin: "https://kith.example".into(),
            domain: "kith.example".into(),
            counter: 0,
            verifies: true,
            present: true,
            algorithm: ES256,
            challenge: None,
            ceremony: None,
        }
    }

    /// Makes the passkey that a challenge asks for.
    pub fn make(&mut self, options: &Value) -> Value {
        let holder = options["user"]["id"].as_str().unwrap();
        self.holder = BASE64.decode(holder).unwrap();
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.authenticator_data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose_key());

        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({
            "id": BASE64.encode(&self.id),
            "rawId": BASE64.encode(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "attestationObject": BASE64.encode(object),
                "transports": ["internal"],
            },
        })
    }

    /// Signs a challenge.
    pub fn sign(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        self.sign_without_counting(options)
    }

    /// Signs without raising the counter, as a copied key would.
    pub fn sign_without_counting(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(0);
        let hash = digest(&SHA256, client_data.as_bytes());
        let signed = [&data, hash.as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id),
            "rawId": BASE64.encode(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "authenticatorData": BASE64.encode(data),
                "signature": BASE64.encode(signature.as_ref()),
                "userHandle": BASE64.encode(&self.holder),
            },
        })
    }

    fn client_data(&self, ceremony: &str, options: &Value) -> String {
        let challenge = self.challenge.as_ref().unwrap_or(&options["challenge"]);
        json!({
            "type": self.ceremony.unwrap_or(ceremony),
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string()
    }

    fn authenticator_data(&self, more_flags: u8) -> Vec<u8> {
        let mut flags = more_flags;
        if self.present {
            flags |= PRESENT;
        }
        if self.verifies {
            flags |= VERIFIED;
        }
        let mut data = digest(&SHA256, self.domain.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// `{1: 2, 3: algorithm, -1: 1, -2: x, -3: y}` in CBOR.
    fn cose_key(&self) -> Vec<u8> {
        let point = &self.key.public_key().as_ref()[1..];
        let algorithm = u8::try_from(0x1f - i16::from(self.algorithm)).unwrap();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03];
        // Small negative numbers take one byte, others take two.
        match algorithm - 0x20 {
            small @ 0..24 => key.push(0x20 + small),
            large => key.extend([0x38, large]),
        }
        key.extend([0x20, 0x01, 0x21, 0x58, 0x20]);
        key.extend(&point[..32]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[32..]);
        key
    }
}
