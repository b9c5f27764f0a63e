//! The unit of work: one transaction that a client hanging up cannot cut in
//! half, with its time and its idempotency record.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use serde_json::json;

use super::Db;
use crate::answer::{Answer, StoredAnswer};
use crate::clock::Clock;
use crate::entity::idempotency_record;
use crate::entity::ids::UserId;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// What a unit of work needs of the house.
pub trait BeginWrite {
    fn db(&self) -> &Db;
    fn clock(&self) -> &Clock;
}

/// An open transaction. Dropped without `commit`, nothing has happened.
pub struct Unit {
    tx: DatabaseTransaction,
    now: DateTime<Utc>,
    claim: Option<Claim>,
}

/// An idempotency key that this unit of work holds.
struct Claim {
    user_id: UserId,
    request: Arc<RequestInfo>,
    key: String,
}

impl Unit {
    /// Opens the transaction: on SQLite with the write lock in hand.
    ///
    /// The BEGIN runs as a task of its own: cancelled half-way it would leave a
    /// pooled connection inside a transaction.
    pub async fn begin(house: &impl BeginWrite) -> Result<Self, Problem> {
        let writer = house.db().writer.clone();
        let begin = tokio::spawn(async move {
            writer
                .begin_with_options(TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                })
                .await
        });
        let tx = begin.await.map_err(anyhow::Error::from)??;
        let now = house.clock().at(&tx).await?;
        Ok(Self {
            tx,
            now,
            claim: None,
        })
    }

    /// The transaction.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// The time at which all of this happens.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        use sea_orm::ConnectionTrait;
        self.tx.get_database_backend()
    }

    /// Claims the request's Idempotency-Key, or ends with the answer it had before.
    ///
    /// An equal key in flight makes this wait until the other transaction is over.
    #[expect(
        clippy::disallowed_methods,
        reason = "the records of answers belong to no circle"
    )]
    pub async fn claim_key(
        &mut self,
        user_id: UserId,
        request: &Arc<RequestInfo>,
    ) -> Result<(), Problem> {
        let (Some(key), true) = (
            &request.idempotency_key,
            request.method == axum::http::Method::POST,
        ) else {
            return Ok(());
        };
        let body_hash = request.body_hash.get().cloned().unwrap_or_default();
        let row = idempotency_record::ActiveModel {
            user_id: Set(user_id),
            method: Set(request.method.to_string()),
            path: Set(request.path.clone()),
            key: Set(key.clone()),
            body_hash: Set(body_hash.clone()),
            status: Set(0),
            headers: Set("{}".into()),
            body: Set(String::new()),
            created_at: Set(self.now),
        };
        let claimed = idempotency_record::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        if claimed > 0 {
            self.claim = Some(Claim {
                user_id,
                request: request.clone(),
                key: key.clone(),
            });
            return Ok(());
        }
        let kept = find_record(user_id, request, key)
            .one(&self.tx)
            .await?
            .ok_or(Problem::Unavailable)?;
        if kept.body_hash != body_hash {
            return Err(Problem::KeyReused);
        }
        Err(Problem::Replay(Box::new(stored_answer(&kept))))
    }

    /// Keeps the answer under its key, commits, and hands the answer back.
    pub async fn commit<A: Answer>(self, answer: A) -> Result<A, Problem> {
        if let Some(claim) = &self.claim {
            let stored = answer.store().map_err(anyhow::Error::from)?;
            self.keep_answer(claim, stored).await?;
        }
        let tx = self.tx;
        let commit = tokio::spawn(tx.commit());
        commit.await.map_err(anyhow::Error::from)??;
        Ok(answer)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the records of answers belong to no circle"
    )]
    async fn keep_answer(&self, claim: &Claim, answer: StoredAnswer) -> Result<(), DbErr> {
        let headers = json!({ "etag": answer.etag, "location": answer.location });
        idempotency_record::Entity::update_many()
            .set(idempotency_record::ActiveModel {
                status: Set(i32::from(answer.status)),
                headers: Set(headers.to_string()),
                body: Set(answer.body),
                ..Default::default()
            })
            .filter(record_key(claim.user_id, &claim.request, &claim.key))
            .exec(&self.tx)
            .await
            .map(drop)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the records of answers belong to no circle"
)]
fn find_record(
    user_id: UserId,
    request: &RequestInfo,
    key: &str,
) -> sea_orm::Select<idempotency_record::Entity> {
    idempotency_record::Entity::find().filter(record_key(user_id, request, key))
}

fn record_key(user_id: UserId, request: &RequestInfo, key: &str) -> sea_orm::Condition {
    use idempotency_record::Column;
    sea_orm::Condition::all()
        .add(Column::UserId.eq(user_id))
        .add(Column::Method.eq(request.method.as_str()))
        .add(Column::Path.eq(&request.path))
        .add(Column::Key.eq(key))
}

fn stored_answer(record: &idempotency_record::Model) -> StoredAnswer {
    let headers: serde_json::Value = serde_json::from_str(&record.headers).unwrap_or_default();
    let header = |name: &str| headers[name].as_str().map(str::to_owned);
    StoredAnswer {
        status: u16::try_from(record.status).unwrap_or(200),
        etag: header("etag"),
        location: header("location"),
        body: record.body.clone(),
    }
}
