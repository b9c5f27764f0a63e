//! Names the constraint whose violation is expected, at the query that can violate it.
//!
//! ```ignore
//! let key = Constraint::primary_key::<task::Entity>();
//! insert.exec(tx).await.on_constraint(&key, Conflict::id_taken())
//! ```
//!
//! Any other violation is a bug of Kith: 500. If every violation were answered in the same way, a
//! bug in another index of the table would tell the client again and again to choose another id.
//!
//! PostgreSQL tells the name of the constraint, SQLite the columns. Both can be made from the table
//! and its columns, because the migrations name every key after them.

use sea_orm::sqlx::{self, error::DatabaseError, sqlite::SqliteError};
use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn};

use super::problem::of_sqlx;
use crate::problem::Problem;

/// A primary key, or a unique index.
#[derive(Clone, Debug)]
pub struct Constraint {
    table: &'static str,
    columns: Vec<&'static str>,
    is_primary_key: bool,
}

impl Constraint {
    /// The primary key of a table.
    #[must_use]
    pub fn primary_key<E: EntityTrait>() -> Self {
        let columns = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        Self {
            is_primary_key: true,
            ..Self::of::<E>(columns)
        }
    }

    /// The unique index over these columns. They must have the order of the index.
    #[must_use]
    pub fn unique<E: EntityTrait>(columns: impl IntoIterator<Item = E::Column>) -> Self {
        Self::of::<E>(columns)
    }

    fn of<E: EntityTrait>(columns: impl IntoIterator<Item = E::Column>) -> Self {
        let names = columns.into_iter().map(|column| column.as_str());
        Self {
            table: E::default().table_name(),
            columns: names.collect(),
            is_primary_key: false,
        }
    }

    /// Its name, which PostgreSQL tells: `tasks_pkey`, `memberships_circle_id_user_id_key`.
    fn name(&self) -> String {
        if self.is_primary_key {
            format!("{}_pkey", self.table)
        } else {
            format!("{}_{}_key", self.table, self.columns.join("_"))
        }
    }

    /// The message of SQLite: `UNIQUE constraint failed: tasks.circle_id, tasks.id`.
    fn message_of_sqlite(&self) -> String {
        let columns = self.columns.iter();
        let columns = columns.map(|column| format!("{}.{column}", self.table));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("UNIQUE constraint failed: {columns}")
    }

    /// Whether the statement failed because this constraint is violated.
    #[must_use]
    pub fn is_violated(&self, error: &DbErr) -> bool {
        of_sqlx(error)
            .and_then(sqlx::Error::as_database_error)
            .filter(|error| error.is_unique_violation())
            .is_some_and(|error| self.is_meant_by(error))
    }

    fn is_meant_by(&self, error: &dyn DatabaseError) -> bool {
        if error.try_downcast_ref::<SqliteError>().is_some() {
            error.message() == self.message_of_sqlite()
        } else {
            error.constraint() == Some(self.name().as_str())
        }
    }
}

/// Says what a violated constraint means, at the statement that can violate it.
pub trait OnConstraint<T> {
    /// Turns a violation of this constraint into `problem`. Any other error becomes the problem
    /// that it always becomes.
    fn on_constraint(
        self,
        constraint: &Constraint,
        problem: impl Into<Problem>,
    ) -> Result<T, Problem>;
}

impl<T> OnConstraint<T> for Result<T, DbErr> {
    #[track_caller]
    fn on_constraint(
        self,
        constraint: &Constraint,
        problem: impl Into<Problem>,
    ) -> Result<T, Problem> {
        match self {
            Ok(done) => Ok(done),
            Err(error) if constraint.is_violated(&error) => Err(problem.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};

    use super::*;
    use crate::entity::{circle, membership, passkey, task, user};
    use crate::problem::Conflict;

    const POSTGRES: &str = include_str!("../../../../migration/schema/postgres.sql");

    fn email() -> Constraint {
        Constraint::unique::<user::Entity>([user::Column::Email])
    }

    #[test]
    fn both_texts_follow_from_the_table_and_its_columns() {
        let key = Constraint::primary_key::<task::Entity>();
        assert_eq!(key.name(), "tasks_pkey");
        assert_eq!(
            key.message_of_sqlite(),
            "UNIQUE constraint failed: tasks.circle_id, tasks.id"
        );
        let columns = [membership::Column::CircleId, membership::Column::UserId];
        let once = Constraint::unique::<membership::Entity>(columns);
        assert_eq!(once.name(), "memberships_circle_id_user_id_key");
        assert_eq!(
            once.message_of_sqlite(),
            "UNIQUE constraint failed: memberships.circle_id, memberships.user_id"
        );
    }

    #[test]
    fn the_schema_calls_its_constraints_so() {
        let keys = [
            Constraint::primary_key::<circle::Entity>(),
            Constraint::primary_key::<task::Entity>(),
        ];
        for key in keys {
            let columns = key.columns.join(", ");
            let line = format!("CONSTRAINT {} PRIMARY KEY ({columns})", key.name());
            assert!(POSTGRES.contains(&line), "{line}");
        }
        let passkeys = Constraint::unique::<passkey::Entity>([passkey::Column::CredentialId]);
        for index in [email(), passkeys] {
            let line = format!("CREATE UNIQUE INDEX {} ON", index.name());
            assert!(POSTGRES.contains(&line), "{line}");
        }
    }

    /// The errors of a violated primary key and of a violated unique index.
    async fn violations() -> [DbErr; 2] {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let database = Database::connect(options).await.unwrap();
        let run = async |sql| database.execute_unprepared(sql).await;
        run("CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE)")
            .await
            .unwrap();
        run("INSERT INTO users VALUES ('1', 'ana')").await.unwrap();
        [
            run("INSERT INTO users VALUES ('1', 'ben')")
                .await
                .unwrap_err(),
            run("INSERT INTO users VALUES ('2', 'ana')")
                .await
                .unwrap_err(),
        ]
    }

    #[tokio::test]
    async fn only_the_constraint_that_is_named_is_the_conflict() {
        let [same_id, same_email] = violations().await;
        let key = Constraint::primary_key::<user::Entity>();
        assert!(key.is_violated(&same_id) && !key.is_violated(&same_email));
        assert!(email().is_violated(&same_email) && !email().is_violated(&same_id));

        let named = Err::<(), _>(same_id).on_constraint(&key, Conflict::id_taken());
        assert!(matches!(named, Err(Problem::Conflict(_))));
        let line = line!() + 1;
        let another = Err::<(), _>(same_email).on_constraint(&key, Conflict::id_taken());
        let Err(Problem::Internal(error)) = another else {
            panic!("it is a bug");
        };
        assert_eq!(
            (error.place().file(), error.place().line()),
            (file!(), line)
        );
    }
}
