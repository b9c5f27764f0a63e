//! Signs in with a passkey. It counts as both factors: the device that the person has, and the
//! fingerprint, face or PIN that unlocks it.

use axum::http::StatusCode;
use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::ceremony::Refused;
use super::proof::prove;
use super::settings::relying_party;
use super::store::take_challenge;
use super::types::Credential;
use crate::app::App;
use crate::auth::{find_and_lock_user, throttle};
use crate::entity::ids::PasskeyChallengeId;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::features::accounts::known_devices::find_device;
use crate::features::accounts::sign_in_attempt::Attempt;
use crate::features::accounts::sign_in_facts::SignInFacts;
use crate::features::accounts::types::SessionTokens;
use crate::http::extract::{AnonymousRequest, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::text::{DeviceLabel, PresentedSecret};
use crate::problem::Problem;

/// The challenge in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PasskeyChallengePath {
    /// The id of the passkey challenge.
    #[param(inline)]
    pub passkey_challenge_id: PasskeyChallengeId,
}

/// A challenge that a passkey has signed, to sign in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "credential": {
        "id": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "rawId": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "type": "public-key",
        "response": {
            "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MF…",
            "clientDataJSON": "eyJ0eXBlIjoi…",
            "signature": "MEUCIQ…",
            "userHandle": "AZnXoF9rfMCPDjwfahssPQ"
        },
        "clientExtensionResults": {}
    },
    "device_label": "Ana's phone"
})))]
pub struct SignInWithPasskeyRequest {
    /// What `toJSON()` of the `PublicKeyCredential` returns.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// The `device_token` that this device got when it signed in for the first time.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Sign in with a passkey.
///
/// Takes the signed challenge, opens a session and answers with its tokens. A passkey counts as both factors: you
/// need no code from an authenticator app. A credential that can be read uses up the
/// challenge, right or wrong. You get an email if the device is new.
///
/// - 401 `wrong_credentials`: the passkey opens no account on this server
/// - 409 `passkeys_not_supported`: this server does not support passkeys
/// - 410 `no_longer_valid`: the challenge was used, or is older than five minutes
/// - 422 `malformed_credential`, `wrong_origin` or `user_not_verified`: the credential is malformed, comes
///   from an app that this server does not know, or was made without asking for a
///   fingerprint, a face or a PIN
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/passkey-challenges/{passkey_challenge_id}/confirm", tag = "sign in", security(()),
    params(PasskeyChallengePath),
    responses(
        (status = CREATED, description = "Signed in", body = SessionTokens),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn sign_in_with_passkey(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<PasskeyChallengePath>,
    Json(shown): Json<SignInWithPasskeyRequest>,
) -> Result<Secret<SessionTokens>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let party = relying_party(&app)?;
    let claim = party.claim(&shown.credential).map_err(at_credential)?;
    let user_id = claim.holder.ok_or_else(|| at_credential(Refused::Wrong))?;

    let transaction = app.begin().await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let (id, purpose) = (path.passkey_challenge_id, ChallengePurpose::SignIn);
    let state = take_challenge(&transaction, id, purpose, None).await?;
    let state = state.ok_or(Problem::Gone)?;
    let user = find_and_lock_user(tx, user_id).await?;
    let label = shown.device_label.as_ref().map(DeviceLabel::as_str);
    let owner = user.as_ref().map(|user| user.id);
    let attempt = Attempt::undecided(&request.0, owner, label);
    let proven = if user.is_some_and(|user| user.state.lets_in()) {
        let passkey = (user_id, claim.passkey);
        prove(&transaction, &party, &state, &shown.credential, passkey).await?
    } else {
        Err(Refused::Wrong)
    };
    if let Err(refused) = proven {
        attempt.refuse(&transaction);
        transaction.commit(NoContent).await?;
        return Err(match refused {
            Refused::Wrong => {
                Problem::WrongCredentials("This passkey opens no account on this server.")
            }
            refused => at_credential(refused),
        });
    }
    let device = find_device(tx, shown.device_token.as_ref(), Some(user_id)).await?;
    let device = device.map(|device| device.id);
    let account = SignInFacts::read(&app, tx, user_id, now).await?;
    let tokens = attempt
        .succeed(&app, &transaction, &account, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}

fn at_credential(refused: Refused) -> Problem {
    refused.at("/credential")
}
