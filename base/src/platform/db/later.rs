//! Statements that wait for the end of a transaction, and are then sent together.
//!
//! The lines of the change log, their last number, the jobs and the kept answer are written by
//! every change and read by none: so they need not be sent one by one. A round trip costs more than
//! most of these statements.
//!
//! ```ignore
//! transaction.later(insert.as_query());   // sends nothing yet
//! transaction.commit(answer).await        // sends all of them in one statement, then commits
//! ```
//!
//! SQLite gets them one after the other in one text. On PostgreSQL they become one statement, in
//! which each is a part of its own: `WITH later_1 AS (INSERT …), later_2 AS (UPDATE …) INSERT …`.
//! All parts of such a statement see the rows as they were before it. So no part can depend on
//! another, and no two parts may write the same row. Foreign keys are checked at the end of the
//! statement, but a unique index at each row: a part must not insert what another part deletes.
//!
//! What goes wrong if it is used for more: a statement that reads what waits here does not find it.
//! [`Transaction::send_later`](super::Transaction::send_later) sends what waits before such a
//! statement.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value, Values};

/// How many values one statement may bind. PostgreSQL allows 65,535.
const MOST_VALUES: usize = 60_000;

/// The statements that wait, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Later(Mutex<Vec<Statement>>);

impl Later {
    pub(super) fn add(&self, statement: Statement) {
        self.waiting().push(statement);
    }

    /// Sends what waits: one round trip, unless there are very many values.
    pub(super) async fn send(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let waiting = std::mem::take(&mut *self.waiting());
        for some in in_groups(waiting) {
            tx.execute_raw(together(tx.get_database_backend(), some))
                .await?;
        }
        Ok(())
    }

    /// Whether a statement that waits names this table.
    pub(super) fn names(&self, table: &str) -> bool {
        let name = format!("\"{table}\"");
        self.waiting()
            .iter()
            .any(|statement| statement.sql.contains(&name))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Statement>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Splits the statements, so that no group binds too many values.
fn in_groups(statements: Vec<Statement>) -> Vec<Vec<Statement>> {
    let mut groups: Vec<Vec<Statement>> = Vec::new();
    let mut bound = 0;
    for statement in statements {
        let more = statement.values.as_ref().map_or(0, |values| values.0.len());
        match groups.last_mut() {
            Some(group) if bound + more <= MOST_VALUES => {
                bound += more;
                group.push(statement);
            }
            _ => {
                bound = more;
                groups.push(vec![statement]);
            }
        }
    }
    groups
}

/// One statement that does what all of them do.
fn together(backend: DbBackend, mut statements: Vec<Statement>) -> Statement {
    if statements.len() == 1
        && let Some(only) = statements.pop()
    {
        return only;
    }
    let mut sql = String::new();
    let mut values: Vec<Value> = Vec::new();
    let last = statements.len().saturating_sub(1);
    for (index, statement) in statements.into_iter().enumerate() {
        if backend == DbBackend::Postgres {
            let (before, after) = match index {
                _ if index == last => (" ".to_owned(), ""),
                0 => ("WITH later_0 AS (".to_owned(), ")"),
                _ => (format!(", later_{index} AS ("), ")"),
            };
            sql.push_str(&before);
            renumber(&statement.sql, values.len(), &mut sql);
            sql.push_str(after);
        } else {
            // Each statement takes the next values, because its placeholders have no numbers.
            sql.push_str(if index == 0 { "" } else { "; " });
            sql.push_str(&statement.sql);
        }
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    Statement {
        sql,
        values: Some(Values(values)),
        db_backend: backend,
    }
}

/// Copies a statement with the numbers of its parameters moved up: `$1` becomes `$13`. Every value
/// is a parameter, so a `$` before a digit is nothing else.
pub(super) fn renumber(sql: &str, by: usize, to: &mut String) {
    let mut parts = sql.split('$');
    to.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        to.push('$');
        if let Ok(number) = number.parse::<usize>() {
            let _ = write!(to, "{}", number + by);
        }
        to.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(backend: DbBackend, sql: &str, values: [i32; 2]) -> Statement {
        Statement::from_sql_and_values(backend, sql, values.map(Value::from))
    }

    #[test]
    fn on_postgresql_they_are_parts_of_one_statement_with_numbers_of_their_own() {
        let backend = DbBackend::Postgres;
        let one = statement(backend, "INSERT INTO a VALUES ($1, $2)", [1, 2]);
        let two = statement(backend, "UPDATE b SET c = $1 WHERE d = $2", [3, 4]);
        let three = statement(backend, "DELETE FROM e WHERE f = $2 OR g = $1", [5, 6]);
        let all = together(backend, vec![one, two, three]);
        assert_eq!(
            all.sql,
            "WITH later_0 AS (INSERT INTO a VALUES ($1, $2)), \
             later_1 AS (UPDATE b SET c = $3 WHERE d = $4) \
             DELETE FROM e WHERE f = $6 OR g = $5"
        );
        let values: Vec<Value> = (1..=6).map(Value::from).collect();
        assert_eq!(all.values, Some(Values(values)));
    }

    #[test]
    fn on_sqlite_they_follow_each_other_and_take_their_values_in_turn() {
        let backend = DbBackend::Sqlite;
        let one = statement(backend, "INSERT INTO a VALUES (?, ?)", [1, 2]);
        let two = statement(backend, "UPDATE b SET c = ? WHERE d = ?", [3, 4]);
        let all = together(backend, vec![one, two]);
        assert_eq!(
            all.sql,
            "INSERT INTO a VALUES (?, ?); UPDATE b SET c = ? WHERE d = ?"
        );
        let values: Vec<Value> = (1..=4).map(Value::from).collect();
        assert_eq!(all.values, Some(Values(values)));
    }

    #[test]
    fn a_single_statement_stays_as_it_is() {
        let backend = DbBackend::Postgres;
        let only = statement(backend, "UPDATE b SET c = $1 WHERE d = $2", [3, 4]);
        assert_eq!(together(backend, vec![only.clone()]), only);
    }

    #[test]
    fn a_group_binds_no_more_values_than_the_databases_allow() {
        let many = |count: usize| {
            let values = (0..count).map(|_| Value::from(1));
            Statement::from_sql_and_values(DbBackend::Postgres, "", values)
        };
        let groups = in_groups(vec![many(7_500), many(50_000), many(7_500), many(1)]);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 2]);
    }
}
