//! Asks a signed-in device for a passkey, to prove again who holds it.

use super::passkeys::{PasskeyChallenge, begin_session_proof};
use crate::app::App;
use crate::auth::AnyCaller;
use crate::http::openapi::Fact;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Begin to prove by a passkey that it is still you.
///
/// The challenge is good once, for five minutes and for this device; send it back,
/// signed, to `POST /v1/sessions/reauthenticate`. A server without passkeys answers
/// 409 `passkeys_unavailable`.
#[utoipa::path(
    post, path = "/sessions/passkey-challenges", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = CREATED, description = "What to sign", body = PasskeyChallenge), Problem),
)]
pub async fn begin_reauthentication(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let write = app.begin_write(&caller).await?;
    let challenge = begin_session_proof(&app, &write).await?;
    write.commit(CreatedBody(challenge)).await
}
