//! Turns an error of the database into a problem: the database is busy or away, or it is a bug of
//! Kith.

use sea_orm::sqlx::{self, postgres::PgDatabaseError, sqlite::SqliteError};
use sea_orm::{DbErr, RuntimeErr};

use super::inline::ReadError;
use crate::problem::Problem;

/// The code of PostgreSQL for a lock that did not become free in time.
const LOCK_TIMEOUT: &str = "55P03";

impl From<DbErr> for Problem {
    #[track_caller]
    fn from(error: DbErr) -> Self {
        if let Some(cause) = operators_cause(&error) {
            tracing::error!(kind = %kind_of(&error), "{cause}");
            Self::Unavailable
        } else if is_overload(&error) {
            tracing::warn!(kind = %kind_of(&error), "the database is busy");
            Self::Unavailable
        } else {
            // The text of the database may quote values, so only the kind of the error is logged.
            Self::internal(anyhow::anyhow!("database: {}", kind_of(&error)))
        }
    }
}

/// What the operator must repair, if waiting does not help.
fn operators_cause(error: &DbErr) -> Option<&'static str> {
    const FULL: &str = "the disk of the database is full: free some space, then writes work again";
    const DISK: &str = "the disk of the database has errors: check it";
    const AWAY: &str = "the database cannot be reached: check that it runs";
    match of_sqlx(error) {
        Some(sqlx::Error::Database(error)) => {
            let code = error.code().unwrap_or_default();
            if !is_of_sqlite(error.as_ref()) {
                return match code.as_ref() {
                    "53100" => Some(FULL),
                    "58030" => Some(DISK),
                    "57P01" | "57P02" | "57P03" => Some(AWAY),
                    _ => None,
                };
            }
            match code.parse::<i32>().unwrap_or_default() & 0xff {
                13 => Some(FULL),
                10 | 14 => Some(DISK),
                _ => None,
            }
        }
        Some(sqlx::Error::Io(_)) => Some(AWAY),
        _ => None,
    }
}

/// Whether the error passes: time-outs of locks, statements and connections, deadlocks, a disk that
/// is full or fails, a database that is away.
fn is_overload(error: &DbErr) -> bool {
    match of_sqlx(error) {
        Some(sqlx::Error::Database(error)) => {
            let code = error.code().unwrap_or_default();
            if is_of_sqlite(error.as_ref()) {
                is_sqlite_overload(&code)
            } else {
                is_postgres_overload(&code)
            }
        }
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
        _ => matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)),
    }
}

/// Whether a lock of another transaction did not become free in time.
pub(super) fn is_lock_timeout(error: &DbErr) -> bool {
    of_sqlx(error)
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(|error| error.code().is_some_and(|code| code == LOCK_TIMEOUT))
}

/// Whether a lock did not become free in time while a row was inserted into this table.
pub(super) fn is_insert_timeout(error: &DbErr, table: &str) -> bool {
    let of_postgres = of_sqlx(error)
        .and_then(sqlx::Error::as_database_error)
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let place = of_postgres.and_then(PgDatabaseError::r#where);
    is_lock_timeout(error) && place.is_some_and(|place| is_in_table(place, table))
}

/// Whether PostgreSQL says that something happened in this table. It says so in the language of the
/// server, with its quotation marks. Only the name of the table is the same in all of them.
fn is_in_table(place: &str, table: &str) -> bool {
    place.contains(table)
}

/// Whether a read or a BEGIN failed because of its connection: PostgreSQL has ended it, or SQLite
/// refuses a BEGIN inside a transaction. Not if no connection could be opened: another one could
/// not be opened either.
pub(super) fn needs_another_connection(error: &DbErr) -> bool {
    const INSIDE: &str = "cannot start a transaction within a transaction";
    let of_statement = !matches!(error, DbErr::Conn(_));
    match of_sqlx(error).filter(|_| of_statement) {
        Some(sqlx::Error::Io(_)) => true,
        Some(sqlx::Error::Database(error)) => {
            let code = error.code().unwrap_or_default();
            error.message() == INSIDE || code.starts_with("57P") || code.starts_with("25P")
        }
        _ => false,
    }
}

/// Whether another process has the SQLite file locked for a moment.
pub(super) fn is_locked(error: &DbErr) -> bool {
    of_sqlx(error)
        .and_then(sqlx::Error::as_database_error)
        .filter(|error| is_of_sqlite(*error))
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code.parse::<i32>().is_ok_and(|code| code & 0xff == 5))
}

