//! The first statement of a transaction on PostgreSQL: it reads the time, claims the key of the
//! request, and then locks the row that the transaction works under.
//!
//! The order is part of the guarantee. While an equal request runs, this one waits for its end
//! without holding the lock, so that the others go on. The lock depends on the count of claimed
//! keys (`claimed.keys >= 0` is always true), so PostgreSQL cannot take it first.
//!
//! The statement sees the rows as they were when it began, so nothing is proven here: what is read
//! after it, in statements of their own, is true under the lock.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use super::idempotency::KeyedRequest;
use super::problem::is_insert_timeout;
use crate::entity::ids::{CircleId, UserId};
use crate::platform::time::clock::Clock;
use crate::problem::Problem;

/// The row that a transaction locks first and works under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockedRow {
    Circle(CircleId),
    Account(UserId),
}

impl LockedRow {
    fn table(self) -> &'static str {
        match self {
            Self::Circle(_) => "circles",
            Self::Account(_) => "users",
        }
    }

    fn id(self) -> Uuid {
        match self {
            Self::Circle(id) => id.0,
            Self::Account(id) => id.0,
        }
    }
}

/// What the first statement found.
pub(super) struct Opened {
    /// The time at which everything in the transaction happens.
    pub now: DateTime<Utc>,
    /// Whether the key was free, and belongs to this transaction now.
    pub claimed: bool,
}

/// Sends the statement. If an equal request takes too long, it is a conflict.
pub(super) async fn open(
    tx: &DatabaseTransaction,
    clock: &Clock,
    row: LockedRow,
    user_id: UserId,
    key: Option<&KeyedRequest>,
) -> Result<Opened, Problem> {
    let (sql, values) = statement(clock.if_set(), row, user_id, key);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let opened = tx.query_one_raw(statement).await.map_err(|error| {
        if is_insert_timeout(&error, "idempotency_records") {
            Problem::InProgress
        } else {
            error.into()
        }
    })?;
    let opened = opened.ok_or_else(|| DbErr::RecordNotFound("the database's clock".into()))?;
    let keys: i64 = opened.try_get_by_index(1)?;
    Ok(Opened {
        now: opened.try_get_by_index(0)?,
        claimed: keys > 0,
    })
}

/// The statement and its values. `now` is the time of a clock that was set; the real time is the
/// database's.
fn statement(
    now: Option<DateTime<Utc>>,
    row: LockedRow,
    user_id: UserId,
    key: Option<&KeyedRequest>,
) -> (String, Vec<Value>) {
    let table = row.table();
    let mut values: Vec<Value> = vec![now.into(), row.id().into()];
    let (claim, keys) = match key {
        None => ("", "SELECT 0::bigint AS keys"),
        Some(key) => {
            values.push(user_id.0.into());
            values.extend([&key.method, &key.path, &key.key].map(|text| text.as_str().into()));
            values.push(key.body_hash.clone().into());
            (
                "claim AS (\
                   INSERT INTO idempotency_records \
                     (user_id, method, path, key, body_hash, status, headers, body, created_at) \
                   SELECT $3, $4, $5, $6, $7, 0, '{}', '', started.now FROM started \
                   ON CONFLICT DO NOTHING RETURNING 1), ",
                "SELECT count(*) AS keys FROM claim",
            )
        }
    };
    // FOR UPDATE would block every insert that points at the row.
    let sql = format!(
        "WITH started AS MATERIALIZED (SELECT coalesce($1::timestamptz, clock_timestamp()) AS now), \
         {claim}claimed AS MATERIALIZED ({keys}) \
         SELECT started.now, claimed.keys, locked.id \
         FROM started CROSS JOIN claimed LEFT JOIN LATERAL (\
           SELECT id FROM {table} WHERE id = $2 AND claimed.keys >= 0 FOR NO KEY UPDATE\
         ) AS locked ON true"
    );
    (sql, values)
}
