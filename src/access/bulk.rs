//! Writes many rows of a circle with few statements, and what is sent with the commit.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, InsertMany, Iterable,
    PrimaryKeyToColumn, QueryFilter, QueryTrait, TryIntoModel, UpdateMany,
};
use uuid::Uuid;

use super::owned::{CircleOwned, OwnId};
use super::search_terms::{check_not_indexed, to_index};
use super::write::{CircleWrite, set_what_is_null};
use crate::problem::Problem;

/// How many rows go into one statement. SQLite binds at most 32,766 values.
pub(super) const AT_ONCE: usize = 500;

impl CircleWrite {
    /// Inserts a row, or writes the changed columns of the one with the same primary key.
    pub async fn put<E>(&self, row: E::ActiveModel, changed: &[E::Column]) -> Result<(), Problem>
    where
        E: EntityTrait<ActiveModel: Send>,
    {
        let put = put_of::<E>(vec![row], changed);
        put.exec_without_returning(self.tx()).await?;
        Ok(())
    }

    /// Like [`Self::put`], for several rows that nothing in this transaction reads: they are sent
    /// with the commit. Each row has the same columns set.
    pub fn put_all_later<E>(&self, rows: Vec<E::ActiveModel>, changed: &[E::Column])
    where
        E: EntityTrait<ActiveModel: Send>,
    {
        if !rows.is_empty() {
            let put = put_of::<E>(rows, changed);
            self.transaction().later(put.as_query());
        }
    }

    /// Inserts new rows, and writes the named columns of rows that exist, when the transaction
    /// commits. Each row has all its columns set. The caller counts up the versions of changed rows.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn put_rows_later<E: CircleOwned>(
        &self,
        mut rows: Vec<E::ActiveModel>,
        changed: &[E::Column],
    ) {
        for row in &mut rows {
            row.set(E::circle_column(), self.circle_id().into());
            row.set(E::updated_at_column(), self.now().into());
        }
        let written = to_index::<E>(&rows);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            let mut put = OnConflict::columns([E::circle_column(), E::id_column()]);
            put.update_columns(changed.iter().copied());
            put.update_columns([E::version_column(), E::updated_at_column()]);
            let put = E::insert_many(std::mem::replace(&mut rows, rest)).on_conflict(put);
            self.transaction().later(put.as_query());
        }
        self.index_all_changed::<E>(&written);
    }

    /// Sends what waits for the commit if something of it is about this table. Call it before the
    /// table is read or written again.
    pub async fn send_later_of<E: CircleOwned>(&self) -> Result<(), Problem> {
        let table = E::default().table_name();
        Ok(self.transaction().send_later_of(table).await?)
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

    /// The row as [`Self::update_later`] would write it. It is for rows that are written together.
    pub fn as_updated<E: CircleOwned>(
        &self,
        before: &E::Model,
        row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        Ok(self.stamped_update::<E>(before, row)?.0)
    }

    /// Writes columns of these rows and counts their versions up, when the transaction commits: one
    /// statement for five hundred of them. Nothing in this transaction reads them again.
    pub fn update_rows_later<E: CircleOwned>(
        &self,
        ids: &[Uuid],
        mut values: Vec<(E::Column, Expr)>,
    ) {
        let version = E::version_column();
        values.push((version, Expr::col(version).add(1)));
        values.push((E::updated_at_column(), Expr::value(self.now())));
        for some in ids.chunks(AT_ONCE) {
            let these = Condition::all().add(E::id_column().is_in(some.iter().copied()));
            self.update_all_later::<E>(these, values.clone());
        }
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
        let written = to_index::<E>(&rows);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            E::insert_many(std::mem::replace(&mut rows, rest))
                .exec_without_returning(self.tx())
                .await?;
        }
        self.index_new::<E>(&written);
        Ok(())
    }

    /// Like [`Self::insert`], for a row that nothing in this transaction reads: it is sent with the
    /// commit. No other row has its id.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn insert_later<E: CircleOwned>(
        &self,
        mut row: E::ActiveModel,
    ) -> Result<E::Model, Problem> {
        self.stamp::<E>(&mut row);
        set_what_is_null::<E>(&mut row);
        let written = row.clone().try_into_model()?;
        self.transaction().later(E::insert_many([row]).as_query());
        self.index_new::<E>(std::slice::from_ref(&written));
        Ok(written)
    }

    /// Like [`Self::create`], for a row with a new id that nothing in this transaction reads: it is
    /// sent with the commit.
    pub fn create_later<E: OwnId>(&self, mut row: E::ActiveModel) -> Result<E::Model, Problem> {
        self.note_request::<E>(&mut row);
        self.insert_later::<E>(row)
    }

    /// Like [`Self::insert_all`], for rows that nothing in this transaction reads: they are sent
    /// with the commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn insert_all_later<E: CircleOwned>(&self, mut rows: Vec<E::ActiveModel>) {
        for row in &mut rows {
            self.stamp::<E>(row);
        }
        let written = to_index::<E>(&rows);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            let some = std::mem::replace(&mut rows, rest);
            self.transaction().later(E::insert_many(some).as_query());
        }
        self.index_new::<E>(&written);
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

    /// Deletes the rows of the circle that fit a condition, whether the caller sees them or not,
    /// when the transaction commits.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub fn delete_all_in_circle_later<E: CircleOwned>(&self, which: Condition) {
        let delete = E::delete_many()
            .filter(E::circle_column().eq(self.circle_id()))
            .filter(which);
        self.transaction().later(delete.as_query());
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
            check_not_indexed::<E>(column);
            update = update.col_expr(column, value);
        }
        update
    }
}

/// Inserts rows, or writes the changed columns of those with the same primary key.
#[expect(
    clippy::disallowed_methods,
    reason = "keyed by a member that was required before"
)]
fn put_of<E>(rows: Vec<E::ActiveModel>, changed: &[E::Column]) -> InsertMany<E::ActiveModel>
where
    E: EntityTrait<ActiveModel: Send>,
{
    let keys = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    let mut replace = OnConflict::columns(keys);
    replace.update_columns(changed.iter().copied());
    E::insert_many(rows).on_conflict(replace)
}
