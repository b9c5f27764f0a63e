//! The public keys, for programs that verify access tokens of this server.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::app::App;
use crate::entity::ids::SigningKeyId;
use crate::entity::signing_key;
use crate::problem::Problem;

/// Others may keep it for five minutes: a key ends later than that after its
/// last signature, and is published a day before its first, unless an operator is in a hurry.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The keys that sign the access tokens of this server (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "keys": [{
    "kid": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "kty": "OKP",
    "crv": "Ed25519",
    "alg": "EdDSA",
    "use": "sig",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}] })))]
pub struct KeySet {
    /// The oldest first; among them those that will sign soon, and those that signed lately.
    pub keys: Vec<PublishedKey>,
}

/// A public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedKey {
    pub kid: SigningKeyId,
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The key itself, in base64url.
    pub x: String,
}

impl From<&signing_key::Model> for PublishedKey {
    fn from(key: &signing_key::Model) -> Self {
        Self {
            kid: key.id,
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            x: BASE64_URL_SAFE_NO_PAD.encode(&key.public_key),
        }
    }
}

impl IntoResponse for KeySet {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, KEEP)], axum::Json(self)).into_response()
    }
}

/// Read the public keys of access tokens.
///
/// For services that verify access tokens by themselves. A key is here for a day
/// before it signs, unless it is the first, or an operator had it sign at once.
/// Nothing that a key has signed is good once the key is gone; a session that has
/// ended is refused by this server only.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "server", security(()),
    responses((status = OK, description = "The keys", body = KeySet), Problem),
)]
pub async fn read_key_set(app: App) -> Result<KeySet, Problem> {
    let live = store::live(app.reader(), app.clock().now()).await?;
    let keys = live.iter().map(PublishedKey::from).collect();
    Ok(KeySet { keys })
}
