//! What `EXPLAIN` of PostgreSQL says.
//!
//! A `Seq Scan` reads a whole table. So does a scan of an index without a condition on the first
//! column of that index: it reads the whole index.

use std::collections::HashMap;

use regex::Regex;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use serde_json::Value;

use super::{Refusal, Sent, may_read_all};
use crate::harness::database::TestDatabase;

/// Statements that begin with the few memberships of one person, and join everything else by keys.
/// Tables without rows all look alike to PostgreSQL, so here it may begin with any of them. SQLite
/// keeps the order of the text, and is asked for the same statements.
const OF_CALLER: [&str; 3] = [
    r#"FROM "mine" CROSS JOIN"#,
    r#"FROM "tasks" INNER JOIN "task_assignments""#,
    r#"FROM "appointments" INNER JOIN "attendances""#,
];

fn begins_with_caller(sql: &str) -> bool {
    OF_CALLER.iter().any(|piece| sql.contains(piece))
}

pub struct Explainer {
    connection: DatabaseConnection,
    /// The table and the first column of each index. An expression has no column.
    indexes: HashMap<String, (String, Option<String>)>,
}

const INDEXES: &str = "SELECT i.relname::text, t.relname::text, a.attname::text \
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
     LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0] \
     AND x.indkey[0] <> 0";

impl Explainer {
    pub async fn new(database: &TestDatabase) -> Self {
        let connection = database.connect_alone().await;
        for setting in [
            "enable_seqscan = off",
            // Such a join may read all of a small table, although a key would do.
            "enable_hashjoin = off",
            "enable_mergejoin = off",
            "plan_cache_mode = force_generic_plan",
        ] {
            let set = format!("SET {setting}");
            connection.execute_unprepared(&set).await.unwrap();
        }
        let indexes = Statement::from_string(DbBackend::Postgres, INDEXES);
        let indexes = connection.query_all_raw(indexes).await.unwrap();
        let indexes = indexes.iter().map(|row| {
            let name = row.try_get_by_index(0).unwrap();
            let table = row.try_get_by_index(1).unwrap();
            (name, (table, row.try_get_by_index(2).unwrap()))
        });
        Self {
            indexes: indexes.collect(),
            connection,
        }
    }

    pub async fn explain(&self, sent: Sent) -> Option<Refusal> {
        let plan = match self.plan(&sent.sql, &sent.types).await {
            Ok(plan) => plan,
            Err(error) => {
                return Some(Refusal {
                    sent,
                    why: format!("PostgreSQL refuses the statement: {error}"),
                    plan: String::new(),
                });
            }
        };
        let why = self.reads_all(&plan[0]["Plan"], &sent.sql)?;
        // Of an empty table PostgreSQL likes to read a whole index in the order of the answer. So it is
        // asked again without that: then an index must find the rows.
        self.scan_in_order(false).await;
        let other = self.plan(&sent.sql, &sent.types).await;
        self.scan_in_order(true).await;
        if other.is_ok_and(|other| self.reads_all(&other[0]["Plan"], &sent.sql).is_none()) {
            return None;
        }
        Some(Refusal {
            sent,
            why,
            plan: short(&plan[0]["Plan"], 0),
        })
    }

    async fn scan_in_order(&self, allowed: bool) {
        let value = if allowed { "on" } else { "off" };
        for setting in ["enable_indexscan", "enable_indexonlyscan"] {
            let set = format!("SET {setting} = {value}");
            self.connection.execute_unprepared(&set).await.unwrap();
        }
    }

    /// The plan for any values.
    async fn plan(&self, sql: &str, types: &str) -> Result<Value, DbErr> {
        let placeholders = Regex::new(r"\$(\d+)").unwrap();
        let highest = placeholders
            .captures_iter(sql)
            .map(|found| found[1].parse::<usize>().unwrap())
            .max();
        let values = match highest {
            None => String::new(),
            Some(count) => format!("({})", vec!["NULL"; count].join(", ")),
        };
        let run = async |sql: String| self.connection.execute_unprepared(&sql).await;
        let types = match types {
            "" => String::new(),
            types => format!("({types})"),
        };
        run(format!("PREPARE explained{types} AS {sql}")).await?;
        let explain = format!("EXPLAIN (FORMAT JSON, COSTS OFF) EXECUTE explained{values}");
        let explain = Statement::from_string(DbBackend::Postgres, explain);
        let plan = self.connection.query_one_raw(explain).await;
        run("DEALLOCATE explained".into()).await?;
        plan?.unwrap().try_get_by_index(0)
    }

    /// Why a part of a plan is refused.
    fn reads_all(&self, node: &Value, sql: &str) -> Option<String> {
        let text = |name: &str| node[name].as_str().unwrap_or_default();
        let kind = text("Node Type");
        let refuse = |table: &str, how: String| {
            let reads_all = !table.starts_with("pg_") && !may_read_all(table, sql);
            reads_all.then(|| format!("PostgreSQL reads all of {table}: {how}"))
        };
        let why = match kind {
            "Seq Scan" => refuse(text("Relation Name"), "no index can serve it".into()),
            "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
                let index = text("Index Name");
                let (table, first) = &self.indexes[index];
                let condition = text("Index Cond");
                let is_bounded = match first {
                    Some(first) => has_word(condition, first),
                    None => !condition.is_empty(),
                } || begins_with_caller(sql);
                if is_bounded {
                    None
                } else {
                    let how = format!("no condition on the first column of {index}");
                    refuse(table, how)
                }
            }
            _ => None,
        };
        let below = || {
            let parts = node["Plans"].as_array().into_iter().flatten();
            parts.into_iter().find_map(|part| self.reads_all(part, sql))
        };
        why.or_else(below)
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split(|letter| !is_part(letter))
        .any(|part| part == word)
}

/// A line for each part of a plan.
fn short(node: &Value, depth: usize) -> String {
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let names = [
        "Node Type",
        "Relation Name",
        "Index Name",
        "Index Cond",
        "Filter",
    ];
    let names: Vec<_> = names.iter().map(|name| text(name)).collect();
    let mut lines = format!("{}{}\n", "  ".repeat(depth), names.join(" ").trim_end());
    for part in node["Plans"].as_array().into_iter().flatten() {
        lines.push_str(&short(part, depth + 1));
    }
    lines
}
