//! Acknowledged writes are kept whatever fails: SQLite rolls back by itself, a COMMIT fails,
//! and the same writer is used again afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::Method;
use chrono::TimeDelta;
use kith::http::response::NoContent;
use kith::platform::db::{BeginWrite, Transaction};
use kith::privacy::retention::sweep;
use kith::problem::Problem;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::json;
use uuid::Uuid;

use crate::contract::differential::Dice;
use crate::harness::database::TestDatabase;
use crate::harness::{Person, Reply, TestApp};

/// Statements of the transaction that creates a task. Each can be made to fail so that
/// SQLite undoes the whole transaction by itself, like a disk that is full.
const SPOTS: [(&str, &str); 5] = [
    ("INSERT", "idempotency_records"),
    ("INSERT", "tasks"),
    ("INSERT", "changes"),
    ("UPDATE", "circles"),
    ("UPDATE", "idempotency_records"),
];
/// The fault at the end: a transaction that SQLite refuses to commit stays open.
const COMMIT: &str = "COMMIT";

struct Faulty {
    app: Arc<TestApp>,
    ana: Person,
    /// A connection of the test's own: it arms faults and reads what is kept.
    beside: DatabaseConnection,
    acknowledged: BTreeSet<Uuid>,
}

impl Faulty {
    async fn start() -> Self {
        let app = TestApp::start_on(TestDatabase::migrated_file(), |_| ()).await;
        let [ana] = app.circle(["coordinator"]).await;
        let beside = app.database.connect().await;
        let mut faults = vec![
            "CREATE TABLE armed_faults (spot TEXT)".to_owned(),
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)".to_owned(),
            "CREATE TABLE orphans (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
                .to_owned(),
            format!(
                "CREATE TRIGGER fault_commit AFTER INSERT ON tasks \
                 WHEN EXISTS (SELECT 1 FROM armed_faults WHERE spot = '{COMMIT}') \
                 BEGIN INSERT INTO orphans VALUES (1); END"
            ),
        ];
        for (number, (action, table)) in SPOTS.iter().enumerate() {
            faults.push(format!(
                "CREATE TRIGGER fault_{number} BEFORE {action} ON {table} \
                 WHEN EXISTS (SELECT 1 FROM armed_faults WHERE spot = '{action} {table}') \
                 BEGIN SELECT RAISE(ROLLBACK, 'no room'); END"
            ));
        }
        for fault in faults {
            beside.execute_unprepared(&fault).await.unwrap();
        }
        Self {
            app,
            ana,
            beside,
            acknowledged: BTreeSet::new(),
        }
    }

    /// Creates a task and remembers its id if the server acknowledged it.
    async fn create(&mut self) -> Reply {
        let id = Uuid::now_v7();
        let body = json!({ "id": id, "title": "Shopping", "due_local": "2026-12-05T12:00" });
        let key = id.to_string();
        let key = ("idempotency-key", key.as_str());
        let reply = self
            .ana
            .with(key, &Method::POST, "/tasks", Some(body))
            .await;
        if reply.status == 201 {
            self.acknowledged.insert(id);
            let path = format!("/tasks/{id}");
            assert_eq!(
                self.ana.get(&path).await.status,
                200,
                "an acknowledged task is missing"
            );
        }
        reply
    }

    async fn fail_at(&mut self, spot: &str) {
        let arm = format!("INSERT INTO armed_faults VALUES ('{spot}')");
        self.beside.execute_unprepared(&arm).await.unwrap();
        let failed = self.create().await;
        assert!(failed.status.is_server_error(), "{spot}: {}", failed.text);
        let disarm = "DELETE FROM armed_faults";
        self.beside.execute_unprepared(disarm).await.unwrap();
    }

    /// Claims a task that does not exist: the transaction is dropped without a commit.
    async fn be_refused(&self) {
        let path = format!("/tasks/{}/claim", Uuid::now_v7());
        self.ana.act(&path).await.is(404);
    }

    /// Checks that the file is unlocked, and that it holds exactly the acknowledged tasks.
    async fn check(&self, what: &str) {
        let lock = "BEGIN IMMEDIATE; ROLLBACK";
        let free = self.beside.execute_unprepared(lock).await;
        free.unwrap_or_else(|error| panic!("{what}: the file is still locked: {error}"));
        let all = Statement::from_string(DbBackend::Sqlite, "SELECT id FROM tasks");
        let rows = self.beside.query_all_raw(all).await.unwrap();
        let kept: BTreeSet<Uuid> = rows
            .iter()
            .map(|row| row.try_get("", "id").unwrap())
            .collect();
        assert_eq!(kept, self.acknowledged, "{what}");
    }
}

