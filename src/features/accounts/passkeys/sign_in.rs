//! Signing in with a passkey. It is both factors in one: something one has, and
//! the finger, face or PIN that unlocks it.

use axum::http::StatusCode;

use super::ceremony::Refused;
use super::store::{keep_challenge, take_challenge};
use super::types::{PasskeyChallenge, PasskeyChallengePath, PasskeySignIn};
use super::{prove, relying_party};
use crate::app::App;
use crate::auth::find_and_lock_user;
use crate::auth::throttle;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::features::accounts::known_devices::find_device;
use crate::features::accounts::sign_in::Attempt;
use crate::features::accounts::types::Tokens;
use crate::http::extract::{Asked, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{Done, Made, Secret};
use crate::platform::text::DeviceLabel;
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
pub async fn begin_passkey_sign_in(app: App) -> Result<Made<PasskeyChallenge>, Problem> {
    let begun = relying_party(&app)?.begin_proof()?;
    let unit = app.begin().await?;
    let purpose = ChallengePurpose::SignIn;
    let challenge = keep_challenge(unit.tx(), begun, purpose, None, unit.now()).await?;
    unit.commit(Made(challenge)).await
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
    request: Asked,
    Path(path): Path<PasskeyChallengePath>,
    Json(shown): Json<PasskeySignIn>,
) -> Result<Secret<Tokens>, Problem> {
    throttle::check_client(&app, &request.0).await?;
    let party = relying_party(&app)?;
    let claim = party.claim(&shown.credential).map_err(at_credential)?;
    let user_id = claim.holder.ok_or_else(|| at_credential(Refused::Wrong))?;

    let unit = app.begin().await?;
    let (tx, now) = (unit.tx(), unit.now());
    let (id, purpose) = (path.passkey_challenge_id, ChallengePurpose::SignIn);
    let state = take_challenge(tx, id, purpose, None, now).await?;
    let state = state.ok_or(Problem::Gone)?;
    let user = find_and_lock_user(tx, user_id).await?;
    let label = shown.device_label.as_ref().map(DeviceLabel::as_str);
    let attempt = Attempt::note(&unit, &request.0, user.as_ref(), label, 0).await?;
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
            unit.commit(Done).await?;
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
    let tokens = attempt.succeed(&app, &unit, &user, device, label).await?;
    unit.commit(Done).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}

fn at_credential(refused: Refused) -> Problem {
    refused.at("/credential")
}
