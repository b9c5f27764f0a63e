//! Devices that have signed in before. The server knows them by a token, which gives no access
//! by itself.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, QueryOrder, QuerySelect, QueryTrait,
};

use crate::auth::{AccountScope, lookup};
use crate::entity::ids::{KnownDeviceId, UserId};
use crate::entity::known_device::{ActiveModel, Column, Entity, Model};
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::platform::text::PresentedSecret;
use crate::problem::Problem;

/// How many devices of an account are remembered.
const AT_MOST: u64 = 50;

/// The device with this token, if it belongs to this account. The query also runs for an email
/// address without an account, so that both take the same time.
pub(super) async fn find_device(
    connection: &impl Reads,
    token: Option<&PresentedSecret>,
    owner: Option<UserId>,
) -> Result<Option<Model>, DbErr> {
    let Some(token) = token else {
        return Ok(None);
    };
    let device = lookup::by_hash::<Entity>(token.expose());
    let device = device.read_one(connection).await?;
    Ok(device.filter(|device| Some(device.user_id) == owner))
}

/// Remembers a device that has signed in, and returns its token. Deletes the devices that were
/// not used for the longest time: an app that does not store its token is a new device at each
/// sign-in.
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
    let account = AccountScope::of(user_id);
    account.insert_all::<Entity>(tx, [row]).await?;
    let newest = account
        .find::<Entity>()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .limit(AT_MOST)
        .into_query();
    account
        .delete_all::<Entity>(tx, Column::Id.not_in_subquery(newest))
        .await?;
    Ok(token)
}

/// Notes that a device has signed in again.
pub(super) async fn note_use(
    tx: &DatabaseTransaction,
    user_id: UserId,
    device: KnownDeviceId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let row = ActiveModel {
        last_used_at: Set(now),
        ..Default::default()
    };
    AccountScope::of(user_id)
        .update_all::<Entity>(tx, row, Column::Id.eq(device))
        .await?;
    Ok(())
}
