//! Begins to sign in with a passkey.

use super::settings::relying_party;
use super::store::keep_challenge;
use super::types::PasskeyChallenge;
use crate::app::App;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Begin to sign in with a passkey.
///
/// The challenge is good once, for five minutes and for this device. It names no
/// address: the device shows the passkeys that it has for this server. A server
/// without passkeys answers 409 `passkeys_unavailable`; `GET /v1/server` tells it
/// before.
#[utoipa::path(
    post, path = "/passkey-challenges", tag = "accounts", security(()),
    responses((status = CREATED, description = "What to sign", body = PasskeyChallenge), Problem),
)]
pub async fn begin_passkey_sign_in(app: App) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let begun = relying_party(&app)?.begin_proof()?;
    let transaction = app.begin().await?;
    let purpose = ChallengePurpose::SignIn;
    let challenge =
        keep_challenge(transaction.tx(), begun, purpose, None, transaction.now()).await?;
    transaction.commit(CreatedBody(challenge)).await
}
