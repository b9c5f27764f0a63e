//! The transaction inside a circle: the circle's row is locked, the member
//! proven again, and every row goes through the fence.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sea_orm::sea_query::ValueType;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait,
    DatabaseTransaction, DbBackend, EntityTrait, Iterable, ModelTrait, PaginatorTrait,
    PrimaryKeyToColumn, QueryFilter, QueryResult, Select, Statement,
};
use uuid::Uuid;

use super::circle::{CircleAccess, find_circle, proof, read_scope};
use super::owned::{CircleOwned, OwnId};
use super::permission::Needs;
use super::scope::{CircleFacts, CircleScope};
use super::sight::{grants_of, levels_now};
use crate::access::change_log::{Change, insert_changes};
use crate::access::limits::Limit;
use crate::app::App;
use crate::auth::{AccountWrite, account_deleting};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::{circle, membership};
use crate::http::request::RequestInfo;
use crate::http::response::Answer;
use crate::platform::db::Transaction;
use crate::platform::queue::Job;
use crate::problem::{Conflict, OnConflict, Problem};

/// An open transaction on one circle.
pub struct CircleWrite {
    transaction: Arc<Transaction>,
    scope: CircleScope,
    actor: Option<MemberId>,
    way: ActorKind,
    request: Option<Arc<RequestInfo>>,
    seq: i64,
}

impl CircleWrite {
    /// For a member: claims the idempotency key, locks, proves again, and ends
    /// there if the key has had its answer.
    pub(crate) async fn begin<P: Needs>(
        app: &App,
        circle: &CircleAccess<P>,
    ) -> Result<Self, Problem> {
        let mut transaction = Transaction::begin(app).await?;
        transaction
            .claim_key(circle.user_id(), circle.request())
            .await?;
        lock_circle(&transaction, circle.circle_id()).await?;
        // A second statement: one joined with the lock would still see a member
        // whom a transaction that just committed has removed.
        let rows = proof(transaction.tx(), circle.credential(), circle.circle_id()).await?;
        let first = rows.first().ok_or(Problem::Unauthenticated)?;
        let proof = circle.credential().check(first, transaction.now())?;
        let scope = read_scope(&proof, &rows, transaction.now())?.ok_or(Problem::NotFound)?;
        if scope.is_leaving() {
            return Err(account_deleting());
        }
        if !scope.may(CircleAccess::<P>::PERMISSION) {
            return Err(Problem::Forbidden(CircleAccess::<P>::PERMISSION));
        }
        transaction.replay(Some(scope.topics()))?;
        Ok(Self {
            seq: scope.change_seq(),
            actor: scope.member_id(),
            way: proof.token.map_or(ActorKind::Session, |_| ActorKind::Token),
            request: Some(circle.request().clone()),
            scope,
            transaction: Arc::new(transaction),
        })
    }

    /// For Kith itself, in a job or for a link in a mail.
    pub(crate) async fn begin_as_system(
        app: &App,
        circle_id: CircleId,
        way: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<Self, Problem> {
        let transaction = Transaction::begin(app).await?;
        Self::join_transaction(transaction, circle_id, way, request).await
    }

    /// For somebody who is about to become a member, in the transaction of their account.
    pub(crate) async fn join(write: AccountWrite, circle_id: CircleId) -> Result<Self, Problem> {
        let request = write.request().clone();
        Self::join_transaction(
            write.into_transaction(),
            circle_id,
            ActorKind::Session,
            Some(request),
        )
        .await
    }

    /// One step in a circle, in the transaction of an account that goes on after it and
    /// commits it all: leaving several circles is one change.
    pub(crate) async fn step<T>(
        account: &AccountWrite,
        circle_id: CircleId,
        step: impl for<'a> FnOnce(&'a mut Self) -> BoxFuture<'a, Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let transaction = account.shared_transaction();
        let request = Some(account.request().clone());
        let mut write =
            Self::join_transaction(transaction, circle_id, ActorKind::Session, request).await?;
        let done = step(&mut write).await?;
        write.number_changes().await?;
        Ok(done)
    }

