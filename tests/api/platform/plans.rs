//! Tests of the check that refuses statements that read whole tables (`harness::plans`).

use chrono::{DateTime, Utc};
use kith::entity::reminder::{self, ReminderState};
use kith::entity::task;
use kith::privacy::retention;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QueryTrait};
use serde_json::json;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::harness::database::server;
use crate::harness::plans::{Sent, check, seen};

/// The reason why a statement is refused, on the database of this run.
fn why(sql: impl Fn(DbBackend) -> String) -> Option<String> {
    let backend = match server() {
        Some(_) => DbBackend::Postgres,
        None => DbBackend::Sqlite,
    };
    let sql = sql(backend);
    let mut refused = check(vec![Sent {
        backend,
        sql,
        types: String::new(),
    }]);
    assert!(refused.len() <= 1);
    refused.pop().map(|refusal| refusal.why)
}

#[test]
fn a_statement_that_finds_its_rows_by_an_index_passes() {
    let by_key = task::Entity::find_by_id((Uuid::nil().into(), Uuid::nil().into()));
    assert_eq!(why(|backend| by_key.build(backend).sql), None);
}

#[test]
fn a_statement_without_an_index_is_refused_with_its_table() {
    let by_title = task::Entity::find().filter(task::Column::Title.eq("shopping"));
    let why = why(|backend| by_title.build(backend).sql).unwrap();
    assert!(why.contains("reads all of tasks"), "{why}");
}

#[test]
fn a_scan_is_found_behind_an_alias_and_inside_a_subquery() {
    for sql in [
        "SELECT t.id FROM tasks AS t WHERE t.title = $1",
        "SELECT id FROM circles WHERE id IN (SELECT circle_id FROM tasks WHERE title = $1)",
        "DELETE FROM circles WHERE id IN (SELECT circle_id FROM tasks WHERE title = $1)",
    ] {
        let why = why(|_| sql.to_owned()).unwrap();
        assert!(why.contains("reads all of tasks"), "{sql}: {why}");
    }
}

#[test]
fn a_condition_on_the_second_column_of_an_index_is_not_enough() {
    // The index is on (circle_id, state, sort_at, id).
    let by_state = "SELECT circle_id FROM tasks WHERE state = $1";
    let why = why(|_| by_state.to_owned()).unwrap();
    assert!(why.contains("reads all of tasks"), "{why}");
}

#[test]
fn rows_of_one_circle_are_not_looked_for_in_all_circles() {
    let ids = [Uuid::nil(), Uuid::max()];
    let mut rows = reminder::Entity::find()
        .filter(reminder::Column::CircleId.eq(Uuid::nil()))
        .filter(reminder::Column::Id.is_in(ids));
    assert_eq!(why(|backend| rows.build(backend).sql), None);
    rows = rows
        .filter(reminder::Column::State.eq(ReminderState::Planned))
        .filter(reminder::Column::FireAt.lte(DateTime::<Utc>::UNIX_EPOCH))
        .order_by_asc(reminder::Column::FireAt)
        .order_by_asc(reminder::Column::Id);
    let why = why(|backend| rows.build(backend).sql);
    if server().is_some() {
        // PostgreSQL has statistics.
        assert_eq!(why, None);
        return;
    }
    let why = why.unwrap();
    assert!(why.contains("reminders of all circles"), "{why}");
}

#[test]
fn a_statement_that_the_database_refuses_is_refused() {
    let why = why(|_| "SELECT nothing FROM nowhere".to_owned()).unwrap();
    assert!(why.contains("refuses the statement"), "{why}");
}

#[test]
fn a_table_of_few_rows_may_be_read_as_a_whole() {
    assert_eq!(why(|_| "SELECT id FROM signing_keys".to_owned()), None);
}

#[tokio::test]
async fn the_statements_of_requests_and_of_sweeps_are_collected() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Shopping" })).await;
    ana.get("/tasks?state=open").await.is(200);
    retention::sweep(&app.app).await.unwrap();
    for piece in [r#"INSERT INTO "tasks""#, r#"FROM "tasks""#] {
        assert!(seen(piece), "{piece}");
    }
    for line in retention::table() {
        let sweep = format!(r#"DELETE FROM "{}" WHERE"#, line.table);
        assert!(seen(&sweep), "{sweep}");
    }
}
