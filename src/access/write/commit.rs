//! How a transaction on a circle ends: it numbers and logs its changes, keeps the answer for a
//! repeated request, and commits, which wakes the queue.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter,
    QueryTrait, TryIntoModel,
};

use super::CircleWrite;
use crate::access::Absences;
use crate::access::change_log::{Change, insert_changes};
use crate::entity::circle;
use crate::http::response::Answer;
use crate::platform::db::Transaction;
use crate::problem::Problem;

impl CircleWrite {
    /// Appends to the circle's change log, in this transaction. The line is sent with the commit.
    pub async fn log(&mut self, change: Change) -> Result<(), Problem> {
        self.log_all(vec![change]).await
    }

    /// Appends several lines at once.
    pub async fn log_all(&mut self, changes: Vec<Change>) -> Result<(), Problem> {
        let first = self.seq + 1;
        let request = self.request.as_deref();
        let row = |(change, seq): (Change, i64)| {
            change.into_row(self.circle_id(), seq, |row| {
                row.occurred_at = Set(self.now());
                row.actor_member_id = Set(self.actor);
                if self.on_behalf_of.is_some() {
                    row.on_behalf_of_member_id = Set(self.on_behalf_of);
                }
                row.actor_kind = Set(self.actor_kind);
                row.personal_access_token_id = Set(self.scope.token_id());
                row.request_id = Set(request.map(|request| request.id.clone()));
                row.address_prefix =
                    Set(request.and_then(|request| request.address_prefix.clone()));
            })
        };
        let rows: Vec<_> = changes.into_iter().zip(first..).map(row).collect();
        self.seq += <i64 as TryFrom<usize>>::try_from(rows.len()).map_err(anyhow::Error::from)?;
        insert_changes(&self.transaction, rows).await?;
        Ok(())
    }

    /// Numbers the changes, keeps the answer, commits, and returns the answer.
    pub async fn commit<A: Answer>(mut self, mut answer: A) -> Result<A, Problem> {
        self.stop_acting_for();
        if let Some(version) = answer.version() {
            answer
                .tag(&self.scope.tag_of_resource(version, self.seq))
                .map_err(anyhow::Error::from)?;
        }
        self.number_changes();
        Transaction::unshare(self.transaction)?.commit(answer).await
    }

    /// Writes what is set in the circle's row and counts its version up, when the transaction
    /// commits: in one statement with the number of the newest change.
    pub fn update_circle_later(
        &mut self,
        before: &circle::Model,
        mut row: circle::ActiveModel,
    ) -> Result<circle::Model, Problem> {
        row.id = ActiveValue::Unchanged(self.circle_id());
        row.version = Set(before.version + 1);
        row.updated_at = Set(self.now());
        let after = row.clone().try_into_model()?;
        self.scope.follow_circle(&after);
        self.circle_row = row;
        Ok(after)
    }

    /// Remembers until when any member is away, when the transaction commits.
    pub fn note_absences(&mut self, absences: &Absences) {
        self.circle_row.away_until = Set(absences.last_day());
    }

    /// Writes the circle's row, with the number of the newest change, when the transaction commits.
    #[expect(
        clippy::disallowed_methods,
        reason = "the circle's own row, by an id that was proven"
    )]
    pub(super) fn number_changes(&self) {
        let mut row = self.circle_row.clone();
        if self.seq != self.scope.change_seq() {
            row.change_seq = Set(self.seq);
        }
        if row.is_changed() {
            let write = circle::Entity::update_many()
                .set(row)
                .filter(circle::Column::Id.eq(self.circle_id()));
            self.transaction.later(write.as_query());
        }
    }
}
