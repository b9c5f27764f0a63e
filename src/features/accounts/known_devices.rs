//! Devices that have signed in before, known by a token that opens nothing.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::entity::ids::{KnownDeviceId, UserId};
use crate::entity::known_device::{ActiveModel, Column, Entity, Model};
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::Transaction;
use crate::platform::text::PresentedSecret;
use crate::problem::Problem;

/// How many devices of an account are known.
const AT_MOST: u64 = 50;

/// The device of a token that was shown, if it is one of this account; an address
/// without an account costs the same question.
#[expect(clippy::disallowed_methods, reason = "devices belong to no circle")]
pub(super) async fn find_device(
    connection: &impl ConnectionTrait,
    token: Option<&PresentedSecret>,
    owner: Option<UserId>,
) -> Result<Option<Model>, DbErr> {
    let Some(token) = token else {
        return Ok(None);
    };
    let by_hash = Column::TokenHash.eq(sha256(token.expose().as_bytes()));
    let device = Entity::find().filter(by_hash).one(connection).await?;
    Ok(device.filter(|device| Some(device.user_id) == owner))
}

/// Remembers a device that has signed in, and forgets those that were not used for the
/// longest time: an app that does not keep its token is a new device each time. Answers
/// the token.
#[expect(clippy::disallowed_methods, reason = "devices belong to no circle")]
pub(super) async fn remember_device(
    write: &Transaction,
    user_id: UserId,
) -> Result<String, Problem> {
    let (tx, now) = (write.tx(), write.now());
    let token = random_token()?;
    let row = ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256(token.as_bytes())),
        created_at: Set(now),
        last_used_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    let newest = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .limit(AT_MOST)
        .into_query();
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.not_in_subquery(newest))
        .exec(tx)
        .await?;
    Ok(token)
}

/// Notes that a device has signed in again.
#[expect(clippy::disallowed_methods, reason = "devices belong to no circle")]
pub(super) async fn note_use(
    tx: &DatabaseTransaction,
    device: KnownDeviceId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    Entity::update_many()
        .set(ActiveModel {
            last_used_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Id.eq(device))
        .exec(tx)
        .await?;
    Ok(())
}
