//! Writes many rows fast: through one prepared statement on SQLite, and with `COPY` on
//! PostgreSQL. Columns are named, so that their order in the table does not matter.
//!
//! Foreign keys are not checked meanwhile. A test checks that the rows keep them.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use chrono::SecondsFormat;
use sea_orm::sea_query::OptionEnum;
use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityName, EntityTrait, IdenStatic, Iterable, Value,
};
use sqlx::{Connection, Executor};

type Column<Row> = <<Row as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// An open database that nobody else uses.
pub enum Insert {
    Sqlite(rusqlite::Connection),
    Postgres(Box<sqlx::PgConnection>),
}

impl Insert {
    /// Begins to fill a SQLite file.
    pub fn into_file(path: &Path) -> anyhow::Result<Self> {
        let db = rusqlite::Connection::open(path)?;
        db.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
             PRAGMA cache_size = -200000; BEGIN IMMEDIATE",
        )?;
        Ok(Self::Sqlite(db))
    }

    /// Begins to fill a PostgreSQL database. The user must be its superuser.
    pub async fn into_server(url: &str) -> anyhow::Result<Self> {
        let mut db = sqlx::PgConnection::connect(url).await?;
        db.execute("SET session_replication_role = replica").await?;
        db.execute("SET synchronous_commit = off").await?;
        Ok(Self::Postgres(Box::new(db)))
    }

    /// Inserts rows of one table.
    pub async fn put<Row>(&mut self, rows: impl Iterator<Item = Row>) -> anyhow::Result<()>
    where
        Row: ActiveModelTrait,
    {
        let table = Row::Entity::default().table_name().to_owned();
        let columns: Vec<Column<Row>> = Column::<Row>::iter().collect();
        let names: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{}\"", column.as_str()))
            .collect();
        let names = names.join(", ");
        let values_of = |mut row: Row| -> Vec<Option<Value>> {
            let value = |column: &Column<Row>| match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
                ActiveValue::NotSet => None,
            };
            columns.iter().map(value).collect()
        };
        match self {
            Self::Sqlite(db) => {
                let places = vec!["?"; columns.len()].join(", ");
                let insert = format!("INSERT INTO \"{table}\" ({names}) VALUES ({places})");
                let mut insert = db.prepare(&insert)?;
                for row in rows {
                    let values = values_of(row).into_iter().map(sqlite_value);
                    let values = values.collect::<anyhow::Result<Vec<_>>>()?;
                    insert
                        .execute(rusqlite::params_from_iter(values))
                        .with_context(|| format!("a row of {table}"))?;
                }
            }
            Self::Postgres(db) => {
                const CHUNK: usize = 1 << 20;
                let copy = format!("COPY \"{table}\" ({names}) FROM STDIN");
                let mut copy = db.copy_in_raw(&copy).await?;
                let mut text = String::with_capacity(CHUNK + (1 << 14));
                for row in rows {
                    for (nth, value) in values_of(row).into_iter().enumerate() {
                        if nth > 0 {
                            text.push('\t');
                        }
                        write_copied(&mut text, value)?;
                    }
                    text.push('\n');
                    if text.len() > CHUNK {
                        copy.send(text.as_bytes()).await?;
                        text.clear();
                    }
                }
                copy.send(text.as_bytes()).await?;
                let copied = copy.finish().await;
                copied.with_context(|| format!("rows of {table}"))?;
            }
        }
        Ok(())
    }

    /// Runs what the database would run by itself a little later, during the measurement.
    pub async fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(db) => {
                db.execute_batch("COMMIT; PRAGMA journal_mode = WAL")?;
                db.close().map_err(|(_, error)| error)?;
            }
            Self::Postgres(mut db) => {
                db.execute("VACUUM ANALYZE").await?;
                db.execute("CHECKPOINT").await?;
                db.close().await?;
            }
        }
        Ok(())
    }
}

/// A value as the driver of Kith stores it in SQLite.
fn sqlite_value(value: Option<Value>) -> anyhow::Result<rusqlite::types::Value> {
    use rusqlite::types::Value::{Blob, Integer, Null, Text};
    Ok(match value {
        None => Null,
        Some(Value::Bool(value)) => value.map_or(Null, |value| Integer(value.into())),
        Some(Value::Int(value)) => value.map_or(Null, |value| Integer(value.into())),
        Some(Value::BigInt(value)) => value.map_or(Null, Integer),
        Some(Value::Bytes(value)) => value.map_or(Null, Blob),
        Some(Value::Uuid(value)) => value.map_or(Null, |id| Blob(id.as_bytes().to_vec())),
        Some(Value::ChronoDateTimeUtc(value)) => value.map_or(Null, |at| {
            Text(at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
        }),
        Some(Value::ChronoDateTime(value)) => {
            value.map_or(Null, |at| Text(at.format("%F %T%.f").to_string()))
        }
        Some(value) => text(value)?.map_or(Null, Text),
    })
}

/// The text of a value that both databases store as the same text.
fn text(value: Value) -> anyhow::Result<Option<String>> {
    Ok(match value {
        Value::String(value) => value,
        Value::Enum(OptionEnum::Some(value)) => Some(value.value.to_string()),
        Value::Enum(OptionEnum::None(_)) => None,
        Value::ChronoDate(value) => value.map(|day| day.to_string()),
        other => bail!("no rule for {other:?}"),
    })
}

/// Appends a value in the text format of `COPY`.
fn write_copied(to: &mut String, value: Option<Value>) -> anyhow::Result<()> {
    let value = match value {
        None => None,
        Some(Value::Bool(value)) => value.map(|value| value.to_string()),
        Some(Value::Int(value)) => value.map(|value| value.to_string()),
        Some(Value::BigInt(value)) => value.map(|value| value.to_string()),
        Some(Value::Uuid(value)) => value.map(|id| id.to_string()),
        Some(Value::ChronoDateTimeUtc(value)) => value.map(|at| at.to_rfc3339()),
        Some(Value::ChronoDateTime(value)) => value.map(|at| at.to_string()),
        Some(Value::Bytes(value)) => value.map(|bytes| {
            bytes.iter().fold(String::from("\\x"), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        }),
        Some(value) => text(value)?,
    };
    let Some(value) = value else {
        to.push_str("\\N");
        return Ok(());
    };
    for character in value.chars() {
        match character {
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            other => to.push(other),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_text_keeps_tabs_and_backslashes_apart_from_the_format() {
        let mut text = String::new();
        write_copied(&mut text, Some(Value::from("a\tb\\c\nd"))).unwrap();
        write_copied(&mut text, None).unwrap();
        write_copied(&mut text, Some(Value::from(vec![1_u8, 255]))).unwrap();
        assert_eq!(text, "a\\tb\\\\c\\nd\\N\\\\x01ff");
    }
}
