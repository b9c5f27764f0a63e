//! How a transaction on a circle ends: it numbers and logs its changes, keeps the answer for a
//! repeated request, and commits, which wakes the queue.

use sea_orm::{ActiveValue::Set, ConnectionTrait, Statement};

use super::CircleWrite;
use crate::access::change_log::{Change, insert_changes};
use crate::http::response::Answer;
use crate::platform::db::Transaction;
use crate::problem::Problem;

impl CircleWrite {
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
                row.occurred_at = Set(self.now());
                row.actor_member_id = Set(self.actor);
                row.actor_kind = Set(self.actor_kind);
                row.personal_access_token_id = Set(self.scope.token_id());
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

    /// Numbers the changes, keeps the answer, commits, and returns the answer.
    pub async fn commit<A: Answer>(self, mut answer: A) -> Result<A, Problem> {
        if let Some(version) = answer.version() {
            answer
                .tag(&self.scope.tag_of_resource(version, self.seq))
                .map_err(anyhow::Error::from)?;
        }
        self.number_changes().await?;
        Transaction::unshare(self.transaction)?.commit(answer).await
    }

    /// Writes the number of the newest change into the circle's row.
    pub(super) async fn number_changes(&self) -> Result<(), Problem> {
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
