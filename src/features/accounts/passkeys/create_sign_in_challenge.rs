//! Starts a sign-in with a passkey.

use super::settings::relying_party;
use super::store::keep_challenge;
use super::types::PasskeyChallenge;
use crate::app::App;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Start a sign-in with a passkey.
///
/// Answers the challenge that the device signs. It is valid for five minutes and one use. It
/// names no account: the device shows the passkeys that it has for this server.
///
/// - 409 `passkeys_not_supported`: this server does not support passkeys; `features` of
///   `GET /v1/server` tells you before
#[utoipa::path(
    post, path = "/passkey-challenges", tag = "sign in", security(()),
    responses((status = CREATED, description = "What to sign", body = PasskeyChallenge), Problem),
)]
pub async fn create_passkey_sign_in_challenge(
    app: App,
) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let begun = relying_party(&app)?.begin_proof()?;
    let transaction = app.begin().await?;
    let purpose = ChallengePurpose::SignIn;
    let challenge = keep_challenge(&transaction, begun, purpose, None)?;
    transaction.commit(CreatedBody(challenge)).await
}