/// The error of the driver, if the statement or the connection failed.
pub(super) fn of_sqlx(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Whether SQLite reports it: to the driver of the ORM, or to an inline reader.
fn is_of_sqlite(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<SqliteError>().is_some()
        || error.try_downcast_ref::<ReadError>().is_some()
}

/// `SQLITE_BUSY`, `LOCKED`, `NOMEM`, `INTERRUPT` for a read that took too long, `IOERR`, `FULL` and
/// `CANTOPEN`. The low byte of an extended code is the code that it extends.
fn is_sqlite_overload(code: &str) -> bool {
    code.parse::<i32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 9 | 10 | 13 | 14))
}

/// Serialization failures and deadlocks, no space (53), a lock or a statement that took too long,
/// and everything that ends the connection: from outside (57P), by itself (08), or because its
/// transaction was idle or open for too long (25P03, 25P04). After that, the next statement of the
/// transaction answers 25P02.
fn is_postgres_overload(code: &str) -> bool {
    let classes = ["08", "53", "57P"];
    let codes = [
        "25P02",
        "25P03",
        "25P04",
        "40001",
        "40P01",
        LOCK_TIMEOUT,
        "57014",
        "58030",
    ];
    classes.iter().any(|class| code.starts_with(class)) || codes.contains(&code)
}

/// The kind of a database error, without its text, which may quote values.
fn kind_of(error: &DbErr) -> String {
    match of_sqlx(error) {
        Some(sqlx::Error::Database(error)) => format!(
            "code {} constraint {}",
            error.code().unwrap_or_default(),
            error.constraint().unwrap_or("-")
        ),
        Some(sqlx::Error::Io(error)) => format!("i/o {}", error.kind()),
        Some(sqlx::Error::PoolTimedOut) => "no connection in time".into(),
        Some(sqlx::Error::ColumnDecode { index, .. }) => format!("cannot read {index}"),
        Some(other) => variant_of(other),
        None if matches!(error, DbErr::ConnectionAcquire(_)) => "no connection in time".into(),
        None => variant_of(error),
    }
}

fn variant_of(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fails_is_no_bug_and_a_broken_rule_is() {
        let busy_locked_full = ["5", "6", "7", "9", "13", "14", "261", "262", "517", "773"];
        let failing_disk = ["10", "266", "522", "778", "1034", "3850", "8714"];
        for code in busy_locked_full.into_iter().chain(failing_disk) {
            assert!(is_sqlite_overload(code), "{code}");
        }
        for code in ["1", "8", "11", "19", "787", "1299", "2067", "", "x"] {
            assert!(!is_sqlite_overload(code), "{code}");
        }
    }

    #[test]
    fn a_postgresql_that_goes_away_is_no_bug_and_a_broken_rule_is() {
        let ended = [
            "08006", "25P02", "25P03", "25P04", "57P01", "57P02", "57P03",
        ];
        let busy = [
            "40001", "40P01", "53100", "53300", "55P03", "57014", "58030",
        ];
        for code in ended.into_iter().chain(busy) {
            assert!(is_postgres_overload(code), "{code}");
        }
        for code in ["22P02", "23505", "25001", "25P01", "42P01", "XX000", ""] {
            assert!(!is_postgres_overload(code), "{code}");
        }
    }

    #[test]
    fn the_table_of_a_lock_is_found_in_every_language() {
        let places = [
            "while checking exclusion constraint on tuple (0,1) in relation \"users\"",
            "beim Prüfen eines Exclusion-Constraints für Tupel (0,1) in Relation »users«",
            "lors de la vérification de la contrainte, (0,1) dans la relation « users »",
            "mientras se verificaba la restricción en la tupla (0,1) en la relación «users»",
        ];
        for place in places {
            assert!(is_in_table(place, "users"), "{place}");
            assert!(!is_in_table(place, "circles"), "{place}");
        }
    }

    fn ask() -> Result<(), Problem> {
        let error = DbErr::Custom("Ana has told us".into());
        Err::<(), _>(error)?;
        Ok(())
    }

    #[test]
    fn a_bug_is_told_with_its_line_and_without_the_words_of_the_database() {
        let line = line!() - 6;
        let Err(Problem::Internal(error)) = ask() else {
            panic!("it is a bug");
        };
        assert_eq!(
            (error.place().file(), error.place().line()),
            (file!(), line)
        );
        assert!(!format!("{error:?}").contains("Ana"));
    }
}
