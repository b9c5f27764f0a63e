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

/// Others may cache the keys for five minutes. A key ends later than that after its last
/// signature, and is published a day before its first, unless an operator makes it sign at once.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The public keys of the access tokens of this server (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "keys": [{
    "kid": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "kty": "OKP",
    "crv": "Ed25519",
    "alg": "EdDSA",
    "use": "sig",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}] })))]
pub struct JsonWebKeySet {
    /// The keys, the oldest first. Among them are keys that sign soon or have signed lately.
    pub keys: Vec<JsonWebKey>,
}

/// A public key of access tokens (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    /// The id of the key. The header of an access token names it.
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
    /// The public key itself, in base64url.
    pub x: String,
}

impl From<&signing_key::Model> for JsonWebKey {
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

impl IntoResponse for JsonWebKeySet {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, KEEP)], axum::Json(self)).into_response()
    }
}

/// Get the public keys of access tokens.
///
/// For services that verify access tokens by themselves. A key is published a day before it
/// signs, unless it is the first key or an operator made it sign at once. When a key is gone,
/// refuse the tokens that it has signed. Only this server knows which sessions have ended: a
/// service that verifies a token by itself can accept it up to ten minutes longer.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "server", security(()),
    responses((status = OK, description = "The public keys", body = JsonWebKeySet), Problem),
)]
pub async fn get_json_web_keys(app: App) -> Result<JsonWebKeySet, Problem> {
    let live = store::live(app.reader(), app.clock().now()).await?;
    let keys = live.iter().map(JsonWebKey::from).collect();
    Ok(JsonWebKeySet { keys })
}
