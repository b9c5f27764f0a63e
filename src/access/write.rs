//! The transaction inside a circle: every write of a member, of a job and of a link in an email.
//!
//! It is a [`Transaction`], in which everything happens or nothing, and adds what a circle needs.
//!
//! # What it guarantees
//!
//! - Writes in the same circle follow each other, because the circle's row is locked first. What is
//!   read afterward, like a limit, a free place or the last number, is still true at the commit.
//! - The caller has the permission at that moment. The door ([`CircleAccess`]) proves it before the
//!   request waits for the lock, and it is proven again behind the lock.
//! - The state of the circle allows it: a circle in memory plans nothing any more, and an archived
//!   circle can only be read. A permission says in which states it works, so no handler asks.
//! - Every row belongs to the circle, and the caller sees it: `find`, `require`, `insert`, `update`
//!   and `delete` add both conditions.
//! - Only here are rows stamped and versioned, and the lines of the [change log] numbered.
//!
//! # How
//!
//! `begin.rs` locks and proves, this file and `bulk.rs` read and write rows, `commit.rs` numbers,
//! logs and commits. A handler:
//!
//! ```ignore
//! let mut write = app.begin_write(&circle).await?;          // lock, prove again
//! let before = write.require::<task_list::Entity>(path.task_list_id).await?;
//! write.check_version(before.version)?;                     // 412 if the client saw another
//! let mut row = before.clone().into_active_model();
//! let fields = changes.write_to(&mut row);
//! let after = write.update::<task_list::Entity>(&before, row).await?;
//! write.log(Change::to::<task_list::Entity>("updated", &after).fields(fields.names())).await?;
//! write.commit(Resource::new(describe(write.scope(), after))).await
//! ```
//!
//! Where a table of verbs decides what may happen to the row, [`Locked`] does most of this.
//!
//! # What goes wrong without it
//!
//! A member who was just removed claims a task, because the proof is older than the removal. Two
//! members get the last place. Two changes get the same number, and a device that has read up to
//! this number misses the second change.
//!
//! [`CircleAccess`]: super::CircleAccess
//! [`Locked`]: super::Locked
//! [change log]: super::change_log

mod act_for;
mod begin;
mod commit;
mod in_circles;
mod limited;

pub use act_for::ON_BEHALF_OF;
pub use in_circles::{CircleStep, count_done, in_circles};
pub use limited::Added;

use std::slice::from_ref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, ValueType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, DbErr, Iterable, ModelTrait,
    QueryFilter, Select, TryIntoModel, UpdateMany,
};
use uuid::Uuid;

use super::circle::find_circle;
use super::member_levels::levels_now;
use super::owned::{CircleOwned, OwnId};
use super::scope::CircleScope;
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::{circle, membership, topic_grant};
use crate::http::request::RequestInfo;
use crate::platform::db::{Constraint, OnConstraint, Transaction};
use crate::platform::queue::Job;
use crate::problem::{Conflict, Problem};

/// An open transaction on a circle.
pub struct CircleWrite {
    transaction: Arc<Transaction>,
    scope: CircleScope,
    /// The scope of the caller, while the rules look at a member for whom the caller acts.
    own_scope: Option<CircleScope>,
    /// The member without an account for whom the actor acts.
    on_behalf_of: Option<MemberId>,
    actor: Option<MemberId>,
    actor_kind: ActorKind,
    request: Option<Arc<RequestInfo>>,
    seq: i64,
    /// What is written into the circle's row when the transaction commits.
    circle_row: circle::ActiveModel,
}

impl CircleWrite {
    /// From now on this member is the author of the changes.
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
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<(), Problem> {
        self.transaction.enqueue(job).await
    }