    /// Goes on in a transaction that is open already.
    pub(crate) async fn join_transaction(
        transaction: impl Into<Arc<Transaction>>,
        circle_id: CircleId,
        way: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<Self, Problem> {
        let transaction = transaction.into();
        let circle = lock_circle(&transaction, circle_id)
            .await?
            .ok_or(Problem::NotFound)?;
        let scope = CircleScope::of_system(circle);
        Ok(Self {
            seq: scope.change_seq(),
            actor: None,
            way,
            request,
            scope,
            transaction,
        })
    }

    /// From now on changes are this member's.
    pub(crate) fn act_as(&mut self, member: MemberId) {
        self.actor = Some(member);
    }

    pub fn scope(&self) -> &CircleScope {
        &self.scope
    }

    pub fn circle_id(&self) -> CircleId {
        self.scope.circle_id()
    }

    pub fn tx(&self) -> &DatabaseTransaction {
        self.transaction.tx()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.transaction.now()
    }

    /// A new UUIDv7 of this moment.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        self.transaction.new_id()
    }

    /// Puts a job into the queue; the commit wakes it.
    pub async fn enqueue(&self, job: &Job) -> Result<(), Problem> {
        self.transaction.enqueue(job).await
    }

    /// Like [`Self::enqueue`], to be done not before `run_at`.
    pub async fn enqueue_at(&self, job: &Job, run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.transaction.enqueue_at(job, run_at).await
    }

    /// Like [`Self::enqueue_at`], for several jobs: one statement, however many.
    pub async fn enqueue_all_at(&self, jobs: &[Job], run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.transaction.enqueue_all_at(jobs, run_at).await
    }

    /// The member who acts.
    pub fn actor(&self) -> Option<MemberId> {
        self.actor
    }

    /// From now on what is shown is what this member sees: the person who just came in, or
    /// has changed their own rights. A personal access token stays what it is.
    pub(crate) async fn see_as(&mut self, member: &membership::Model) -> Result<(), Problem> {
        let grants = grants_of(self.tx(), &self.scope, &[member.id]).await?;
        let topics = levels_now(member, &grants, self.now());
        self.scope.see_as(member, topics);
        Ok(())
    }

    /// Refuses when the caller has seen another version than the current one.
    pub fn check_version(&self, current: i32) -> Result<(), Problem> {
        self.request
            .as_ref()
            .map_or(Ok(()), |request| request.check_version(current))
    }

    /// The transaction itself, for what is counted in it.
    pub(crate) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The circle itself.
    pub async fn circle(&self) -> Result<circle::Model, Problem> {
        find_circle(self.tx(), self.circle_id()).await
    }

