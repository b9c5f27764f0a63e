//! Starts to confirm the caller's identity with a passkey.

use super::passkeys::{PasskeyChallenge, begin_session_proof};
use crate::app::App;
use crate::auth::AnyCaller;
use crate::http::openapi::Fact;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Start to confirm your identity with a passkey.
///
/// Answers the challenge that the device signs. It is valid for five minutes, one use, and
/// this session only. Send it back, signed, to `POST /v1/me/reauthenticate`.
///
/// - 409 `passkeys_not_supported`: this server does not support passkeys
#[utoipa::path(
    post, path = "/me/reauthentication-challenges", tag = "security",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = CREATED, description = "What to sign", body = PasskeyChallenge), Problem),
)]
pub async fn create_reauthentication_challenge(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let write = app.begin_write(&caller).await?;
    let challenge = begin_session_proof(&app, &write).await?;
    write.commit(CreatedBody(challenge)).await
}
