//! The limits of a circle, which a write checks behind the lock.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, UnionType};
use sea_orm::{Condition, ConnectionTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

use super::CircleWrite;
use crate::access::limits::Limit;
use crate::access::owned::CircleOwned;
use crate::platform::db::Reads;
use crate::problem::Problem;

/// Rows that a write adds.
#[derive(Clone, Debug)]
pub struct Added {
    /// How many there may be.
    pub limit: Limit,
    /// Which rows count, without those that are added.
    pub which: Condition,
    /// How many are added.
    pub more: u64,
}

impl CircleWrite {
    /// Refuses another row if the circle has as many as the limit allows. Each row has a line in
    /// the change log. So a circle with fewer lines than the limit cannot have reached it, and its
    /// rows are not counted.
    pub async fn check_limit<E: CircleOwned>(
        &self,
        limit: Limit,
        which: Condition,
    ) -> Result<(), Problem> {
        self.check_limit_for::<E>(limit, which, 1).await
    }

    /// Like [`Self::check_limit`], for so many rows more.
    pub async fn check_limit_for<E: CircleOwned>(
        &self,
        limit: Limit,
        which: Condition,
        more: u64,
    ) -> Result<(), Problem> {
        let added = Added { limit, which, more };
        self.check_added::<E>(added).await
    }

    /// Refuses these rows, if there are some and they are too many.
    pub async fn check_added<E: CircleOwned>(&self, added: Added) -> Result<(), Problem> {
        if self.has_room_for(&added) {
            return Ok(());
        }
        let Added { limit, which, more } = added;
        let there = self.find_in_circle::<E>().filter(which);
        limit.check_for(there.count(self.tx()).await?, more)
    }

    /// Like [`Self::check_added`], for rows of two kinds: one statement counts both.
    pub async fn check_limits<E: CircleOwned, F: CircleOwned>(
        &self,
        these: Added,
        others: Added,
    ) -> Result<(), Problem> {
        if self.has_room_for(&these) {
            return self.check_added::<F>(others).await;
        }
        if self.has_room_for(&others) {
            return self.check_added::<E>(these).await;
        }
        let mut both = self.numbered::<E>(0, these.which);
        both.union(UnionType::All, self.numbered::<F>(1, others.which));
        let statement = self.tx().get_database_backend().build(&both);
        let limits = [(these.limit, these.more), (others.limit, others.more)];
        let mut counts = self.tx().rows::<(i32, i64)>(statement).await?;
        counts.sort_unstable();
        for ((limit, more), (_, there)) in limits.into_iter().zip(counts) {
            limit.check_for(there.unsigned_abs(), more)?;
        }
        Ok(())
    }

    /// Whether nothing is added, or the circle has too few lines in its change log to reach the limit.
    fn has_room_for(&self, added: &Added) -> bool {
        added.more == 0 || self.seq.unsigned_abs() + added.more <= added.limit.most
    }

    /// How many rows fit a condition, after a number.
    fn numbered<E: CircleOwned>(&self, number: i32, which: Condition) -> SelectStatement {
        let mut rows = self.find_in_circle::<E>().filter(which).select_only();
        QueryTrait::query(&mut rows)
            .expr(Expr::value(number))
            .expr(Expr::col((E::default(), E::id_column())).count())
            .take()
    }
}