    /// Writes what is set in the circle's row and counts its version up.
    #[expect(
        clippy::disallowed_methods,
        reason = "the circle's own row, by an id that was proven"
    )]
    pub async fn update_circle(
        &self,
        before: &circle::Model,
        mut row: circle::ActiveModel,
    ) -> Result<circle::Model, Problem> {
        row.id = ActiveValue::Unchanged(self.circle_id());
        row.version = Set(before.version + 1);
        row.updated_at = Set(self.now());
        Ok(circle::Entity::update(row).exec(self.tx()).await?)
    }

    /// Inserts or replaces a row that a member has once for each of its keys.
    #[expect(
        clippy::disallowed_methods,
        reason = "keyed by a member that was required before"
    )]
    pub async fn put<E>(&self, row: E::ActiveModel, changed: &[E::Column]) -> Result<(), Problem>
    where
        E: EntityTrait<ActiveModel: Send>,
    {
        let keys = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        let mut replace = sea_orm::sea_query::OnConflict::columns(keys);
        replace.update_columns(changed.iter().copied());
        E::insert(row)
            .on_conflict(replace)
            .exec_without_returning(self.tx())
            .await?;
        Ok(())
    }

    /// The rows of this circle that the caller may see.
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        self.scope.find()
    }

    /// One row, or 404.
    pub async fn require<E: CircleOwned>(&self, id: E::Id) -> Result<E::Model, Problem> {
        self.find_one::<E>(id).await?.ok_or(Problem::NotFound)
    }

    /// One row, if it is there and visible.
    pub async fn find_one<E: CircleOwned>(&self, id: E::Id) -> Result<Option<E::Model>, Problem> {
        Ok(self
            .find::<E>()
            .filter(self.scope.fence_one::<E>(id))
            .one(self.tx())
            .await?)
    }

    /// The rows of this circle, seen by the caller or not: for what must follow
    /// a change everywhere, like releasing what a removed member held. What is
    /// read here never leaves with the answer.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub fn find_in_circle<E: CircleOwned>(&self) -> Select<E> {
        E::find().filter(E::circle_column().eq(self.circle_id()))
    }

    /// Inserts a row; circle, author and stamps are set here. A taken id is a conflict.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn insert<E: CircleOwned>(
        &self,
        mut row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        self.stamp::<E>(&mut row);
        E::insert(row)
            .exec_with_returning(self.tx())
            .await
            .on_conflict(Conflict::id_taken())
    }

    /// What an equal request of the caller has made under the id it chose, as it is
    /// now. The same id with another body is a conflict: nothing of it would be kept.
    pub async fn made_before<E: OwnId>(
        &self,
        id: Option<E::Id>,
    ) -> Result<Option<E::Model>, Problem> {
        let Some(id) = id else {
            return Ok(None);
        };
        let Some(row) = self.find_one::<E>(id).await? else {
            return Ok(None);
        };
        let made_by = row.get(E::created_by_column());
        if self.actor.is_none() || made_by != self.actor.into() {
            return Err(Conflict::id_taken().into());
        }
        let sent: Option<Vec<u8>> =
            ValueType::try_from(row.get(E::sent_hash_column())).unwrap_or_default();
        let request = self.request.as_ref();
        if request.is_some_and(|request| request.says_again(sent.as_deref())) {
            Ok(Some(row))
        } else {
            Err(Conflict::id_reused().into())
        }
    }

    /// Refuses one more of what a circle has only so many of. Making one is a line of
    /// the change log: a circle with fewer lines than the limit is not counted.
    pub async fn check_limit<E: CircleOwned>(
        &self,
        limit: Limit,
        which: Condition,
    ) -> Result<(), Problem> {
        if self.seq.unsigned_abs() < limit.most {
            return Ok(());
        }
        let there = self.find_in_circle::<E>().filter(which);
        limit.check(there.count(self.tx()).await?)
    }

    /// Inserts a row whose id its client may have chosen; like [`Self::insert`].
    pub async fn create<E: OwnId>(&self, mut row: E::ActiveModel) -> Result<E::Model, Problem> {
        let request = self.request.as_ref();
        let sent = request.and_then(|request| request.sent_hash());
        row.set(E::sent_hash_column(), sent.into());
        self.insert::<E>(row).await
    }

    /// Inserts several rows at once; like [`Self::insert`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn insert_all<E: CircleOwned>(
        &self,
        mut rows: Vec<E::ActiveModel>,
    ) -> Result<(), Problem> {
        if rows.is_empty() {
            return Ok(());
        }
        for row in &mut rows {
            self.stamp::<E>(row);
        }
        E::insert_many(rows)
            .exec_without_returning(self.tx())
            .await?;
        Ok(())
    }

    /// What every new row of a circle carries.
    fn stamp<E: CircleOwned>(&self, row: &mut E::ActiveModel) {
        row.set(E::circle_column(), self.circle_id().into());
        row.set(E::version_column(), 1.into());
        row.set(E::created_at_column(), self.now().into());
        row.set(E::created_by_column(), self.actor.into());
        row.set(E::updated_at_column(), self.now().into());
    }

    /// Writes what is set in the row and counts its version up. The row was read
    /// through this transaction, so its key names this circle; anything else is our bug.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn update<E: CircleOwned>(
        &self,
        before: &E::Model,
        mut row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        let circle = row.get(E::circle_column()).into_value();
        if circle != Some(self.circle_id().into()) {
            let what = anyhow::anyhow!("a {} of another circle", E::SUBJECT);
            return Err(Problem::Internal(what));
        }
        row.set(E::version_column(), (E::version_of(before) + 1).into());
        row.set(E::updated_at_column(), self.now().into());
        Ok(E::update(row).exec(self.tx()).await?)
    }

    /// Deletes a row that was found with [`Self::find_in_circle`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn delete_in_circle<E: CircleOwned>(&self, row: &E::Model) -> Result<(), Problem> {
        E::delete_many()
            .filter(E::circle_column().eq(self.circle_id()))
            .filter(E::id_column().eq(E::id_of(row).into()))
            .exec(self.tx())
            .await?;
        Ok(())
    }

    /// Deletes a row.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn delete<E: CircleOwned>(&self, row: &E::Model) -> Result<(), Problem> {
        E::delete_many()
            .filter(self.scope.fence_one::<E>(E::id_of(row)))
            .exec(self.tx())
            .await?;
        Ok(())
    }

    /// Deletes the visible rows that fit a condition.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the fence"
    )]
    pub async fn delete_all<E: CircleOwned>(&self, which: Condition) -> Result<(), Problem> {
        E::delete_many()
            .filter(self.scope.fence::<E>())
            .filter(which)
            .exec(self.tx())
            .await?;
        Ok(())
    }

    /// Counts that a read cursor of the caller has moved: their answers have
    /// other entity tags now, though nothing of the circle has changed.
    pub async fn count_read(&mut self) -> Result<(), Problem> {
        let count = Statement::from_sql_and_values(
            self.transaction.backend(),
            "UPDATE memberships SET reads = reads + 1 WHERE circle_id = $1 AND id = $2",
            [self.circle_id().into(), self.scope.member_id().into()],
        );
        self.tx().execute_raw(count).await?;
        self.scope.count_read();
        Ok(())
    }

    /// Appends to the circle's change log, in this transaction.
    pub async fn log(&mut self, change: Change) -> Result<(), Problem> {
        self.log_all(vec![change]).await
    }

    /// Appends several lines at once.
    pub async fn log_all(&mut self, changes: Vec<Change>) -> Result<(), Problem> {
        let first = self.seq + 1;
        let request = self.request.as_deref();
        let row = |(change, seq): (Change, i64)| {
            change.into_row(self.circle_id(), seq, |row| {
                row.at = Set(self.now());
                row.actor_id = Set(self.actor);
                row.way = Set(self.way);
                row.personal_token_id = Set(self.scope.token_id());
                row.request_id = Set(request.map(|request| request.id.clone()));
                row.address_prefix =
                    Set(request.and_then(|request| request.address_prefix.clone()));
            })
        };
        let rows: Vec<_> = changes.into_iter().zip(first..).map(row).collect();
        let last = first - 1
            + <i64 as TryFrom<usize>>::try_from(rows.len()).map_err(anyhow::Error::from)?;
        insert_changes(self.tx(), rows).await?;
        self.seq = last;
        Ok(())
    }

    /// Numbers the changes, keeps the answer, commits, hands the answer back.
    pub async fn commit<A: Answer>(self, mut answer: A) -> Result<A, Problem> {
        if let Some(version) = answer.version() {
            answer
                .tag(&self.scope.tag_of_resource(version, self.seq))
                .map_err(anyhow::Error::from)?;
        }
        self.number_changes().await?;
        Transaction::unshare(self.transaction)?.commit(answer).await
    }

    /// Writes into the circle's row how far its change log goes now.
    async fn number_changes(&self) -> Result<(), Problem> {
        if self.seq != self.scope.change_seq() {
            let count = Statement::from_sql_and_values(
                self.transaction.backend(),
                "UPDATE circles SET change_seq = $1 WHERE id = $2",
                [self.seq.into(), self.circle_id().into()],
            );
            self.tx().execute_raw(count).await?;
        }
        Ok(())
    }
}

