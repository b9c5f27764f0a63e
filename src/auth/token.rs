//! Access tokens: EdDSA, `at+jwt`, ten minutes. Only this module signs and reads them. It is
//! stricter than the library: it refuses every header and claim that this server does not write.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::signing::{PublicKey, Signer};
use crate::entity::ids::{RefreshTokenId, SessionId, SigningKeyId, UserId};

/// How long an access token is valid.
pub const LIFE: TimeDelta = TimeDelta::minutes(10);
const LEEWAY_SECONDS: i64 = 30;
/// The longest access token, in bytes.
pub(super) const MAX_TOKEN: usize = 4096;
const TYPE: &str = "at+jwt";
/// The audience of every access token.
const AUDIENCE: &str = "kith";
/// The client of every access token: the app that the person signed in with.
const CLIENT: &str = "kith";
/// The app can do everything that the person can do.
const SCOPE: &str = "all";

/// The content of an access token after it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub user_id: UserId,
    pub session_id: SessionId,
    /// The refresh token that it was issued with.
    pub id: RefreshTokenId,
    /// The key that signed it.
    pub key_id: SigningKeyId,
}

/// All members that our header has. Any other member is refused: it could bring a key, compress
/// the claims or demand an extension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    typ: String,
    alg: String,
    kid: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    client_id: String,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    scope: String,
}

/// Signs an access token of a session. It comes with a refresh token.
pub fn issue_token(
    signer: &Signer,
    issuer: &str,
    user_id: UserId,
    session_id: SessionId,
    id: RefreshTokenId,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.into());
    header.kid = Some(signer.id.to_string());
    let claims = Claims {
        iss: issuer.into(),
        aud: AUDIENCE.into(),
        sub: user_id.0,
        client_id: CLIENT.into(),
        sid: session_id.0,
        jti: id.0,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: (now + LIFE).timestamp(),
        scope: SCOPE.into(),
    };
    Ok(jsonwebtoken::encode(&header, &claims, &signer.signing)?)
}

/// The key that signed a token, as its header says. `None` if the header is not exactly ours.
pub fn key_of_token(token: &str) -> Option<SigningKeyId> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let (head, _) = token.split_once('.')?;
    let head = BASE64_URL_SAFE_NO_PAD.decode(head).ok()?;
    let head: Head = serde_json::from_slice(&head).ok()?;
    // An id can be written in several ways. Only ours is accepted.
    let id = SigningKeyId(head.kid.parse().ok()?);
    let is_ours = head.typ == TYPE && head.alg == "EdDSA" && id.to_string() == head.kid;
    is_ours.then_some(id)
}

/// Why an access token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It is genuine, and its ten minutes are over.
    Expired,
    /// Anything else is wrong with it.
    Invalid,
}

/// What a token says whose signature, form and issuer are good. None of that ever changes, so it can
/// be remembered. [`Self::judge`] says whether the token is valid at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenuineToken {
    token: AccessToken,
    /// In Unix seconds. The token is valid from then on for [`LIFE`].
    issued_at: i64,
}

impl GenuineToken {
    /// Reads an access token that this key has signed. `None` if anything is wrong with it, except
    /// its time.
    pub fn verify(key: &PublicKey, issuer: &str, token: &str) -> Option<Self> {
        if key_of_token(token) != Some(key.id) {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[AUDIENCE]);
        // The library uses the system's clock. `judge` uses the app's clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &validation);
        let claims = claims.ok()?.claims;
        let for_us = claims.client_id == CLIENT && claims.scope == SCOPE;
        let lives_as_ours =
            claims.nbf == claims.iat && claims.exp.saturating_sub(claims.iat) == LIFE.num_seconds();
        (for_us && lives_as_ours).then_some(Self {
            token: AccessToken {
                user_id: UserId(claims.sub),
                session_id: SessionId(claims.sid),
                id: RefreshTokenId(claims.jti),
                key_id: key.id,
            },
            issued_at: claims.iat,
        })
    }

    /// The token, if it is valid at this moment.
    pub fn judge(&self, now: DateTime<Utc>) -> Result<AccessToken, TokenFault> {
        let now = now.timestamp();
        if self.issued_at > now.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenFault::Invalid);
        }
        let end = self.issued_at.saturating_add(LIFE.num_seconds());
        if now >= end.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenFault::Expired);
        }
        Ok(self.token)
    }
}

/// Reads an access token that this key has signed. Only a token with a true signature and true
/// claims is told that it has expired.
pub fn verify_token(
    key: &PublicKey,
    issuer: &str,
    token: &str,
    now: DateTime<Utc>,
) -> Result<AccessToken, TokenFault> {
    let genuine = GenuineToken::verify(key, issuer, token);
    genuine.ok_or(TokenFault::Invalid)?.judge(now)
}

