//! Adds a passkey.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::proof::old_challenge;
use super::settings::relying_party;
use super::store::{count_passkeys, take_challenge};
use super::types::{Credential, Passkey};
use crate::access::limits;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::ids::PasskeyChallengeId;
use crate::entity::passkey::{ActiveModel, Column, Entity};
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::http::extract::Json;
use crate::http::response::CreatedBody;
use crate::platform::db::{Constraint, OnConstraint};
use crate::platform::text::PasskeyName;
use crate::problem::{Conflict, Problem, ProblemCode};

/// How many passkeys an account may have.
const MAX: u64 = 25;

/// A passkey that a device has created.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "passkey_challenge_id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "name": "Ana's phone",
    "credential": {
        "id": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "rawId": "wY4Sx1tDk3mF1mC0e8bXkQ",
        "type": "public-key",
        "response": { "attestationObject": "o2NmbXRkbm9uZWdh…", "clientDataJSON": "eyJ0eXBlIjoi…" },
        "clientExtensionResults": {}
    }
})))]
pub struct CreatePasskeyRequest {
    /// The id of the challenge from `POST /v1/me/passkey-challenges`.
    #[garde(skip)]
    pub passkey_challenge_id: PasskeyChallengeId,
    #[garde(dive)]
    pub name: PasskeyName,
    /// What `toJSON()` of the new `PublicKeyCredential` returns.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
    /// Whether your other sessions go on. Default: they end.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Add a passkey.
///
/// From now on you can sign in with it. All your other sessions end, unless
/// `keep_other_sessions` is true. You get an email about it.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `passkeys_not_supported`: this server does not support passkeys
/// - 409 `limit_reached`: you have 25 passkeys; delete one first
/// - 409 `passkey_already_added`: this passkey was added before
/// - 422 `unknown_passkey_challenge`: the challenge was used, is older than five minutes, or belongs
///   to another session
/// - 422 `malformed_credential`, `wrong_origin` or `user_not_verified`: the credential is malformed, comes
///   from an app that this server does not know, or was created without asking for a
///   fingerprint, a face or a PIN
/// - 422 `incorrect`: the credential does not belong to the challenge
#[utoipa::path(
    post, path = "/me/passkeys", tag = "security",
    responses((status = CREATED, description = "The new passkey", body = Passkey), Problem),
)]
pub async fn create_passkey(
    app: App,
    caller: RecentCaller,
    Json(new): Json<CreatePasskeyRequest>,
) -> Result<CreatedBody<Passkey>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_write(&caller).await?;
    let (tx, now) = (write.tx(), write.now());
    let (purpose, session) = (ChallengePurpose::Add, Some(write.session_id()));
    let state = take_challenge(
        write.transaction(),
        new.passkey_challenge_id,
        purpose,
        session,
    )
    .await?;
    let state = state.ok_or_else(|| old_challenge("/passkey_challenge_id"))?;
    let made = match party.finish_adding(&state, &new.credential) {
        Ok(made) => made,
        Err(refused) => {
            write.commit_without_replay().await?;
            return Err(refused.at("/credential"));
        }
    };
    if count_passkeys(tx, write.user_id()).await? >= MAX {
        let detail = "You have 25 passkeys. Delete one first.";
        return Err(Conflict {
            limit: Some(limits::PASSKEYS),
            ..Conflict::of(ProblemCode::LimitReached, detail)
        }
        .into());
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
    let known = Conflict::of(
        ProblemCode::PasskeyAlreadyAdded,
        "This passkey was added before.",
    );
    let once = Constraint::unique::<Entity>([Column::CredentialId]);
    let row = write.insert::<Entity>(row).await;
    let answer = CreatedBody(Passkey::from(row.on_constraint(&once, known)?));
    let change = FactorChange {
        kind: SecurityEventKind::PasskeyAdded,
        keep_other_sessions: new.keep_other_sessions,
    };
    finish_factor_change(write, change, answer).await
}
