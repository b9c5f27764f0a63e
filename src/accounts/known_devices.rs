//! Devices that have signed in before, known by a token that opens nothing.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter,
};

use crate::app::App;
use crate::entity::ids::{KnownDeviceId, UserId};
use crate::entity::known_device::{ActiveModel, Column, Entity, Model};
use crate::keys::{random_token, sha256};
use crate::problem::Problem;
use crate::text::PresentedSecret;

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

/// Remembers a device that has signed in; answers its token.
#[expect(clippy::disallowed_methods, reason = "devices belong to no circle")]
pub(super) async fn remember_device(
    app: &App,
    tx: &DatabaseTransaction,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    let token = random_token()?;
    let row = ActiveModel {
        id: Set(app.clock().new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256(token.as_bytes())),
        created_at: Set(now),
        last_used_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
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
