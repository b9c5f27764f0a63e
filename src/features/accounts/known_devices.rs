//! Devices that have signed in before. The server knows them by a token, which gives no access
//! by itself.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, QueryOrder, QuerySelect, QueryTrait};

use crate::auth::{AccountScope, lookup};
use crate::entity::ids::{KnownDeviceId, UserId};
use crate::entity::known_device::{ActiveModel, Column, Entity, Model};
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::platform::text::PresentedSecret;
use crate::problem::Problem;

/// How many other devices of an account are remembered beside a new one.
const OTHERS: u64 = 49;

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
/// sign-in. Both are sent with the commit.
pub(super) fn remember_device(write: &Transaction, user_id: UserId) -> Result<String, Problem> {
    let now = write.now();
    let token = random_token()?;
    let row = ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256(token.as_bytes())),
        created_at: Set(now),
        last_used_at: Set(now),
    };
    let account = AccountScope::of(user_id);
    let newest = account
        .find::<Entity>()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .limit(OTHERS)
        .into_query();
    // The statements that are sent together do not see each other's rows on PostgreSQL. So the
    // others are counted without the new device, which is inserted after this on SQLite, too.
    account.delete_all_later::<Entity>(write, Column::Id.not_in_subquery(newest));
    account.insert_all_later::<Entity>(write, [row]);
    Ok(token)
}

/// Notes that a device has signed in again. It is sent with the commit.
pub(super) fn note_use(write: &Transaction, user_id: UserId, device: KnownDeviceId) {
    let row = ActiveModel {
        last_used_at: Set(write.now()),
        ..Default::default()
    };
    AccountScope::of(user_id).update_all_later::<Entity>(write, row, Column::Id.eq(device));
}
