//! The write transaction: every change of this server goes through one.
//!
//! # What it guarantees
//!
//! - Everything in it happens or nothing does: rows, reminders, change log, jobs, and the answer
//!   that is stored under the `Idempotency-Key` of the request. If it is dropped without a commit,
//!   which every `?` does, nothing has happened.
//! - A client that hangs up does not cut it in half, because it begins and commits in tasks of its
//!   own. A commit counts only if the database has confirmed it (`writer.rs`).
//! - It has a single time, [`Transaction::now`], which is the time of the database. Everything in
//!   it happens at that time, and its new ids are made of that time.
//! - On SQLite it holds the write lock from the beginning, so that nothing it has read changes
//!   before it writes. On PostgreSQL the caller locks the row that it works under.
//! - The commit wakes the [queue](crate::platform::queue) if a job was enqueued.
//! - What nothing in it reads is sent together at its end (`later.rs`), so that the number of round
//!   trips stays small.
//!
//! # How
//!
//! The order is always: begin, claim the key, lock, prove again, replay, check, write, commit.
//! `CircleWrite` and `AccountWrite` do the first five steps for a circle and for an account, and
//! the handler does the rest. Without them it looks like this:
//!
//! ```ignore
//! // Claims the key, then locks the circle's row, then asks for the proof.
//! let (row, key) = (LockedRow::Circle(circle_id), request.key_to_claim());
//! let (mut transaction, rows) =
//!     Transaction::begin_on::<ProofRow>(&app, row, user_id, key, proof).await?;
//! // Check that these rows prove the caller.
//! transaction.replay(Some(topics))?;
//!
//! transaction.enqueue(&MailInvitation { circle_id, invitation_id }).await?;
//! transaction.commit(Created::new(invitation)).await
//! ```
//!
//! The key is claimed before the lock is taken. While an equal request is running, this one waits
//! for its end. Then the answer of that request is replayed, but only after the caller was proven
//! again: an old answer must not show what they can no longer see. Work without a client ends in
//! [`Transaction::commit_without_replay`].
//!
//! # What goes wrong without it
//!
//! An email or a reminder for a change that was rolled back. A change that the change log does not
//! show. Two tasks instead of one, because a phone lost the first answer and asked again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QueryTrait, StatementBuilder,
};
use uuid::Uuid;

use super::Db;
use super::idempotency::{KeyedRequest, Replayable, StoredAnswer};
use super::later::Later;
use super::opening::{LockedRow, Opened, ProofStatement, lock, open};
use super::problem::is_lock_timeout;
use super::writer::{MaxWait, WriteTransaction};
use crate::entity::idempotency_record;
use crate::entity::ids::UserId;
use crate::entity::topic_levels::TopicLevels;
use crate::platform::crypto::keys::Keys;
use crate::platform::time::clock::Clock;
use crate::problem::{Conflict, Problem, ProblemCode};
use crate::row::Row;

/// The parts of the application that a transaction needs.
pub trait BeginWrite {
    fn db(&self) -> &Db;
    fn clock(&self) -> &Clock;
    fn keys(&self) -> &Keys;
}

/// An open transaction. If it is dropped without a commit, nothing has happened.
pub struct Transaction {
    write: WriteTransaction,
    clock: Clock,
    keys: Keys,
    now: DateTime<Utc>,
    key: Key,
    later: Later,
}

/// The state of the `Idempotency-Key` of the request.
enum Key {
    /// The request has no key.
    None,
    /// This transaction has claimed the key.
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
    /// Opens a transaction. On SQLite it holds the write lock at once.
    pub async fn begin(app: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(app, MaxWait::OfARequest).await
    }

    /// Opens a transaction for work that no client waits for. It waits for its turn, however long
    /// others write. On SQLite, who asked first gets the next turn.
    pub async fn begin_without_time_limit(app: &impl BeginWrite) -> Result<Self, Problem> {
        Self::begin_with(app, MaxWait::Unlimited).await
    }

    async fn begin_with(app: &impl BeginWrite, max_wait: MaxWait) -> Result<Self, Problem> {
        let write = app.db().writer.begin(max_wait).await?;
        let now = app.clock().at(write.tx()).await?;
        Ok(Self::of(app, write, now))
    }

    /// Opens a transaction, claims the `Idempotency-Key` of the request, locks the row that the
    /// transaction works under, and then reads the rows that prove the caller: see `opening.rs`.
    /// Without such rows the request must be refused, so the key is not looked at any further.
    pub async fn begin_on<R: Row>(
        app: &impl BeginWrite,
        row: LockedRow,
        user_id: UserId,
        key: Option<KeyedRequest>,
        proof: ProofStatement,
    ) -> Result<(Self, Vec<R>), Problem> {
        let write = app.db().writer.begin(MaxWait::OfARequest).await?;
        let Opened {
            now,
            claimed,
            proof,
        } = open(write.tx(), app.clock(), row, user_id, key.as_ref(), proof).await?;
        let mut transaction = Self::of(app, write, now);
        if let Some(key) = key.filter(|_| !proof.is_empty()) {
            transaction.note_claim(user_id, key, claimed).await?;
        }
        Ok((transaction, proof))
    }

    /// Opens a transaction and locks the row that it works under, for a request that has no key and
    /// whose caller is not proven by a credential.
    pub async fn begin_locked(app: &impl BeginWrite, row: LockedRow) -> Result<Self, Problem> {
        let write = app.db().writer.begin(MaxWait::OfARequest).await?;
        let now = lock(write.tx(), app.clock(), row).await?;
        Ok(Self::of(app, write, now))
    }

