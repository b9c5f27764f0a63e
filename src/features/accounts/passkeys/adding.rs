//! The passkeys of one's account: adding one, seeing and naming them.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder};

use super::store::{self, count_passkeys, keep_challenge, take_challenge};
use super::types::{NewPasskey, Passkey, PasskeyChallenge, PasskeyChanges, PasskeyPath, Passkeys};
use super::{old_challenge, relying_party};
use crate::app::App;
use crate::auth::require_user;
use crate::auth::{Caller, RecentCaller};
use crate::entity::account_event::EventKind;
use crate::entity::passkey::{ActiveModel, Column, Entity};
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::http::extract::{Json, Path};
use crate::http::response::{Made, Report};
use crate::platform::db::{Constraint, OnConstraint};
use crate::problem::{Conflict, Problem};

/// How many an account may have.
const MAX: u64 = 25;

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
) -> Result<Made<PasskeyChallenge>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    let known = store::known(write.tx(), user.id).await?;
    let begun = party.begin_adding(user.id, &user.email, &user.name, known)?;
    let asked_by = Some((user.id, write.session_id()));
    let purpose = ChallengePurpose::Add;
    let challenge = keep_challenge(write.tx(), begun, purpose, asked_by, write.now()).await?;
    write.commit(Made(challenge)).await
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
) -> Result<Made<Passkey>, Problem> {
    let party = relying_party(&app)?;
    let write = app.begin_account_write(&caller).await?;
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
    let answer = Made(Passkey::from(row.on_constraint(&once, known)?));
    let change = FactorChange {
        kind: EventKind::PasskeyAdded,
        keep_other_sessions: new.keep_other_sessions,
    };
    finish_factor_change(write, change, answer).await
}

/// List one's passkeys.
///
/// The newest first.
#[utoipa::path(
    get, path = "/me/passkeys", tag = "accounts",
    responses((status = OK, description = "The passkeys", body = Passkeys), Problem),
)]
pub async fn list_passkeys(app: App, caller: Caller) -> Result<Report<Passkeys>, Problem> {
    let rows = caller
        .account()
        .find::<Entity>()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(app.reader())
        .await?;
    let data = rows.into_iter().map(Passkey::from).collect();
    Ok(Report(Passkeys { data }))
}

/// Rename a passkey.
///
/// The name is for oneself, in this list.
#[utoipa::path(
    patch, path = "/me/passkeys/{passkey_id}", tag = "accounts", params(PasskeyPath),
    responses((status = OK, description = "The passkey", body = Passkey), Problem),
)]
pub async fn update_passkey(
    app: App,
    caller: Caller,
    Path(path): Path<PasskeyPath>,
    Json(changes): Json<PasskeyChanges>,
) -> Result<Report<Passkey>, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let mut passkey = write.require::<Entity>(path.passkey_id).await?;
    let mut row = passkey.clone().into_active_model();
    if !changes.write_to(&mut row).is_empty() {
        passkey = write.update::<Entity>(row).await?;
    }
    write.commit(Report(passkey.into())).await
}