/// Signs a token and verifies it.
pub fn self_test(signer: &Signer, now: DateTime<Utc>) -> anyhow::Result<()> {
    let token = AccessToken {
        user_id: UserId(Uuid::nil()),
        session_id: SessionId(Uuid::nil()),
        id: RefreshTokenId(Uuid::nil()),
        key_id: signer.id,
    };
    let issuer = "self-test";
    let text = issue_token(
        signer,
        issuer,
        token.user_id,
        token.session_id,
        token.id,
        now,
    )?;
    anyhow::ensure!(
        verify_token(&signer.public(), issuer, &text, now) == Ok(token),
        "an access token just signed cannot be verified"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value, json};

    use super::*;

    impl GenuineToken {
        /// A token for the tests of the modules that hold tokens.
        pub fn example() -> Self {
            Self {
                token: AccessToken {
                    user_id: UserId(Uuid::from_u128(1)),
                    session_id: SessionId(Uuid::from_u128(2)),
                    id: RefreshTokenId(Uuid::from_u128(3)),
                    key_id: SigningKeyId(Uuid::from_u128(7)),
                },
                issued_at: now().timestamp(),
            }
        }
    }

    fn signer() -> Signer {
        Signer::of_seed(SigningKeyId(Uuid::from_u128(7)), &[7; 32]).unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn good() -> (Value, Value) {
        let at = now().timestamp();
        let header = json!({ "alg": "EdDSA", "typ": TYPE, "kid": signer().id });
        let claims = json!({
            "iss": "https://k", "aud": AUDIENCE, "sub": Uuid::nil(), "client_id": "kith",
            "sid": Uuid::nil(), "jti": Uuid::nil(), "iat": at, "nbf": at, "exp": at + 600,
            "scope": "all",
        });
        (header, claims)
    }

    fn sign(header: &Value, claims: &Value, key: &EncodingKey) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    fn accepted(header: &Value, claims: &Value) -> bool {
        let signer = signer();
        let token = sign(header, claims, &signer.signing);
        verify_token(&signer.public(), "https://k", &token, now()).is_ok()
    }

    #[test]
    fn a_good_token_is_believed() {
        let (header, claims) = good();
        assert!(accepted(&header, &claims));
    }

    #[test]
    fn a_header_that_is_not_exactly_ours_is_refused() {
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("typ", json!("JWT")),
            ("typ", json!("refresh+jwt")),
            ("typ", Value::Null),
            ("kid", json!("../../key")),
            ("kid", Value::Null),
            ("crit", json!(["b64"])),
            ("zip", json!("DEF")),
            ("jku", json!("https://evil.example")),
            ("x5u", json!("https://evil.example")),
        ] {
            let (mut header, claims) = good();
            header[name] = value.clone();
            assert!(!accepted(&header, &claims), "{name}: {value}");
        }
    }

    #[test]
    fn every_claim_is_required_and_typed() {
        let (header, claims) = good();
        for name in claims.as_object().unwrap().keys() {
            for value in [None, Some(json!({})), Some(json!(true)), Some(json!(1.5))] {
                let mut wrong = claims.clone();
                match &value {
                    Some(value) => wrong[name] = value.clone(),
                    None => drop(wrong.as_object_mut().unwrap().remove(name)),
                }
                assert!(!accepted(&header, &wrong), "{name}: {value:?}");
            }
        }
        for (name, value) in [
            ("iss", json!("https://other")),
            ("aud", json!("other")),
            ("exp", json!(9e18)),
            ("exp", json!(now().timestamp() - 31)),
            ("exp", json!(i64::MAX)),
            ("nbf", json!(now().timestamp() + 31)),
            ("admin", json!(true)),
        ] {
            let mut wrong = claims.clone();
            wrong[name] = value.clone();
            assert!(!accepted(&header, &wrong), "{name}: {value}");
        }
    }

    #[test]
    fn only_a_genuine_token_is_told_that_it_has_expired() {
        let (header, claims) = good();
        let signer = signer();
        let other = Signer::of_seed(signer.id, &[8; 32]).unwrap();
        let late = now() + LIFE + TimeDelta::seconds(LEEWAY_SECONDS);
        let verify = |token: &str, at| verify_token(&signer.public(), "https://k", token, at);
        let token = sign(&header, &claims, &signer.signing);
        assert!(verify(&token, late - TimeDelta::seconds(1)).is_ok());
        assert_eq!(verify(&token, late), Err(TokenFault::Expired));

        let forged = sign(&header, &claims, &other.signing);
        assert_eq!(verify(&forged, late), Err(TokenFault::Invalid));
        for (name, value) in [
            ("iss", json!("https://other")),
            ("scope", json!("some")),
            ("exp", json!(now().timestamp() + 60)),
        ] {
            let mut wrong = claims.clone();
            wrong[name] = value;
            let wrong = sign(&header, &wrong, &signer.signing);
            assert_eq!(verify(&wrong, late), Err(TokenFault::Invalid), "{name}");
        }
    }

    #[test]
    fn a_token_of_another_key_or_shape_is_refused() {
        let (header, claims) = good();
        let signer = signer();
        let other = Signer::of_seed(signer.id, &[8; 32]).unwrap();
        let good = sign(&header, &claims, &signer.signing);
        let verify =
            |token: &str| verify_token(&signer.public(), "https://k", token, now()).is_ok();
        assert!(verify(&good));
        assert!(!verify(&sign(&header, &claims, &other.signing)));
        let (message, _) = good.rsplit_once('.').unwrap();
        for wrong in [
            String::new(),
            "x".repeat(1 << 20),
            format!("{message}."),
            message.to_owned(),
            format!("{good}."),
            format!("{good}.x"),
            format!("{good}="),
            format!(" {good}"),
            good.replace('.', ".."),
        ] {
            assert!(!verify(&wrong), "{wrong:.80}");
        }
    }
}
