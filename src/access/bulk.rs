//! Writes many rows of a circle with few statements, and what is sent with the commit.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, QueryFilter, QueryTrait, UpdateMany};

use super::owned::CircleOwned;
use super::write::CircleWrite;
use crate::problem::Problem;

/// How many rows go into one statement. SQLite binds at most 32,766 values.
pub(super) const AT_ONCE: usize = 500;

impl CircleWrite {
    /// Inserts new rows, and writes the named columns of rows that exist. Each row has all its
    /// columns set. The caller counts up the versions of changed rows.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub async fn put_rows<E: CircleOwned>(
        &self,
        mut rows: Vec<E::ActiveModel>,
        changed: &[E::Column],
    ) -> Result<(), Problem> {
        for row in &mut rows {
            row.set(E::circle_column(), self.circle_id().into());
            row.set(E::updated_at_column(), self.now().into());
        }
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            let mut put = OnConflict::columns([E::circle_column(), E::id_column()]);
            put.update_columns(changed.iter().copied());
            put.update_columns([E::version_column(), E::updated_at_column()]);
            E::insert_many(std::mem::replace(&mut rows, rest))
                .on_conflict(put)
                .exec_without_returning(self.tx())
                .await?;
        }
        Ok(())
    }

    /// Like [`Self::update`], for a row that nothing in this transaction reads again: the change is
    /// sent with the commit.
    pub fn update_later<E: CircleOwned>(
        &self,
        before: &E::Model,
        row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        let (after, update) = self.stamped_update::<E>(before, row)?;
        self.transaction().later(update.as_query());
        Ok(after)
    }

    /// Like [`Self::insert`], for several rows: one statement for five hundred of them.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub async fn insert_all<E: CircleOwned>(
        &self,
        mut rows: Vec<E::ActiveModel>,
    ) -> Result<(), Problem> {
        for row in &mut rows {
            self.stamp::<E>(row);
        }
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            E::insert_many(std::mem::replace(&mut rows, rest))
                .exec_without_returning(self.tx())
                .await?;
        }
        Ok(())
    }

    /// Like [`Self::insert_all`], for rows that nothing in this transaction reads: they are sent
    /// with the commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn insert_all_later<E: CircleOwned>(&self, mut rows: Vec<E::ActiveModel>) {
        if rows.is_empty() {
            return;
        }
        for row in &mut rows {
            self.stamp::<E>(row);
        }
        self.transaction().later(E::insert_many(rows).as_query());
    }

    /// Deletes the visible rows that fit a condition.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle and what the caller sees"
    )]
    pub async fn delete_all<E: CircleOwned>(&self, which: Condition) -> Result<(), Problem> {
        E::delete_many()
            .filter(self.scope().visible::<E>())
            .filter(which)
            .exec(self.tx())
            .await?;
        Ok(())
    }

    /// Writes columns of every row of the circle that fits a condition, whether the caller sees
    /// it or not. Versions and stamps stay, unless they are among the columns.
    pub async fn update_all<E: CircleOwned>(
        &self,
        which: Condition,
        values: Vec<(E::Column, Expr)>,
    ) -> Result<(), Problem> {
        let update = self.update_of_all::<E>(which, values);
        update.exec(self.tx()).await?;
        Ok(())
    }

    /// Like [`Self::update_all`], for rows that nothing in this transaction reads again: the change
    /// is sent with the commit.
    pub fn update_all_later<E: CircleOwned>(
        &self,
        which: Condition,
        values: Vec<(E::Column, Expr)>,
    ) {
        let update = self.update_of_all::<E>(which, values);
        self.transaction().later(update.as_query());
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    fn update_of_all<E: CircleOwned>(
        &self,
        which: Condition,
        values: Vec<(E::Column, Expr)>,
    ) -> UpdateMany<E> {
        let mut update = E::update_many()
            .filter(E::circle_column().eq(self.circle_id()))
            .filter(which);
        for (column, value) in values {
            update = update.col_expr(column, value);
        }
        update
    }
}
