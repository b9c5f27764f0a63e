//! The write transaction: a client hanging up cannot cut it in half. It has its time,
//! makes ids, keeps the idempotency record, and wakes the queue when it commits.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::Db;
use super::problem::is_lock_timeout;
use super::writer::{Patience, WriteTransaction};
use crate::access::TopicLevels;
use crate::entity::idempotency_record;
use crate::entity::ids::UserId;
use crate::http::request::RequestInfo;
use crate::http::response::{Answer, Done, StoredAnswer};
use crate::platform::crypto::keys::Keys;
use crate::platform::time::clock::Clock;
use crate::problem::{Conflict, Problem};

/// What a transaction needs of the house.
pub trait BeginWrite {
    fn db(&self) -> &Db;
    fn clock(&self) -> &Clock;
    fn keys(&self) -> &Keys;
}

/// An open transaction. Dropped without `commit`, nothing has happened.
pub struct Transaction {
    write: WriteTransaction,
    clock: Clock,
    keys: Keys,
    now: DateTime<Utc>,
    key: Key,
}

/// What is known of the request's Idempotency-Key.
enum Key {
    /// It has none.
    None,
    /// This transaction holds it.
    Claimed(Claim),
    /// It has had its answer.
    Kept(Box<idempotency_record::Model>, Arc<RequestInfo>),
}

struct Claim {
    user_id: UserId,
    request: Arc<RequestInfo>,
    key: String,
    topics: Option<TopicLevels>,
}

impl Transaction {
    /// Opens the transaction: on SQLite with the write lock in hand.
    pub async fn begin(house: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(house, Patience::OfARequest).await
    }

    /// The same for work that nobody waits for: it waits for its turn, however long
    /// others write. On SQLite the turns are dealt out in the order of asking.
    pub async fn begin_patiently(house: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(house, Patience::Endless).await
    }

    async fn begin_with(house: &impl BeginWrite, patience: Patience) -> Result<Self, Problem> {
        let write = house.db().writer.begin(patience).await?;
        let now = house.clock().at(write.tx()).await?;
        Ok(Self {
            write,
            clock: house.clock().clone(),
            keys: house.keys().clone(),
            now,
            key: Key::None,
        })
    }

    /// What statements run on.
    pub fn tx(&self) -> &DatabaseTransaction {
        self.write.tx()
    }

    /// The time at which all of this happens.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new UUIDv7 of this moment.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        self.clock.new_id()
    }

    /// What is made of the server's secret key.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Has the commit wake the queue.
    pub(in crate::platform) fn ring_after_commit(&self) {
        self.write.ring_after_commit();
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        use sea_orm::ConnectionTrait;
        self.tx().get_database_backend()
    }

    /// Claims the request's Idempotency-Key, before any lock is taken: an equal
    /// key in flight makes this wait until the other transaction is over, and is
    /// a conflict if that takes too long.
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
        let row = idempotency_record::ActiveModel {
            user_id: Set(user_id),
            method: Set(request.method.to_string()),
            path: Set(request.path.clone()),
            key: Set(key.clone()),
            body_hash: Set(hash_of(request)),
            status: Set(idempotency_record::NO_ANSWER),
            headers: Set("{}".into()),
            body: Set(String::new()),
            topics: Set(None),
            created_at: Set(self.now),
        };
        let claimed = idempotency_record::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.tx())
            .await
            .map_err(|error| {
                if is_lock_timeout(&error) {
                    Problem::InProgress
                } else {
                    error.into()
                }
            })?;
        self.key = if claimed > 0 {
            Key::Claimed(Claim {
                user_id,
                request: request.clone(),
                key: key.clone(),
                topics: None,
            })
        } else {
            let kept = find_record(user_id, request, key).one(self.tx()).await?;
            let kept = kept.ok_or(Problem::Unavailable)?;
            Key::Kept(Box::new(kept), request.clone())
        };
        Ok(())
    }

    /// Ends with the answer that the key has had, once the caller is proven and
    /// their sight is known: what they do not see any more is not there.
    pub fn replay(&mut self, topics: Option<TopicLevels>) -> Result<(), Problem> {
        match &mut self.key {
            Key::None => Ok(()),
            Key::Claimed(claim) => {
                claim.topics = topics;
                Ok(())
            }
            Key::Kept(kept, request) => {
                if kept.body_hash != hash_of(request) {
                    return Err(Problem::KeyReused);
                }
                let seen = kept.topics.as_deref();
                if let (Some(topics), Some(seen)) = (topics, seen)
                    && !topics.cover(seen)
                {
                    return Err(Problem::NotFound);
                }
                if kept.status == idempotency_record::NO_ANSWER {
                    let detail = "This request was carried out before. Its answer is not kept any \
                        more, because it showed what is erased now. Read again what you need.";
                    return Err(Conflict::of("answer_not_kept", detail).into());
                }
                Err(Problem::Replay(Box::new(stored_answer(kept))))
            }
        }
    }

    /// Keeps the answer under its key, commits, and hands the answer back.
    pub async fn commit<A: Answer>(self, answer: A) -> Result<A, Problem> {
        if let Key::Claimed(claim) = &self.key {
            let stored = answer.store().map_err(anyhow::Error::from)?;
            self.keep_answer(claim, stored).await?;
        }
        self.write.commit().await?;
        Ok(answer)
    }

    /// The transaction itself, for the one unit of work that commits it. While another
    /// unit still works in it that is our bug: it would be committed half done.
    pub(crate) fn unshare(shared: Arc<Self>) -> Result<Self, Problem> {
        Arc::into_inner(shared).ok_or_else(|| {
            let what = anyhow::anyhow!("a transaction is committed while a unit works in it");
            Problem::Internal(what)
        })
    }

    /// Commits without an answer to keep: its key is as if it had not been used.
    #[expect(
        clippy::disallowed_methods,
        reason = "the records of answers belong to no circle"
    )]
    pub async fn commit_without_replay(mut self) -> Result<(), Problem> {
        if let Key::Claimed(claim) = std::mem::replace(&mut self.key, Key::None) {
            let claimed = record_key(claim.user_id, &claim.request, &claim.key);
            idempotency_record::Entity::delete_many()
                .filter(claimed)
                .exec(self.tx())
                .await?;
        }
        self.commit(Done).await.map(drop)
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
                topics: Set(claim.topics.map(TopicLevels::digits)),
                ..Default::default()
            })
            .filter(record_key(claim.user_id, &claim.request, &claim.key))
            .exec(self.tx())
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

fn hash_of(request: &RequestInfo) -> Vec<u8> {
    request.body_hash.get().cloned().unwrap_or_default()
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
