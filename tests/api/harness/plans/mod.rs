//! Asks the database how it would carry out each statement that the suite sends, and refuses a
//! statement that reads a whole table.
//!
//! # What it guarantees
//!
//! No statement that any test sends gets slower because other families use the server too: on
//! SQLite and on PostgreSQL it finds its rows by an index. The tables whose size does not depend on
//! how many people use the server are in [`FEW`], the statements that may read a whole table are in
//! [`MAY_READ_ALL`], each with the reason.
//!
//! # How
//!
//! Kith traces each statement with its text, in which every value is a placeholder
//! ([`STATEMENTS`]). [`Collector`] keeps each text once for the whole process: texts that differ
//! only in the length of a list are one. When a test is over, its `TestApp` gives what the test was
//! the first to send to [`check`], and a statement that reads a whole table fails that test. One
//! thread with a migrated database for the whole process answers ([`checker`]), so that a test
//! costs no new connection.
//!
//! The tables of tests are small, and for a small table PostgreSQL prefers to read all of it. So it
//! is asked with `enable_seqscan = off`, and without the joins that read a whole side: then it reads a
//! whole table only if no index can serve.
//! SQLite takes an index whenever there is one, because Kith gives it no statistics. But it may be
//! the index on a state: what asks for rows of one circle must not look through those of all
//! circles (`sqlite.rs`).
//!
//! # What goes wrong without it
//!
//! A new list asks for a column without an index. All tests are fast and green. In the database of
//! a thousand families each request reads the rows of all of them.

mod checker;
mod postgres;
mod sqlite;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex};
use std::thread;

use kith::platform::db::STATEMENTS;
use regex::Regex;
use sea_orm::DbBackend;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::layer::{Context, Layer};

/// Tables that do not grow with the number of people: they may be read as a whole.
const FEW: &[(&str, &str)] = &[
    ("database_state", "one row"),
    ("signing_keys", "a few keys of the server"),
    (
        "zone_rules",
        "one row for each release of the time zone rules",
    ),
    (
        "search_indexes",
        "one row for each version of the search index",
    ),
    ("seaql_migrations", "one row for each migration"),
];

/// Statements that may read a whole table: the table, a piece of the text, and the reason.
const MAY_READ_ALL: &[(&str, &str, &str)] = &[
    (
        "jobs",
        " LIKE ",
        "jobs name rows only in their text; the table has only jobs that wait, and erasing is rare",
    ),
    (
        "idempotency_records",
        " LIKE ",
        "the answers of one day, which may show a circle in any place; erasing a circle is rare",
    ),
    (
        "totp_factors",
        "FROM totp_factors",
        "`kith reseal` goes through every sealed secret",
    ),
    (
        "deliveries",
        r#"UPDATE "deliveries" SET "state" ="#,
        "`kith skip-mails`, once after a restored backup",
    ),
    (
        "notifications",
        r#"UPDATE "notifications" SET "state" ="#,
        "`kith skip-mails`, once after a restored backup",
    ),
    (
        "users",
        "FROM users u ORDER BY u.created_at",
        "`kith admin accounts list` shows every account to an operator",
    ),
    (
        "users",
        r#"FROM "users" LIMIT "#,
        "asks for any one row: `kith demo` fills only an empty database",
    ),
    (
        "circles",
        r#""circles" ORDER BY "circles"."id" ASC LIMIT "#,
        "the first page of all circles, when new time zone rules are followed",
    ),
    (
        "circles",
        "SET alias = 'Lost'",
        "a test of the database itself, which loses this change",
    ),
];

/// More alternatives than a statement has for a person in some dozens of circles.
const MANY: usize = 200;

/// A statement that a test sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub backend: DbBackend,
    pub sql: String,
    /// The types of its values, as PostgreSQL names them.
    pub types: String,
}

/// A statement that reads a whole table.
pub struct Refusal {
    pub sent: Sent,
    /// What it reads, and what to do.
    pub why: String,
    /// How the database would carry it out.
    pub plan: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, why, plan } = self;
        write!(f, "\n{why}\n\n{}\n\n{plan}\n", sent.sql)
    }
}

