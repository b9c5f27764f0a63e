//! Signs in with a passkey. It is both factors in one: a thing that the person has, and
//! the finger, face or PIN that unlocks it.

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
use crate::features::accounts::types::Tokens;
use crate::http::extract::{AnonymousRequest, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::text::{DeviceLabel, PresentedSecret};
use crate::problem::Problem;

/// The challenge in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PasskeyChallengePath {
    /// The challenge.
    #[param(inline)]
    pub passkey_challenge_id: PasskeyChallengeId,
}

/// A challenge, signed with a passkey, to sign in.
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
pub struct PasskeySignIn {
    /// What `toJSON()` of the `PublicKeyCredential` gives.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// As it came with the first tokens of this device.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Sign in with a passkey.
///
/// Takes the challenge, signed. A passkey stands for both factors: no code of
/// an authenticator app is asked for. Right or wrong, an answer that can be read
/// uses the challenge up. 410 for a challenge that is used or too old; 409
/// `passkeys_unavailable`.
#[utoipa::path(
    post, path = "/passkey-challenges/{passkey_challenge_id}/confirm", tag = "accounts", security(()),
    params(PasskeyChallengePath),
    responses(
        (status = CREATED, description = "Signed in", body = Tokens),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn sign_in_with_passkey(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<PasskeyChallengePath>,
    Json(shown): Json<PasskeySignIn>,
) -> Result<Secret<Tokens>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let party = relying_party(&app)?;
    let claim = party.claim(&shown.credential).map_err(at_credential)?;
    let user_id = claim.holder.ok_or_else(|| at_credential(Refused::Wrong))?;

    let transaction = app.begin().await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let (id, purpose) = (path.passkey_challenge_id, ChallengePurpose::SignIn);
    let state = take_challenge(tx, id, purpose, None, now).await?;
    let state = state.ok_or(Problem::Gone)?;
    let user = find_and_lock_user(tx, user_id).await?;
    let label = shown.device_label.as_ref().map(DeviceLabel::as_str);
    let attempt = Attempt::note(&transaction, &request.0, user.as_ref(), label, 0).await?;
    let user = user.filter(|user| user.state.lets_in());
    let proven = match user {
        Some(user) => {
            let passkey = (user_id, claim.passkey);
            let proven = prove(tx, &party, &state, &shown.credential, passkey, now).await?;
            proven.map(|()| user)
        }
        None => Err(Refused::Wrong),
    };
    let user = match proven {
        Ok(user) => user,
        Err(refused) => {
            transaction.commit(NoContent).await?;
            return Err(match refused {
                Refused::Wrong => {
                    Problem::WrongCredentials("This passkey does not open an account here.")
                }
                refused => at_credential(refused),
            });
        }
    };
    let device = find_device(tx, shown.device_token.as_ref(), Some(user_id)).await?;
    let device = device.map(|device| device.id);
    let tokens = attempt
        .succeed(&app, &transaction, &user, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}

fn at_credential(refused: Refused) -> Problem {
    refused.at("/credential")
}
