//! The write transaction: every change of this server goes through one.
//!
//! # What it guarantees
//!
//! - All of it happens or nothing: rows, reminders, change log, jobs, and the answer kept
//!   under the request's `Idempotency-Key`. Dropped without a commit, as by every `?`,
//!   nothing has happened.
//! - A client that hangs up does not cut it in half: it begins and commits in tasks of its
//!   own. A commit counts when the database itself has confirmed it (`writer.rs`).
//! - It has one time, [`Transaction::now`], the database's own: everything in it happened at
//!   that moment, and its ids are of that moment.
//! - On SQLite it holds the write lock from the beginning, so that nothing it has read
//!   changes before it writes. On PostgreSQL the caller locks the row that it works under.
//! - The commit wakes the [queue](crate::platform::queue) if a job was enqueued.
//!
//! # How
//!
//! The order is always: begin, claim the key, lock, prove again, replay, check, write, commit.
//! `CircleWrite` and `AccountWrite` do the first five for a circle and for an account, and a
//! handler sees the rest. By hand it is:
//!
//! ```ignore
//! let mut transaction = Transaction::begin(&app).await?;
//! transaction.claim_key(user_id, request.key_to_claim()).await?;
//! // Lock the circle's row, then prove in a second statement that the caller is a member.
//! transaction.replay(Some(topics))?;
//!
//! transaction.enqueue(&MailInvitation { circle_id, invitation_id }).await?;
//! transaction.commit(Created::new(invitation)).await
//! ```
//!
//! The key is claimed before the lock is taken: while an equal request is in flight, this one
//! waits for its end. The answer of that request is replayed only once the caller is proven,
//! so that nobody reads in an old answer what they do not see any more. Work without a client
//! ends in [`Transaction::commit_without_replay`].
//!
//! # What goes wrong without it
//!
//! A mail or a reminder for a change that was rolled back; a change that its log does not
//! know; two tasks where a phone lost the first answer and asked again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::Db;
use super::idempotency::{KeyedRequest, Replayable, StoredAnswer};
use super::problem::is_lock_timeout;
use super::writer::{MaxWait, WriteTransaction};
use crate::entity::idempotency_record;
use crate::entity::ids::UserId;
use crate::entity::topic_levels::TopicLevels;
use crate::platform::crypto::keys::Keys;
use crate::platform::time::clock::Clock;
use crate::problem::{Conflict, Problem};

/// What a transaction needs of the application.
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
    Claimed(KeyClaim),
    /// An equal request was answered before.
    Kept(Box<idempotency_record::Model>, KeyedRequest),
}

struct KeyClaim {
    user_id: UserId,
    key: KeyedRequest,
    topics: Option<TopicLevels>,
}

impl Transaction {
    /// Opens the transaction, which on SQLite holds the write lock at once.
    pub async fn begin(app: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(app, MaxWait::OfARequest).await
    }

    /// The same for work that nobody waits for: it waits for its turn, however long
    /// others write. On SQLite the turns are dealt out in the order of asking.
    pub async fn begin_without_time_limit(app: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(app, MaxWait::Unlimited).await
    }

    async fn begin_with(app: &impl BeginWrite, max_wait: MaxWait) -> Result<Self, Problem> {
        let write = app.db().writer.begin(max_wait).await?;
        let now = app.clock().at(write.tx()).await?;
        Ok(Self {
            write,
            clock: app.clock().clone(),
            keys: app.keys().clone(),
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
        key: Option<KeyedRequest>,
    ) -> Result<(), Problem> {
        let Some(key) = key else {
            return Ok(());
        };
        let row = idempotency_record::ActiveModel {
            user_id: Set(user_id),
            method: Set(key.method.clone()),
            path: Set(key.path.clone()),
            key: Set(key.key.clone()),
            body_hash: Set(key.body_hash.clone()),
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
            Key::Claimed(KeyClaim {
                user_id,
                key,
                topics: None,
            })
        } else {
            let kept = idempotency_record::Entity::find().filter(key.record_of(user_id));
            let kept = kept.one(self.tx()).await?.ok_or(Problem::Unavailable)?;
            Key::Kept(Box::new(kept), key)
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
            Key::Kept(kept, key) => {
                if kept.body_hash != key.body_hash {
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
                let answer = StoredAnswer::from_record(kept);
                Err(Problem::Replay(Box::new(answer.replay())))
            }
        }
    }

    /// Keeps the answer under its key, commits, and hands the answer back.
    pub async fn commit<A: Replayable>(self, answer: A) -> Result<A, Problem> {
        if let Key::Claimed(claim) = &self.key {
            let stored = answer.to_keep().map_err(anyhow::Error::from)?;
            self.keep_answer(claim, stored).await?;
        }
        self.write.commit().await?;
        Ok(answer)
    }

    /// The transaction itself, for the one write that commits it. While another write
    /// still works in it that is our bug: it would be committed half done.
    pub fn unshare(shared: Arc<Self>) -> Result<Self, Problem> {
        Arc::into_inner(shared).ok_or_else(|| {
            let what = anyhow::anyhow!("a transaction is committed while a write works in it");
            Problem::internal(what)
        })
    }

    /// Commits without an answer to keep: for work that no client waits for, or whose answer
    /// holds a secret. A key that was claimed is as if it had not been used.
    #[expect(
        clippy::disallowed_methods,
        reason = "the records of answers belong to no circle"
    )]
    pub async fn commit_without_replay(mut self) -> Result<(), Problem> {
        if let Key::Claimed(claim) = std::mem::replace(&mut self.key, Key::None) {
            idempotency_record::Entity::delete_many()
                .filter(claim.key.record_of(claim.user_id))
                .exec(self.tx())
                .await?;
        }
        self.write.commit().await?;
        Ok(())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the records of answers belong to no circle"
    )]
    async fn keep_answer(&self, claim: &KeyClaim, answer: StoredAnswer) -> Result<(), DbErr> {
        idempotency_record::Entity::update_many()
            .set(idempotency_record::ActiveModel {
                status: Set(i32::from(answer.status)),
                headers: Set(answer.headers_json()),
                body: Set(answer.body),
                topics: Set(claim.topics.map(TopicLevels::digits)),
                ..Default::default()
            })
            .filter(claim.key.record_of(claim.user_id))
            .exec(self.tx())
            .await
            .map(drop)
    }
}
