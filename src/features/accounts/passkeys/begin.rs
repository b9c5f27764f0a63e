//! Begins to add a passkey.

use super::settings::relying_party;
use super::store::{self, keep_challenge};
use super::types::PasskeyChallenge;
use crate::app::App;
use crate::auth::{RecentCaller, require_user};
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Begin to add a passkey.
///
/// Shows what the device needs to make one. Nothing changes until it is added.
/// A server without passkeys answers 409 `passkeys_unavailable`. Where this
/// device has not proved in the last ten minutes who holds it: 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/passkey-challenges", tag = "accounts",
    responses((status = CREATED, description = "What to make and sign", body = PasskeyChallenge), Problem),
)]
pub async fn begin_passkey(
    app: App,
    caller: RecentCaller,
) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    let known = store::known(write.tx(), user.id).await?;
    let begun = party.begin_adding(user.id, &user.email, &user.name, known)?;
    let asked_by = Some((user.id, write.session_id()));
    let purpose = ChallengePurpose::Add;
    let challenge = keep_challenge(write.tx(), begun, purpose, asked_by, write.now()).await?;
    write.commit(CreatedBody(challenge)).await
}
