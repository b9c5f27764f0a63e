//! The rows of passkeys and of challenges.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, PaginatorTrait, QueryFilter,
    QuerySelect, Select,
};

use super::ceremony::{CredentialId, StartedCeremony};
use super::types::PasskeyChallenge;
use crate::auth::{AccountScope, lookup};
use crate::entity::ids::{PasskeyChallengeId, SessionId, UserId};
use crate::entity::passkey::{self, Column};
use crate::entity::passkey_challenge::{self, ChallengePurpose};
use crate::platform::crypto::keys::random_id;
use crate::platform::db::{ReadRows, Reads, SelectByPosition, Transaction};
use crate::problem::Problem;

const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(5);

/// The passkeys of an account.
pub(in crate::features::accounts) fn passkeys_of(user_id: UserId) -> Select<passkey::Entity> {
    AccountScope::of(user_id).find()
}

/// How many passkeys an account has.
pub(in crate::features::accounts) async fn count_passkeys(
    connection: &impl Reads,
    user_id: UserId,
) -> Result<u64, DbErr> {
    passkeys_of(user_id).count(connection).await
}

/// The ids by which authenticators know the passkeys of an account.
pub(super) async fn known(
    connection: &impl Reads,
    user_id: UserId,
) -> Result<Vec<CredentialId>, DbErr> {
    passkeys_of(user_id)
        .select_only()
        .column(Column::CredentialId)
        .by_position()
        .read(connection)
        .await
}

/// The passkey with this credential id, if it belongs to this account. It is locked until the
/// transaction ends.
pub(super) async fn lock_passkey(
    tx: &DatabaseTransaction,
    user_id: UserId,
    credential_id: CredentialId,
) -> Result<Option<passkey::Model>, DbErr> {
    passkeys_of(user_id)
        .filter(Column::CredentialId.eq(credential_id))
        .lock_exclusive()
        .one(tx)
        .await
}

/// Stores that a passkey was used. It is sent with the commit.
pub(super) fn note_use(write: &Transaction, passkey: &passkey::Model, credential: String) {
    let row = passkey::ActiveModel {
        credential: Set(credential),
        last_used_at: Set(Some(write.now())),
        ..Default::default()
    };
    let this_one = Column::Id.eq(passkey.id);
    AccountScope::of(passkey.user_id).update_all_later::<passkey::Entity>(write, row, this_one);
}

/// Deletes the passkeys that were added since a moment: a thief may have added them.
pub(in crate::features::accounts) async fn remove_passkeys_added_since(
    tx: &DatabaseTransaction,
    user_id: UserId,
    since: DateTime<Utc>,
) -> Result<(), DbErr> {
    AccountScope::of(user_id)
        .delete_all::<passkey::Entity>(tx, Column::CreatedAt.gte(since))
        .await
        .map(drop)
}

/// Stores a ceremony until its answer comes, five minutes at most. It is sent with the commit.
pub(super) fn keep_challenge(
    write: &Transaction,
    begun: StartedCeremony,
    purpose: ChallengePurpose,
    asked_by: Option<(UserId, SessionId)>,
) -> Result<PasskeyChallenge, Problem> {
    let now = write.now();
    let challenge = PasskeyChallenge {
        id: PasskeyChallengeId(random_id()?),
        expires_at: now + CHALLENGE_LIFE,
        options: begun.options,
    };
    let row = passkey_challenge::ActiveModel {
        id: Set(challenge.id),
        purpose: Set(purpose),
        user_id: Set(asked_by.map(|(user, _)| user)),
        session_id: Set(asked_by.map(|(_, session)| session)),
        state: Set(begun.state),
        created_at: Set(now),
        expires_at: Set(challenge.expires_at),
        used_at: Set(None),
    };
    lookup::insert_all_later::<passkey_challenge::Entity>(write, [row]);
    Ok(challenge)
}

/// Uses up a challenge and returns its state. `None` if the challenge belongs to another session
/// or purpose, was used, or has expired. That it is used up is sent with the commit.
pub(super) async fn take_challenge(
    write: &Transaction,
    id: PasskeyChallengeId,
    purpose: ChallengePurpose,
    session: Option<SessionId>,
) -> Result<Option<String>, Problem> {
    use passkey_challenge::Column;

    let now = write.now();

    let by_id = lookup::by_id::<passkey_challenge::Entity>(id);
    let open = by_id
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .lock_exclusive();
    let challenge = open.one(write.tx()).await?;
    let Some(challenge) = challenge.filter(|found| found.session_id == session) else {
        return Ok(None);
    };
    let row = passkey_challenge::ActiveModel {
        used_at: Set(Some(now)),
        ..Default::default()
    };
    lookup::update_later::<passkey_challenge::Entity>(write, challenge.id, row);
    Ok(Some(challenge.state))
}
