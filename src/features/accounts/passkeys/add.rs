//! Adds a passkey.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::proof::old_challenge;
use super::settings::relying_party;
use super::store::{count_passkeys, take_challenge};
use super::types::{Credential, Passkey};
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::account_event::EventKind;
use crate::entity::ids::PasskeyChallengeId;
use crate::entity::passkey::{ActiveModel, Column, Entity};
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::http::extract::Json;
use crate::http::response::CreatedBody;
use crate::platform::db::{Constraint, OnConstraint};
use crate::platform::text::PasskeyName;
use crate::problem::{Conflict, Problem};

/// How many an account may have.
const MAX: u64 = 25;

/// A passkey that a device has made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "challenge_id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "name": "Ana's phone",
    "credential": {
        "id": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "rawId": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "type": "public-key",
        "response": { "attestationObject": "o2NmbXRkbm9uZWdh…", "clientDataJSON": "eyJ0eXBlIjoi…" },
        "clientExtensionResults": {}
    }
})))]
pub struct NewPasskey {
    #[garde(skip)]
    pub challenge_id: PasskeyChallengeId,
    #[garde(dive)]
    pub name: PasskeyName,
    /// What `toJSON()` of the new `PublicKeyCredential` gives.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Add a passkey.
///
/// From now on one can sign in with it. Signs all other devices out, unless
/// they are to stay. The owner is told by mail. Where this device has not
/// proved in the last ten minutes who holds it: 403 `reauthentication_needed`.
/// 409 `passkeys_unavailable`, `too_many_passkeys` (25 at most) or
/// `passkey_known`; 422 `unknown_challenge` for a challenge that is used, older
/// than five minutes or of another device.
#[utoipa::path(
    post, path = "/me/passkeys", tag = "accounts",
    responses((status = CREATED, description = "The passkey", body = Passkey), Problem),
)]
pub async fn add_passkey(
    app: App,
    caller: RecentCaller,
    Json(new): Json<NewPasskey>,
) -> Result<CreatedBody<Passkey>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_write(&caller).await?;
    let (tx, now) = (write.tx(), write.now());
    let (purpose, session) = (ChallengePurpose::Add, Some(write.session_id()));
    let state = take_challenge(tx, new.challenge_id, purpose, session, now).await?;
    let state = state.ok_or_else(|| old_challenge("/challenge_id"))?;
    let made = match party.finish_adding(&state, &new.credential) {
        Ok(made) => made,
        Err(refused) => {
            write.commit_without_replay().await?;
            return Err(refused.at("/credential"));
        }
    };
    if count_passkeys(tx, write.user_id()).await? >= MAX {
        let detail = "You have 25 passkeys. Remove one first.";
        return Err(Conflict::of("too_many_passkeys", detail).into());
    }
    let row = ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(write.user_id()),
        name: Set(new.name.into()),
        credential_id: Set(made.id),
        credential: Set(made.credential),
        created_at: Set(now),
        last_used_at: Set(None),
    };
    let known = Conflict::of("passkey_known", "This passkey was added before.");
    let once = Constraint::unique::<Entity>([Column::CredentialId]);
    let row = write.insert::<Entity>(row).await;
    let answer = CreatedBody(Passkey::from(row.on_constraint(&once, known)?));
    let change = FactorChange {
        kind: EventKind::PasskeyAdded,
        keep_other_sessions: new.keep_other_sessions,
    };
    finish_factor_change(write, change, answer).await
}