impl App {
    /// A unit of work on a circle, for a member.
    pub async fn begin_write<P: Needs>(
        &self,
        circle: &CircleAccess<P>,
    ) -> Result<CircleWrite, Problem> {
        CircleWrite::begin(self, circle).await
    }

    /// A unit of work on a circle for Kith itself: a job, or a link in a mail.
    pub async fn begin_circle_write(
        &self,
        circle_id: CircleId,
        way: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<CircleWrite, Problem> {
        CircleWrite::begin_as_system(self, circle_id, way, request).await
    }
}

/// Locks the circle's row; on SQLite the whole database is locked already.
async fn lock_circle(
    transaction: &Transaction,
    circle_id: CircleId,
) -> Result<Option<CircleFacts>, Problem> {
    let lock = match transaction.backend() {
        // FOR UPDATE would block every insert that points at the circle.
        DbBackend::Postgres => " FOR NO KEY UPDATE",
        _ => "",
    };
    let statement = Statement::from_sql_and_values(
        transaction.backend(),
        format!("SELECT id, time_zone, erase_at, change_seq FROM circles WHERE id = $1{lock}"),
        [Uuid::from(circle_id).into()],
    );
    let facts = |row: QueryResult| -> Result<CircleFacts, Problem> {
        Ok(CircleFacts {
            id: row.try_get("", "id")?,
            time_zone: row.try_get("", "time_zone")?,
            erase_at: row.try_get("", "erase_at")?,
            change_seq: row.try_get("", "change_seq")?,
        })
    };
    let row = transaction.tx().query_one_raw(statement).await?;
    row.map(facts).transpose()
}