    fn of(app: &impl BeginWrite, write: WriteTransaction, now: DateTime<Utc>) -> Self {
        Self {
            write,
            clock: app.clock().clone(),
            keys: app.keys().clone(),
            now,
            key: Key::None,
            later: Later::default(),
        }
    }

    /// The connection for the statements of this transaction.
    pub fn tx(&self) -> &DatabaseTransaction {
        self.write.tx()
    }

    /// The time at which everything in this transaction happens.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new UUIDv7 of the present time.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        self.clock.new_id()
    }

    /// The keys that are derived from the secret key of the server.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Makes the commit wake the queue.
    pub(in crate::platform) fn ring_after_commit(&self) {
        self.write.ring_after_commit();
    }

    /// SQLite or PostgreSQL.
    pub fn backend(&self) -> DbBackend {
        self.tx().get_database_backend()
    }

    /// Adds a statement that is sent together with others when the transaction commits. Nothing in
    /// this transaction may read what it writes, and no other such statement may write the same
    /// row.
    pub fn later(&self, statement: &impl StatementBuilder) {
        self.later.add(statement.build(&self.backend()));
    }

    /// Sends what [`Self::later`] has added. Call it before a statement that reads some of it.
    pub async fn send_later(&self) -> Result<(), DbErr> {
        self.later.send(self.tx()).await
    }

    /// Like [`Self::send_later`], but only if something that waits names this table.
    pub async fn send_later_of(&self, table: &str) -> Result<(), DbErr> {
        if self.later.names(table) {
            self.send_later().await?;
        }
        Ok(())
    }

    /// Claims the `Idempotency-Key` of the request, before any lock is taken. If another
    /// transaction has claimed an equal key, this waits until that transaction is over. If that
    /// takes too long, it is a conflict.
    pub async fn claim_key(
        &mut self,
        user_id: UserId,
        key: Option<KeyedRequest>,
    ) -> Result<(), Problem> {
        let Some(key) = key else {
            return Ok(());
        };
        let claimed = key
            .claim(user_id, self.now)
            .exec_without_returning(self.tx())
            .await
            .map_err(|error| {
                if is_lock_timeout(&error) {
                    Problem::InProgress
                } else {
                    error.into()
                }
            })?;
        self.note_claim(user_id, key, claimed > 0).await
    }

    /// Notes that the key was claimed, or reads the answer that it has.
    #[expect(
        clippy::disallowed_methods,
        reason = "the stored answers belong to no circle"
    )]
    async fn note_claim(
        &mut self,
        user_id: UserId,
        key: KeyedRequest,
        claimed: bool,
    ) -> Result<(), Problem> {
        self.key = if claimed {
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

    /// Ends the request with the stored answer, if the key has one. Call it after the caller was
    /// proven: if they no longer see the topics of that answer, it is a 404.
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
                    let detail = "This request was carried out before. Its answer is no longer \
                        stored, because it showed something that has been erased. Read what you \
                        need again.";
                    return Err(Conflict::of(ProblemCode::ReplayUnavailable, detail).into());
                }
                let answer = StoredAnswer::from_record(kept);
                Err(Problem::Replay(Box::new(answer.replay())))
            }
        }
    }

    /// Stores the answer under its key, commits, and returns the answer.
    pub async fn commit<A: Replayable>(self, answer: A) -> Result<A, Problem> {
        if let Key::Claimed(claim) = &self.key {
            let stored = answer.to_keep().map_err(anyhow::Error::from)?;
            self.keep_answer(claim, stored);
        }
        self.send_later().await?;
        self.write.commit().await?;
        Ok(answer)
    }

    /// Takes the transaction out of its `Arc`, to commit it. If another write still uses it, that
    /// is a bug of Kith: the other write would be committed half done.
    pub fn unshare(shared: Arc<Self>) -> Result<Self, Problem> {
        Arc::into_inner(shared).ok_or_else(|| {
            let what = anyhow::anyhow!("a transaction is committed while a write works in it");
            Problem::internal(what)
        })
    }

    /// Commits without a stored answer: for work that no client waits for, or whose answer has a
    /// secret. A claimed key is deleted, as if it had not been used.
    #[expect(
        clippy::disallowed_methods,
        reason = "the stored answers belong to no circle"
    )]
    pub async fn commit_without_replay(mut self) -> Result<(), Problem> {
        if let Key::Claimed(claim) = std::mem::replace(&mut self.key, Key::None) {
            let delete = idempotency_record::Entity::delete_many()
                .filter(claim.key.record_of(claim.user_id));
            self.later(delete.as_query());
        }
        self.send_later().await?;
        self.write.commit().await?;
        Ok(())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the stored answers belong to no circle"
    )]
    fn keep_answer(&self, claim: &KeyClaim, answer: StoredAnswer) {
        let keep = idempotency_record::Entity::update_many()
            .set(idempotency_record::ActiveModel {
                status: Set(i32::from(answer.status)),
                headers: Set(answer.headers_json()),
                body: Set(answer.body),
                topics: Set(claim.topics.map(TopicLevels::digits)),
                ..Default::default()
            })
            .filter(claim.key.record_of(claim.user_id));
        self.later(keep.as_query());
    }
}
