//! The rows of the keys: which are valid, and which signs.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend,
    DbErr, EntityTrait, QueryFilter, QueryOrder,
};

use super::pair::Signer;
use crate::app::App;
use crate::auth::lookup;
use crate::entity::ids::SigningKeyId;
use crate::entity::signing_key::{ActiveModel, Column, Entity, Model};
use crate::platform::crypto::keys::{Keys, random_bytes};
use crate::platform::crypto::sealed::SealedCell;
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::problem::Problem;

/// The column that a seed is sealed for.
pub(super) fn cell_of(id: SigningKeyId) -> SealedCell {
    SealedCell {
        table: "signing_keys",
        column: "sealed_seed",
        row: id.0,
    }
}

/// The private half of a key.
pub(crate) fn unseal(keys: &Keys, row: &Model) -> anyhow::Result<Signer> {
    let seed = keys.open(&cell_of(row.id), &row.sealed_seed);
    let seed = seed.context("a signing key cannot be decrypted")?;
    Signer::of_seed(row.id, &seed)
}

/// The condition for keys that are valid now or later.
pub fn are_published(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(Column::EndsAt.is_null())
        .add(Column::EndsAt.gt(now))
}

/// The keys that are published: those that are valid now or later, the oldest first.
#[expect(clippy::disallowed_methods, reason = "the keys are the server's own")]
pub(super) async fn live(connection: &impl Reads, now: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(are_published(now))
        .order_by_asc(Column::ActiveFrom)
        .order_by_asc(Column::Id)
        .read(connection)
        .await
}

/// The published key that signs: the newest that is active, or the first key if none is active
/// yet.
pub(super) fn signing(live: &[Model], now: DateTime<Utc>) -> Option<&Model> {
    let due = live.iter().rfind(|key| key.active_from <= now);
    due.or_else(|| live.first())
}

/// Locks the keys until this transaction ends.
pub(super) async fn lock(transaction: &Transaction) -> Result<(), DbErr> {
    if transaction.backend() == DbBackend::Postgres {
        let lock = "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE";
        transaction.tx().execute_unprepared(lock).await?;
    }
    Ok(())
}

/// Creates a key that signs from this moment on.
pub(super) async fn insert(
    app: &App,
    transaction: &Transaction,
    active_from: DateTime<Utc>,
) -> Result<SigningKeyId, Problem> {
    let id: SigningKeyId = transaction.new_id();
    let seed = random_bytes::<32>()?;
    let pair = Signer::of_seed(id, &seed)?;
    let row = ActiveModel {
        id: Set(id),
        public_key: Set(pair.public_bytes().to_vec()),
        sealed_seed: Set(app.keys().seal(&cell_of(id), &seed)?),
        created_at: Set(transaction.now()),
        active_from: Set(active_from),
        ends_at: Set(None),
    };
    lookup::insert_all::<Entity>(transaction.tx(), [row]).await?;
    Ok(id)
}

/// Ends keys at a moment. A key that ends before stays as it is.
#[expect(clippy::disallowed_methods, reason = "the keys are the server's own")]
pub(super) async fn end(
    tx: &DatabaseTransaction,
    which: Condition,
    at: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let later = Condition::any()
        .add(Column::EndsAt.is_null())
        .add(Column::EndsAt.gt(at));
    let ended = Entity::update_many()
        .set(ActiveModel {
            ends_at: Set(Some(at)),
            ..Default::default()
        })
        .filter(which)
        .filter(later)
        .exec(tx)
        .await?;
    Ok(ended.rows_affected)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_newest_key_whose_time_has_come_signs() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let key = |number: u128, hours: i64| Model {
            id: SigningKeyId(Uuid::from_u128(number)),
            public_key: Vec::new(),
            sealed_seed: Vec::new(),
            created_at: now,
            active_from: now + TimeDelta::hours(hours),
            ends_at: None,
        };
        for (keys, signs) in [
            (vec![], None),
            (vec![key(1, 0)], Some(1)),
            (vec![key(1, -90), key(2, -1), key(3, 24)], Some(2)),
            (vec![key(1, 1), key(2, 24)], Some(1)),
        ] {
            let found = signing(&keys, now).map(|key| key.id.0.as_u128());
            assert_eq!(found, signs, "{keys:?}");
        }
    }
}
