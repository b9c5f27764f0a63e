//! Starts to add a passkey.

use super::settings::relying_party;
use super::store::{self, keep_challenge};
use super::types::PasskeyChallenge;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::http::response::CreatedBody;
use crate::problem::Problem;

/// Start to add a passkey.
///
/// Answers what the device needs to create a passkey. It is valid for five minutes, one use,
/// and this session only. Nothing changes until you send the result to
/// `POST /v1/me/passkeys`.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `passkeys_not_supported`: this server does not support passkeys
#[utoipa::path(
    post, path = "/me/passkey-challenges", tag = "security",
    responses((status = CREATED, description = "What to create and sign", body = PasskeyChallenge), Problem),
)]
pub async fn create_passkey_challenge(
    app: App,
    caller: RecentCaller,
) -> Result<CreatedBody<PasskeyChallenge>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_write(&caller).await?;
    let user = write.user();
    let known = store::known(write.tx(), user.id).await?;
    let begun = party.begin_adding(user.id, &user.email, &user.name, known)?;
    let asked_by = Some((user.id, write.session_id()));
    let purpose = ChallengePurpose::Add;
    let challenge = keep_challenge(write.transaction(), begun, purpose, asked_by)?;
    write.commit(CreatedBody(challenge)).await
}