fn spots() -> Vec<String> {
    let statements = SPOTS
        .iter()
        .map(|(action, table)| format!("{action} {table}"));
    statements.chain([COMMIT.to_owned()]).collect()
}

#[tokio::test]
async fn writes_succeed_again_after_a_fault_at_any_statement_of_a_transaction() {
    for spot in spots() {
        let mut faulty = Faulty::start().await;
        faulty.create().await.is(201);
        faulty.fail_at(&spot).await;
        faulty.be_refused().await;
        for _ in 0..3 {
            faulty.create().await.is(201);
        }
        faulty.check(&spot).await;
        assert_eq!(faulty.app.anybody().get("/readyz").await.status, 204);
    }
}

#[tokio::test]
async fn random_writes_refusals_and_faults_lose_no_acknowledged_write() {
    let steps = std::env::var("FAULT_STEPS").map_or(300, |steps| steps.parse().unwrap());
    let mut faulty = Faulty::start().await;
    let mut dice = Dice(8);
    let spots = spots();
    let mut broken = 0;
    for step in 0..steps {
        match dice.roll(8) {
            0..=3 => drop(faulty.create().await.is(201)),
            4 | 5 => faulty.be_refused().await,
            6 => {
                broken += 1;
                let spot = dice.pick(&spots);
                faulty.fail_at(spot).await;
            }
            // An idle server sweeps too.
            _ => sweep(&faulty.app.app).await.unwrap(),
        }
        if step % 10 == 0 {
            faulty.check(&format!("step {step}")).await;
        }
    }
    assert!(broken > steps / 20, "only {broken} faults");
    faulty.check("the end").await;
}

#[tokio::test]
async fn a_server_whose_writer_cannot_commit_is_not_ready_until_it_can() {
    let mut faulty = Faulty::start().await;
    faulty.fail_at("INSERT tasks").await;
    let ready = async || faulty.app.anybody().get("/readyz").await.status.as_u16();
    // Another connection locks the file: the probe waits and cannot write.
    let keep = faulty.beside.begin().await.unwrap();
    keep.execute_unprepared("UPDATE circles SET version = version")
        .await
        .unwrap();
    assert_eq!(ready().await, 503);
    keep.rollback().await.unwrap();
    // The result of the probe is kept for one second.
    faulty.app.advance(TimeDelta::seconds(1));
    assert_eq!(ready().await, 204);
    faulty.create().await.is(201);
    faulty.check("healed").await;
}

#[tokio::test]
async fn a_transaction_with_a_failed_statement_cannot_commit_even_if_the_error_is_ignored() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let transaction = Transaction::begin(&app.app).await.unwrap();
    let backend = transaction.backend();
    let execute = async |sql: &str| {
        let statement = Statement::from_string(backend, sql);
        transaction.tx().execute_raw(statement).await
    };
    execute("UPDATE circles SET alias = 'Lost'").await.unwrap();
    execute("INSERT INTO nowhere VALUES (1)").await.unwrap_err();
    // Without this rule SQLite would keep the first statement, and PostgreSQL would report a
    // commit although it rolled back.
    let committed = transaction.commit(NoContent).await;
    assert!(
        matches!(committed, Err(Problem::Unavailable)),
        "{committed:?}"
    );
    let circle = ana.get("").await.is(200);
    assert_ne!(circle["alias"], "Lost");
    ana.task(json!({ "title": "Kept" })).await;
}

#[tokio::test]
async fn a_transaction_ended_by_postgresql_is_unavailable_and_the_next_one_succeeds() {
    let app = TestApp::start().await;
    if app.app.db().backend() == DbBackend::Sqlite {
        return;
    }
    let [ana] = app.circle(["coordinator"]).await;
    let connection = app.database.connect().await;
    let transaction = Transaction::begin(&app.app).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    connection.execute_unprepared(end).await.unwrap();
    let committed = transaction.commit(NoContent).await;
    assert!(
        matches!(committed, Err(Problem::Unavailable)),
        "{committed:?}"
    );
    ana.task(json!({ "title": "Kept" })).await;
    assert_eq!(app.anybody().get("/readyz").await.status, 204);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn reads_and_writes_go_on_after_postgresql_has_ended_all_connections() {
    let app = TestApp::start().await;
    if app.app.db().backend() == DbBackend::Sqlite {
        return;
    }
    let [ana] = app.circle(["coordinator"]).await;
    let connection = app.database.connect().await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    connection.execute_unprepared(end).await.unwrap();
    ana.get("/tasks").await.is(200);
    ana.task(json!({ "title": "Kept" })).await;
    connection.close().await.unwrap();
}
