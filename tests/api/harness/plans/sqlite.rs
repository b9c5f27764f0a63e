//! What `EXPLAIN QUERY PLAN` of SQLite says.
//!
//! A line that begins with `SCAN` reads a whole table or a whole index, and one with `AUTOMATIC`
//! makes an index for this statement alone, for which it reads the whole table. Both name the
//! table by its alias.
//!
//! A line that begins with `SEARCH` names the columns of the index that it uses:
//! `SEARCH tasks USING INDEX tasks_… (circle_id=? AND id=?)`. SQLite has no statistics: an index on
//! a state can look better to it than the key of a circle, and then it looks through the rows of
//! all circles for those of one. So a search of a table for which the statement asks
//! `"table"."circle_id" = ?` must use `circle_id=`. It may also look for an id, an address or the
//! hash of a token, because few rows have the same.

use std::collections::HashSet;

use regex::Regex;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{Refusal, Sent, may_read_all};
use crate::harness::database::TestDatabase;

pub struct Explainer {
    connection: DatabaseConnection,
    /// Deletes its file when it is dropped.
    _database: TestDatabase,
    tables: HashSet<String>,
    alias: Regex,
    /// A search that finds few rows: by the circle, by an id, an address, or the hash of a token.
    few: Regex,
    /// A list of values. A long one makes SQLite guess that reading everything is cheaper.
    list: Regex,
}

impl Explainer {
    pub async fn new(database: TestDatabase) -> Self {
        let connection = database.connect_alone().await;
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let tables = Statement::from_string(DbBackend::Sqlite, tables);
        let tables = connection.query_all_raw(tables).await.unwrap();
        Self {
            tables: tables
                .iter()
                .map(|row| row.try_get_by_index(0).unwrap())
                .collect(),
            connection,
            _database: database,
            few: Regex::new(r"\b(id|\w+_id|rowid|email|token_hash)=\?").unwrap(),
            list: Regex::new(r"IN \(\?(, \?)+\)").unwrap(),
            alias: Regex::new(r#"(?i)"?(\w+)"? AS "?(\w+)"?"#).unwrap(),
        }
    }

    pub async fn explain(&self, sent: Sent) -> Option<Refusal> {
        let sql = self.list.replace_all(&sent.sql, "IN (?, ?, ?)");
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let explain = Statement::from_string(DbBackend::Sqlite, explain);
        let plan: Vec<String> = match self.connection.query_all_raw(explain).await {
            Ok(rows) => rows
                .iter()
                .map(|row| row.try_get("", "detail").unwrap())
                .collect(),
            Err(error) => vec![format!("cannot be explained: {error}")],
        };
        let why = plan
            .iter()
            .find_map(|line| self.reads_all(line, &sent.sql))?;
        Some(Refusal {
            sent,
            why,
            plan: plan.join("\n"),
        })
    }

    /// Why a line of a plan is refused.
    fn reads_all(&self, line: &str, sql: &str) -> Option<String> {
        let (verb, rest) = line.split_once(' ')?;
        if verb == "cannot" {
            return Some(format!("SQLite refuses the statement: {line}"));
        }
        if verb == "SEARCH"
            && let Some(table) = self.table_of(rest.split(' ').next()?, sql)
            && sql.contains(&format!(r#""{table}"."circle_id" = ?"#))
            && !self.few.is_match(rest)
            && !may_read_all(table, sql)
        {
            return Some(format!(
                "SQLite looks through {table} of all circles for rows of one: {line}"
            ));
        }
        if verb != "SCAN" && !rest.contains("AUTOMATIC") {
            return None;
        }
        let named = rest.split(' ').next()?;
        let table = self.table_of(named, sql)?;
        (!may_read_all(table, sql)).then(|| format!("SQLite reads all of {table}: {line}"))
    }

    /// The table with this name or alias. None for a subquery and for a function.
    fn table_of<'a>(&'a self, named: &str, sql: &str) -> Option<&'a str> {
        let aliased = self
            .alias
            .captures_iter(sql)
            .find(|found| &found[2] == named && self.tables.contains(&found[1]))
            .map(|found| found[1].to_owned());
        let table = aliased.unwrap_or_else(|| named.to_owned());
        self.tables.get(&table).map(String::as_str)
    }
}