    /// Like [`Self::enqueue`], for a job that must not run before `run_at`.
    pub async fn enqueue_at<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.transaction.enqueue_at(job, run_at).await
    }

    /// Like [`Self::enqueue_at`], for several jobs, which are sent together with the commit.
    pub async fn enqueue_all_at<J: Job>(
        &self,
        jobs: &[J],
        run_at: DateTime<Utc>,
    ) -> Result<(), Problem> {
        self.transaction.enqueue_all_at(jobs, run_at).await
    }

    /// The member who acts.
    pub fn actor(&self) -> Option<MemberId> {
        self.actor
    }

    /// From now on answers show what this member sees: a person who has just joined, or has changed
    /// what they see themselves. The limits of a personal access token stay.
    pub(crate) fn see_as(&mut self, member: &membership::Model, grants: &[topic_grant::Model]) {
        let topics = levels_now(member, grants, self.now());
        self.scope.see_as(member, topics);
    }

    /// Refuses a request whose `If-Match` names another version than the current one.
    pub fn check_version(&self, current: i32) -> Result<(), Problem> {
        self.request
            .as_ref()
            .map_or(Ok(()), |request| request.check_version(current))
    }

    /// The transaction itself, for attempts that are counted in it.
    pub(crate) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The circle itself.
    pub async fn circle(&self) -> Result<circle::Model, Problem> {
        find_circle(self.tx(), self.circle_id()).await
    }

    /// The rows of this circle that the caller sees.
    pub fn find<E: CircleOwned>(&self) -> Select<E> {
        self.scope.find()
    }

    /// One row, or 404.
    pub async fn require<E: CircleOwned>(&self, id: E::Id) -> Result<E::Model, Problem> {
        self.find_one::<E>(id).await?.ok_or(Problem::NotFound)
    }

    /// One row, if it exists and the caller sees it.
    pub async fn find_one<E: CircleOwned>(&self, id: E::Id) -> Result<Option<E::Model>, Problem> {
        Ok(self
            .find::<E>()
            .filter(self.scope.visible_one::<E>(id))
            .one(self.tx())
            .await?)
    }

    /// The rows of this circle, whether the caller sees them or not. It is for what must follow a
    /// change everywhere, like releasing what a removed member held. No answer may show it.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn find_in_circle<E: CircleOwned>(&self) -> Select<E> {
        E::find().filter(E::circle_column().eq(self.circle_id()))
    }

    /// Inserts a row. Its circle, author and stamps are set here.
    pub async fn insert<E: CircleOwned>(&self, row: E::ActiveModel) -> Result<E::Model, Problem> {
        Ok(self.insert_stamped::<E>(row).await?)
    }

    /// The row that an equal request of the caller has created with this id of its own choice. The
    /// same id with another body is a conflict, because nothing of that body would be kept.
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
        let made_by = row.get(E::created_by_member_column());
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

    /// Like [`Self::insert`], for a row whose id the client may have chosen. An id that another row
    /// has is a conflict.
    pub async fn create<E: OwnId>(&self, mut row: E::ActiveModel) -> Result<E::Model, Problem> {
        self.note_request::<E>(&mut row);
        self.insert_stamped::<E>(row)
            .await
            .on_constraint(&Constraint::primary_key::<E>(), Conflict::id_taken())
    }

    /// Sets the hash by which a repeated create is recognized.
    pub(super) fn note_request<E: OwnId>(&self, row: &mut E::ActiveModel) {
        let request = self.request.as_ref();
        let sent = request.and_then(|request| request.sent_hash());
        row.set(E::sent_hash_column(), sent.into());
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    async fn insert_stamped<E: CircleOwned>(
        &self,
        mut row: E::ActiveModel,
    ) -> Result<E::Model, DbErr> {
        self.stamp::<E>(&mut row);
        set_what_is_null::<E>(&mut row);
        let written = match row.clone().try_into_model() {
            Ok(written) => {
                E::insert(row).exec_without_returning(self.tx()).await?;
                written
            }
            // The database fills in a column.
            Err(_) => E::insert(row).exec_with_returning(self.tx()).await?,
        };
        self.index_new::<E>(from_ref(&written));
        Ok(written)
    }

    /// Sets the circle, the author and the stamps of a new row.
    pub(super) fn stamp<E: CircleOwned>(&self, row: &mut E::ActiveModel) {
        row.set(E::circle_column(), self.circle_id().into());
        row.set(E::version_column(), 1.into());
        row.set(E::created_at_column(), self.now().into());
        row.set(E::created_by_member_column(), self.actor.into());
        row.set(E::updated_at_column(), self.now().into());
    }

    /// Writes what is set in the row and counts its version up. The row was read through this
    /// transaction, so it must be of this circle. Anything else is a fault of Kith.
    pub async fn update<E: CircleOwned>(
        &self,
        before: &E::Model,
        row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        let (after, update) = self.stamped_update::<E>(before, row)?;
        match update.exec(self.tx()).await?.rows_affected {
            1 => Ok(after),
            _ => Err(DbErr::RecordNotUpdated.into()),
        }
    }

    /// The row as it will be, and the statement that makes it so.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub(super) fn stamped_update<E: CircleOwned>(
        &self,
        before: &E::Model,
        mut row: E::ActiveModel,
    ) -> Result<(E::Model, UpdateMany<E>), Problem> {
        let circle = row.get(E::circle_column()).into_value();
        if circle != Some(self.circle_id().into()) {
            let what = anyhow::anyhow!("a {} of another circle", E::SUBJECT);
            return Err(Problem::internal(what));
        }
        row.set(E::version_column(), (E::version_of(before) + 1).into());
        row.set(E::updated_at_column(), self.now().into());
        let after = row.clone().try_into_model()?;
        self.index_changed::<E>(before, &after);
        let update = E::update_many()
            .set(row)
            .filter(E::circle_column().eq(self.circle_id()))
            .filter(E::id_column().eq(E::id_of(before).into()));
        Ok((after, update))
    }

    /// Deletes a row that was found with [`Self::find_in_circle`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
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
    pub async fn delete<E: CircleOwned>(&self, row: &E::Model) -> Result<(), Problem> {
        let this_one = E::id_column().eq(E::id_of(row).into());
        self.delete_all::<E>(Condition::all().add(this_one)).await
    }

    /// Counts, when the transaction commits, that a read cursor of the caller has moved. It gives
    /// their answers other entity tags, although nothing in the circle has changed.
    pub fn count_read(&mut self) {
        self.count_read_with(Vec::new());
    }

    /// Writes, when the transaction commits, up to which line of the change log the caller has seen
    /// the activity. It counts as a read cursor.
    pub fn mark_seen(&mut self, seq: i64) {
        self.count_read_with(vec![(membership::Column::SeenSeq, Expr::value(seq))]);
    }

    fn count_read_with(&mut self, mut values: Vec<(membership::Column, Expr)>) {
        let me = Condition::all().add(membership::Column::Id.eq(self.scope.member_id()));
        let more = Expr::col(membership::Column::Reads).add(1);
        values.push((membership::Column::Reads, more));
        self.update_all_later::<membership::Entity>(me, values);
        self.scope.count_read();
    }
}

/// Sets the columns of a new row that nobody has set and that may be null. So the row is known
/// without reading it back, and all inserts of a table are one prepared statement.
pub(super) fn set_what_is_null<E: CircleOwned>(row: &mut E::ActiveModel) {
    let empty = E::ActiveModel::default_values();
    for column in E::Column::iter() {
        if row.is_not_set(column)
            && column.def().is_null()
            && let Some(null) = empty.get(column).into_value()
        {
            row.set(column, null);
        }
    }
}