/// The statements that were sent since the process began.
#[derive(Default)]
struct Statements {
    /// The hash of each text.
    texts: HashSet<u64>,
    /// The shape of each text.
    shapes: HashSet<(&'static str, String)>,
    /// What is not checked yet, by the name of the thread that sent it.
    waiting: HashMap<String, Vec<Sent>>,
}

static SENT: LazyLock<Mutex<Statements>> = LazyLock::new(Mutex::default);

/// Collects what [`STATEMENTS`] traces.
pub struct Collector;

/// The statements of a text: on SQLite several are sent together when a transaction begins, and
/// before it commits. A value is a placeholder, so nothing else has a semicolon. How a transaction
/// begins and ends reads no table.
fn one_by_one(backend: DbBackend, text: &str) -> Vec<String> {
    let statements = match backend {
        DbBackend::Sqlite => text.split("; ").map(str::to_owned).collect(),
        _ => vec![text.to_owned()],
    };
    let of_rows = |sql: &String| sql != "BEGIN" && sql != "COMMIT";
    statements.into_iter().filter(of_rows).collect()
}

/// Lets only statements through.
pub fn statements_only() -> FilterFn {
    let is_statement = |what: &Metadata<'_>| what.target() == STATEMENTS;
    filter_fn(is_statement as fn(&Metadata<'_>) -> bool).with_max_level_hint(Level::TRACE)
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if fields.failed {
            return;
        }
        let backend = match fields.backend.as_str() {
            "Postgres" => DbBackend::Postgres,
            _ => DbBackend::Sqlite,
        };
        let mut statements = SENT.lock().unwrap();
        for sql in one_by_one(backend, &fields.sql) {
            let types = fields.types.clone();
            let sent = Sent {
                backend,
                sql,
                types,
            };
            if statements.texts.insert(hash(&sent))
                && statements
                    .shapes
                    .insert((name_of(backend), shape(&sent.sql)))
            {
                statements.waiting.entry(here()).or_default().push(sent);
            }
        }
    }
}

#[derive(Default)]
struct Fields {
    backend: String,
    sql: String,
    types: String,
    failed: bool,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "sql" => value.clone_into(&mut self.sql),
            "types" => value.clone_into(&mut self.types),
            _ => {}
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "failed" {
            self.failed = value;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "backend" {
            self.backend = format!("{value:?}");
        }
    }
}

/// The threads of a runtime with several threads. Whose test they serve is not known.
const WORKERS: &str = "tokio-rt-worker";

/// The name of this thread: that of the test that runs on it.
fn here() -> String {
    thread::current().name().unwrap_or(WORKERS).to_owned()
}

/// Forgets what this test was the first to send, because the test itself reads whole tables.
pub fn forget_statements_of_this_test() {
    let mut statements = SENT.lock().unwrap();
    for sent in statements.waiting.remove(&here()).unwrap_or_default() {
        statements.texts.remove(&hash(&sent));
        let shape = (name_of(sent.backend), shape(&sent.sql));
        statements.shapes.remove(&shape);
    }
}

/// Refuses those statements that this test was the first to send and that read a whole table, or
/// look through all circles for rows of one.
pub fn check_statements_of_this_test() {
    let sent: Vec<_> = {
        let mut statements = SENT.lock().unwrap();
        let mine = statements.waiting.remove(&here()).unwrap_or_default();
        let workers = statements.waiting.remove(WORKERS).unwrap_or_default();
        mine.into_iter().chain(workers).collect()
    };
    let refused = check(sent);
    assert!(
        refused.is_empty(),
        "statements of this test read whole tables: add an index in a migration or ask in another \
         way; see tests/api/harness/plans/mod.rs.{}",
        refused.iter().map(Refusal::to_string).collect::<String>()
    );
}

/// The statements that read a whole table, or look through all circles for rows of one.
pub fn check(sent: Vec<Sent>) -> Vec<Refusal> {
    let explainable = |sent: &Sent| {
        // So many conditions make a database guess that reading everything is cheaper. Other tests
        // send the same statement for a person who is in few circles.
        if sent.sql.matches(" OR ").count() > MANY {
            return false;
        }
        let first = sent.sql.split_whitespace().next().unwrap_or_default();
        ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].contains(&first.to_uppercase().as_str())
    };
    let sent: Vec<_> = sent.into_iter().filter(explainable).collect();
    if sent.is_empty() {
        return Vec::new();
    }
    checker::ask(sent)
}

/// Whether a statement may read all of a table.
fn may_read_all(table: &str, sql: &str) -> bool {
    let pieces = |&(of, piece, _): &(&str, &str, &str)| of == table && sql.contains(piece);
    FEW.iter().any(|(few, _)| *few == table) || MAY_READ_ALL.iter().any(pieces)
}

/// Whether any test has sent a statement with this piece of text.
pub fn seen(piece: &str) -> bool {
    let statements = SENT.lock().unwrap();
    let mut shapes = statements.shapes.iter();
    shapes.any(|(_, shape)| shape.contains(piece))
}

fn name_of(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres {
        "PostgreSQL"
    } else {
        "SQLite"
    }
}

fn hash(sent: &Sent) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name_of(sent.backend), &sent.sql).hash(&mut hasher);
    hasher.finish()
}

/// A text without the lengths of its lists.
fn shape(sql: &str) -> String {
    static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\d+").unwrap());
    static LIST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\?(, \?)+").unwrap());
    static ROWS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\(\?\)(, \(\?\))+").unwrap());
    let sql = PLACEHOLDER.replace_all(sql, "?");
    let sql = LIST.replace_all(&sql, "?");
    ROWS.replace_all(&sql, "(?)").into_owned()
}

#[test]
fn texts_that_differ_in_the_length_of_a_list_have_one_shape() {
    let one = "SELECT a FROM t WHERE b IN ($1) AND c = $2";
    let three = "SELECT a FROM t WHERE b IN ($1, $2, $3) AND c = $4";
    assert_eq!(shape(one), shape(three));
    let rows = "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)";
    assert_eq!(shape(rows), "INSERT INTO t (a, b) VALUES (?)");
}
