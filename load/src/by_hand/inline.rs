//! The list through SQLite's own interface, called on the threads of the runtime: no other thread, no
//! channel. Kith reads SQLite in the same way, so that only this list shares its driver.

use std::cell::RefCell;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use kith::auth::signing::PublicKey;
use kith::platform::time::clock::Clock;
use rusqlite::{Connection, OpenFlags, Row};
use uuid::Uuid;

use super::sql::LIST_WITH_PEOPLE;
use super::types::{Assignment, Failure, ListedTask, Page, caller};

thread_local! {
    /// The connection of this thread.
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

#[derive(Clone)]
struct AppState {
    key: Arc<PublicKey>,
    clock: Clock,
    path: Arc<str>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "this server is not in the table of operations"
)]
pub fn routes(path: String, key: PublicKey) -> Router {
    let state = AppState {
        key: Arc::new(key),
        clock: Clock::real(),
        path: path.into(),
    };
    Router::new()
        .route("/tasks-inline/{circle}", get(list))
        .with_state(state)
}

async fn list(
    State(state): State<AppState>,
    Path(circle): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Json<Page>, Failure> {
    let token = caller(&state.key, &state.clock, &headers)?;
    let now = kith_time(&state.clock);
    READER.with_borrow_mut(|reader| {
        let reader = match reader {
            Some(reader) => reader,
            none => none.insert(open(&state.path)?),
        };
        let mut statement = reader.prepare_cached(LIST_WITH_PEOPLE)?;
        // SQLite takes `$1` for a name, not for a position.
        let mut rows = statement.query(rusqlite::named_params! {
            "$1": token.session_id.0,
            "$2": token.user_id.0,
            "$3": circle,
            "$4": now,
        })?;
        let mut data: Vec<ListedTask> = Vec::with_capacity(51);
        while let Some(row) = rows.next()? {
            let id: Uuid = row.get(0)?;
            if data.last().is_none_or(|task| task.id != id) {
                data.push(read_task(row)?);
            }
            if let (Some(task), Some(part)) = (data.last_mut(), read_assignment(row)?) {
                task.assignments.push(part);
            }
        }
        if data.is_empty() {
            return Err(Failure::Refused);
        }
        data.truncate(50);
        Ok(Json(Page { data }))
    })
}

/// The time as Kith stores it.
fn kith_time(clock: &Clock) -> String {
    clock
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}

fn open(path: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn read_task(row: &Row) -> rusqlite::Result<ListedTask> {
    Ok(ListedTask {
        id: row.get(0)?,
        circle_id: row.get(1)?,
        version: row.get(2)?,
        task_list_id: row.get(3)?,
        title: row.get(4)?,
        notes: row.get(5)?,
        category: row.get(6)?,
        topic: row.get(7)?,
        due_on: row.get(8)?,
        due_local: row.get(9)?,
        starts_local: row.get(10)?,
        time_zone: row.get(11)?,
        due_at: row.get(12)?,
        effort_minutes: row.get(13)?,
        people_needed: row.get(14)?,
        reminder_minutes: row.get(15)?,
        state: row.get(16)?,
        schedule_version: row.get(17)?,
        completed_at: row.get(18)?,
        completed_by_member_id: row.get(19)?,
        created_at: row.get(20)?,
        created_by_member_id: row.get(21)?,
        updated_at: row.get(22)?,
        assignments: Vec::new(),
    })
}

/// The first column after the columns of the task and its `sort_at`.
fn read_assignment(row: &Row) -> rusqlite::Result<Option<Assignment>> {
    let Some(id) = row.get(24)? else {
        return Ok(None);
    };
    Ok(Some(Assignment {
        id,
        member_id: row.get(25)?,
        name: row.get(26)?,
        state: row.get(27)?,
        updated_at: row.get(28)?,
    }))
}
