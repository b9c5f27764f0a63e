//! How a transaction of a caller begins: it takes its time, claims the key of the request, locks the
//! row that it works under, and reads the rows that prove the caller.
//!
//! The order is part of the guarantee. While an equal request runs, this one waits for its end
//! without holding the lock, so that the others go on.
//!
//! On PostgreSQL the first statement does all but the proof. The lock depends on the count of
//! claimed keys (`claimed.keys >= 0` is always true), so PostgreSQL cannot take it first. The
//! statement sees the rows as they were when it began, so the proof is a statement of its own: what
//! is read after the lock is true under it. If the proof were joined with the lock, it would still
//! see a member whom a transaction that just committed has removed.
//!
//! On SQLite the whole database is locked already, and each text that is sent costs as much as most
//! statements. So the claim and the proof are one text. The driver carries out its statements one
//! after the other: the proof sees what the claim has written, and tells in its first column how
//! many rows that were (`changes()`).

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryTrait, Statement, Value, Values,
};
use uuid::Uuid;

use super::idempotency::KeyedRequest;
use super::later::renumber;
use super::problem::is_insert_timeout;
use super::reader::Reads;
use crate::entity::ids::{CircleId, UserId};
use crate::platform::time::clock::Clock;
use crate::problem::Problem;
use crate::row::Row;

/// The query that proves a caller: at the door, and again in a transaction.
#[derive(Clone, Debug)]
pub struct ProofStatement {
    /// What follows `SELECT`.
    pub selected: String,
    /// The values of `$1` and so on.
    pub values: Vec<Value>,
}

impl ProofStatement {
    /// The proof alone.
    pub fn build(self, backend: DbBackend) -> Statement {
        let sql = format!("SELECT {}", self.selected);
        Statement::from_sql_and_values(backend, sql, self.values)
    }

    /// On SQLite: a claim and then the proof, in one text. The first column of the proof is the
    /// number of claimed keys. The claim takes the first values in turn, because its parameters
    /// have no numbers. Those of the proof have numbers, which count all values of the text.
    fn after(self, claim: Statement) -> Statement {
        let mut sql = claim.sql;
        let mut values = claim.values.map_or_else(Vec::new, |values| values.0);
        sql.push_str("; SELECT changes(), ");
        renumber(&self.selected, values.len(), &mut sql);
        values.extend(self.values);
        Statement {
            sql,
            values: Some(Values(values)),
            db_backend: claim.db_backend,
        }
    }
}

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

/// What was found when the transaction began.
pub(super) struct Opened<R> {
    /// The time at which everything in the transaction happens.
    pub now: DateTime<Utc>,
    /// Whether the key was free, and belongs to this transaction now.
    pub claimed: bool,
    /// The rows that prove the caller.
    pub proof: Vec<R>,
}

/// Claims, locks and reads the proof. If an equal request takes too long, it is a conflict.
pub(super) async fn open<R: Row>(
    tx: &DatabaseTransaction,
    clock: &Clock,
    row: LockedRow,
    user_id: UserId,
    key: Option<&KeyedRequest>,
    proof: ProofStatement,
) -> Result<Opened<R>, Problem> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(open_sqlite(tx, clock.now(), user_id, key, proof).await?);
    }
    let (now, claimed) = open_postgres(tx, clock, row, user_id, key).await?;
    Ok(Opened {
        now,
        claimed,
        proof: tx.rows(proof.build(DbBackend::Postgres)).await?,
    })
}

/// Locks only, where nothing is to be claimed or proven. Returns the time of the transaction. On
/// SQLite the transaction holds the lock already.
pub(super) async fn lock(
    tx: &DatabaseTransaction,
    clock: &Clock,
    row: LockedRow,
) -> Result<DateTime<Utc>, Problem> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(clock.now());
    }
    let nobody = UserId(Uuid::nil());
    let (now, _) = open_postgres(tx, clock, row, nobody, None).await?;
    Ok(now)
}

/// The time, and whether the key was claimed.
async fn open_postgres(
    tx: &DatabaseTransaction,
    clock: &Clock,
    row: LockedRow,
    user_id: UserId,
    key: Option<&KeyedRequest>,
) -> Result<(DateTime<Utc>, bool), Problem> {
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
    Ok((opened.try_get_by_index(0)?, keys > 0))
}

/// On SQLite. If nothing proves the caller, it is not known whether the key was claimed: the
/// transaction ends, and with it the claim.
async fn open_sqlite<R: Row>(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    user_id: UserId,
    key: Option<&KeyedRequest>,
    proof: ProofStatement,
) -> Result<Opened<R>, DbErr> {
    let Some(key) = key else {
        return Ok(Opened {
            now,
            claimed: false,
            proof: tx.rows(proof.build(DbBackend::Sqlite)).await?,
        });
    };
    let claim = key.claim(user_id, now).build(DbBackend::Sqlite);
    let rows: Vec<(i64, R)> = tx.rows(proof.after(claim)).await?;
    Ok(Opened {
        now,
        claimed: rows.first().is_some_and(|(keys, _)| *keys > 0),
        proof: rows.into_iter().map(|(_, row)| row).collect(),
    })
}

/// The first statement on PostgreSQL, and its values. `now` is the time of a clock that was set; the
/// real time is the database's.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_sqlite_the_proof_follows_the_claim_and_tells_whether_it_wrote() {
        let values = |numbers: &[i32]| numbers.iter().map(|n| Value::from(*n)).collect::<Vec<_>>();
        let claim = "INSERT INTO a VALUES (?, ?) ON CONFLICT DO NOTHING";
        let claim = Statement::from_sql_and_values(DbBackend::Sqlite, claim, values(&[1, 2]));
        let proof = ProofStatement {
            selected: "b FROM c WHERE d = $2 AND e = $1".into(),
            values: values(&[3, 4]),
        };
        let both = proof.after(claim);
        assert_eq!(
            both.sql,
            "INSERT INTO a VALUES (?, ?) ON CONFLICT DO NOTHING; \
             SELECT changes(), b FROM c WHERE d = $4 AND e = $3"
        );
        assert_eq!(both.values, Some(Values(values(&[1, 2, 3, 4]))));
    }
}
