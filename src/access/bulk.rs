//! Writes many rows of a circle with few statements.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, QueryFilter};

use super::owned::CircleOwned;
use super::write::CircleWrite;
use crate::problem::Problem;

/// How many rows go into one statement. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 500;

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

    /// Writes columns of every row of the circle that fits a condition, whether the caller sees
    /// it or not. Versions and stamps stay, unless they are among the columns.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that adds the circle"
    )]
    pub async fn update_all<E: CircleOwned>(
        &self,
        which: Condition,
        values: Vec<(E::Column, Expr)>,
    ) -> Result<(), Problem> {
        let mut update = E::update_many()
            .filter(E::circle_column().eq(self.circle_id()))
            .filter(which);
        for (column, value) in values {
            update = update.col_expr(column, value);
        }
        update.exec(self.tx()).await?;
        Ok(())
    }
}
