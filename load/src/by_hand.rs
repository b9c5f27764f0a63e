//! What a developer would write by hand for the same work: axum and SQL without layers. Kith
//! issues and verifies the tokens. Everything else is the minimum that answers the request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use kith::auth::signing::PublicKey;
use kith::auth::{AccessToken, verify_token};
use kith::entity::ids::SigningKeyId;
use kith::platform::time::clock::Clock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::people::ISSUER;

/// The server ends by itself after this time, even if the process that started it is gone.
const LONGEST: Duration = Duration::from_hours(1);
const CONNECTIONS: u32 = 10;

/// The table of an outbox, which Kith's schema does not have.
pub const OUTBOX: &str = "CREATE TABLE load_outbox \
     (id uuid PRIMARY KEY, circle_id uuid NOT NULL, payload text NOT NULL)";

/// A task as this server sends it: the properties that Kith sends, without computed properties.
#[derive(Debug, Serialize)]
struct ListedTask {
    id: Uuid,
    circle_id: Uuid,
    version: i32,
    task_list_id: Option<Uuid>,
    title: String,
    notes: Option<String>,
    category: String,
    topic: String,
    due_on: Option<NaiveDate>,
    due_local: Option<NaiveDateTime>,
    starts_local: Option<NaiveDateTime>,
    time_zone: Option<String>,
    due_at: Option<DateTime<Utc>>,
    effort_minutes: Option<i32>,
    people_needed: i32,
    reminder_minutes: String,
    state: String,
    schedule_version: i32,
    completed_at: Option<DateTime<Utc>>,
    completed_by_member_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    created_by_member_id: Option<Uuid>,
    updated_at: DateTime<Utc>,
    assignments: Vec<Assignment>,
}

#[derive(Debug, Serialize)]
struct Assignment {
    id: Uuid,
    member_id: Uuid,
    name: String,
    state: String,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct Page {
    data: Vec<ListedTask>,
}

#[derive(Debug, Deserialize)]
struct NewTask {
    title: String,
    category: String,
    due_local: NaiveDateTime,
}

/// The columns of a task, in the order in which they are read.
macro_rules! task_columns {
    () => {
        "t.id, t.circle_id, t.version, t.task_list_id, t.title, t.notes, t.category, t.topic, \
         t.due_on, t.due_local, t.starts_local, t.time_zone, t.due_at, t.effort_minutes, \
         t.people_needed, t.reminder_minutes, t.state, t.schedule_version, t.completed_at, \
         t.completed_by_member_id, t.created_at, t.created_by_member_id, t.updated_at"
    };
}

/// Checks that the session is valid, and that its account is an active member of the circle.
macro_rules! proven {
    () => {
        "FROM sessions s \
         JOIN users u ON u.id = s.user_id AND u.state = 'active' \
         JOIN memberships m ON m.user_id = u.id AND m.circle_id = $3 AND m.state = 'active'"
    };
}

macro_rules! proof_holds {
    () => {
        "s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $4"
    };
}

/// Fifty open tasks whose topics the member can see, soonest first.
macro_rules! fifty_tasks {
    () => {
        concat!(
            "SELECT ", task_columns!(), ", t.sort_at ", proven!(),
            " JOIN tasks t ON t.circle_id = m.circle_id AND t.state = 'open' \
             AND t.topic IN (SELECT g.topic FROM topic_grants g \
             WHERE g.circle_id = m.circle_id AND g.member_id = m.id AND g.level <> 'none') WHERE ",
            proof_holds!(),
            " ORDER BY t.sort_at, t.id LIMIT 51"
        )
    };
}

const LIST: &str = fifty_tasks!();
const LIST_WITH_PEOPLE: &str = concat!(
    "SELECT t.*, a.id, a.member_id, h.name, a.state, a.updated_at FROM (",
    fifty_tasks!(),
    ") t LEFT JOIN task_assignments a ON a.circle_id = t.circle_id AND a.task_id = t.id \
     LEFT JOIN memberships h ON h.circle_id = a.circle_id AND h.id = a.member_id \
     ORDER BY t.sort_at, t.id, a.created_at, a.id"
);
const PROOF: &str = concat!(
    "SELECT m.id ",
    proven!(),
    " WHERE ",
    proof_holds!(),
    " AND m.access IN ('coordinator', 'caregiver')"
);
const INSERT_TASK: &str = "INSERT INTO tasks (id, circle_id, version, title, category, topic, \
     due_local, time_zone, due_at, sort_at, people_needed, people_accepted, reminder_minutes, \
     state, schedule_version, created_at, created_by_member_id, updated_at) \
     VALUES ($1, $2, 1, $3, $4, 'daily', $5, 'Europe/Berlin', $6, $6, 1, 0, '[1440]', 'open', 1, \
     $7, $8, $7)";
const INSERT_OUTBOX: &str = "INSERT INTO load_outbox (id, circle_id, payload) VALUES ($1, $2, $3)";

/// An error of the request or of the server.
enum Failure {
    Refused,
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused => StatusCode::UNAUTHORIZED.into_response(),
            Self::Broken(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
            }
        }
    }
}

/// The owner of the token in a request.
fn caller(key: &PublicKey, clock: &Clock, headers: &HeaderMap) -> Result<AccessToken, Failure> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    token
        .and_then(|token| verify_token(key, ISSUER, token, clock.now()).ok())
        .ok_or(Failure::Refused)
}

/// The handlers for one kind of database: the SQL is the same, but the types differ.
macro_rules! handlers {
    ($name:ident, $database:ty, $begin:literal) => {
        mod $name {
            use axum::Json;
            use axum::body::Bytes;
            use axum::extract::{Path, State};
            use sqlx::{Pool, Row};

            use super::*;

            type OneRow = <$database as sqlx::Database>::Row;

            #[derive(Clone)]
            pub struct AppState {
                pub key: Arc<PublicKey>,
                pub clock: Clock,
                pub reader: Pool<$database>,
                pub writer: Pool<$database>,
                pub page: Arc<Page>,
            }

            fn read_task(row: &OneRow) -> sqlx::Result<ListedTask> {
                Ok(ListedTask {
                    id: row.try_get(0)?,
                    circle_id: row.try_get(1)?,
                    version: row.try_get(2)?,
                    task_list_id: row.try_get(3)?,
                    title: row.try_get(4)?,
                    notes: row.try_get(5)?,
                    category: row.try_get(6)?,
                    topic: row.try_get(7)?,
                    due_on: row.try_get(8)?,
                    due_local: row.try_get(9)?,
                    starts_local: row.try_get(10)?,
                    time_zone: row.try_get(11)?,
                    due_at: row.try_get(12)?,
                    effort_minutes: row.try_get(13)?,
                    people_needed: row.try_get(14)?,
                    reminder_minutes: row.try_get(15)?,
                    state: row.try_get(16)?,
                    schedule_version: row.try_get(17)?,
                    completed_at: row.try_get(18)?,
                    completed_by_member_id: row.try_get(19)?,
                    created_at: row.try_get(20)?,
                    created_by_member_id: row.try_get(21)?,
                    updated_at: row.try_get(22)?,
                    assignments: Vec::new(),
                })
            }

            /// The first column after the columns of the task and its `sort_at`.
            fn read_assignment(row: &OneRow) -> sqlx::Result<Option<Assignment>> {
                let Some(id) = row.try_get(24)? else {
                    return Ok(None);
                };
                Ok(Some(Assignment {
                    id,
                    member_id: row.try_get(25)?,
                    name: row.try_get(26)?,
                    state: row.try_get(27)?,
                    updated_at: row.try_get(28)?,
                }))
            }

            async fn rows(
                state: &AppState,
                query: &'static str,
                circle: Uuid,
                headers: &HeaderMap,
            ) -> Result<Vec<OneRow>, Failure> {
                let token = caller(&state.key, &state.clock, headers)?;
                let rows = sqlx::query(query)
                    .bind(token.session_id.0)
                    .bind(token.user_id.0)
                    .bind(circle)
                    .bind(state.clock.now())
                    .fetch_all(&state.reader)
                    .await?;
                if rows.is_empty() {
                    return Err(Failure::Refused);
                }
                Ok(rows)
            }

            async fn list(
                State(state): State<AppState>,
                Path(circle): Path<Uuid>,
                headers: HeaderMap,
            ) -> Result<Json<Page>, Failure> {
                let rows = rows(&state, LIST, circle, &headers).await?;
                let data = rows.iter().take(50).map(read_task);
                let data = data.collect::<sqlx::Result<_>>()?;
                Ok(Json(Page { data }))
            }

            async fn list_with_people(
                State(state): State<AppState>,
                Path(circle): Path<Uuid>,
                headers: HeaderMap,
            ) -> Result<Json<Page>, Failure> {
                let rows = rows(&state, LIST_WITH_PEOPLE, circle, &headers).await?;
                let mut data: Vec<ListedTask> = Vec::with_capacity(51);
                for row in &rows {
                    let id: Uuid = row.try_get(0)?;
                    if data.last().is_none_or(|task| task.id != id) {
                        data.push(read_task(row)?);
                    }
                    if let (Some(task), Some(part)) = (data.last_mut(), read_assignment(row)?) {
                        task.assignments.push(part);
                    }
                }
                data.truncate(50);
                Ok(Json(Page { data }))
            }

            async fn page_from_memory(
                State(state): State<AppState>,
                headers: HeaderMap,
            ) -> Result<Response, Failure> {
                caller(&state.key, &state.clock, &headers)?;
                Ok(Json(&*state.page).into_response())
            }

            async fn create(
                State(state): State<AppState>,
                Path(circle): Path<Uuid>,
                headers: HeaderMap,
                body: Bytes,
            ) -> Result<(StatusCode, Json<ListedTask>), Failure> {
                let token = caller(&state.key, &state.clock, &headers)?;
                let new: NewTask = serde_json::from_slice(&body).map_err(|_| Failure::Refused)?;
                let now = state.clock.now();
                let mut tx = state.writer.begin_with($begin).await?;
                let member: (Uuid,) = sqlx::query_as(PROOF)
                    .bind(token.session_id.0)
                    .bind(token.user_id.0)
                    .bind(circle)
                    .bind(now)
                    .fetch_optional(&mut *tx)
                    .await?
                    .ok_or(Failure::Refused)?;
                let id: Uuid = state.clock.new_id();
                let due_at = kith::platform::time::civil::resolve(new.due_local, "Europe/Berlin");
                sqlx::query(INSERT_TASK)
                    .bind(id)
                    .bind(circle)
                    .bind(&new.title)
                    .bind(&new.category)
                    .bind(new.due_local)
                    .bind(due_at)
                    .bind(now)
                    .bind(member.0)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(INSERT_OUTBOX)
                    .bind(state.clock.new_id::<Uuid>())
                    .bind(circle)
                    .bind(format!("{{\"kind\":\"created\",\"task\":\"{id}\"}}"))
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
                let task = ListedTask {
                    id,
                    circle_id: circle,
                    version: 1,
                    task_list_id: None,
                    title: new.title,
                    notes: None,
                    category: new.category,
                    topic: "daily".into(),
                    due_on: None,
                    due_local: Some(new.due_local),
                    starts_local: None,
                    time_zone: Some("Europe/Berlin".into()),
                    due_at: Some(due_at),
                    effort_minutes: None,
                    people_needed: 1,
                    reminder_minutes: "[1440]".into(),
                    state: "open".into(),
                    schedule_version: 1,
                    completed_at: None,
                    completed_by_member_id: None,
                    created_at: now,
                    created_by_member_id: Some(member.0),
                    updated_at: now,
                    assignments: Vec::new(),
                };
                Ok((StatusCode::CREATED, Json(task)))
            }

            #[expect(
                clippy::disallowed_methods,
                reason = "this server is not in the table of operations"
            )]
            pub async fn routes(
                reader: Pool<$database>,
                writer: Pool<$database>,
            ) -> anyhow::Result<Router> {
                let any = concat!("SELECT ", task_columns!(), " FROM tasks t LIMIT 50");
                let rows = sqlx::query(any).fetch_all(&reader).await?;
                let data = rows.iter().map(read_task).collect::<sqlx::Result<_>>()?;
                let newest = "SELECT id, public_key FROM signing_keys ORDER BY created_at DESC";
                let newest = sqlx::query(newest).fetch_one(&reader).await?;
                let key_id = SigningKeyId(newest.try_get(0)?);
                let key = PublicKey::read(key_id, &newest.try_get::<Vec<u8>, _>(1)?);
                let state = AppState {
                    key: Arc::new(key),
                    clock: Clock::real(),
                    reader,
                    writer,
                    page: Arc::new(Page { data }),
                };
                Ok(Router::new()
                    .route("/nothing", get(async || StatusCode::NO_CONTENT))
                    .route("/page-from-memory", get(page_from_memory))
                    .route("/tasks/{circle}", get(list).post(create))
                    .route("/tasks-with-people/{circle}", get(list_with_people))
                    .with_state(state))
            }
        }
    };
}

handlers!(on_sqlite, sqlx::Sqlite, "BEGIN IMMEDIATE");
handlers!(on_postgres, sqlx::Postgres, "BEGIN");

/// Serves the handlers, with the same number of connections and the same settings as Kith.
pub async fn serve(address: SocketAddr, url: &str) -> anyhow::Result<()> {
    let router = if url.starts_with("sqlite:") {
        sqlite(url).await?
    } else {
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .connect(url)
            .await?;
        on_postgres::routes(pool.clone(), pool).await?
    };
    let listener = tokio::net::TcpListener::bind(address).await?;
    let serving = axum::serve(listener, router).into_future();
    tokio::time::timeout(LONGEST, serving).await??;
    Ok(())
}

async fn sqlite(url: &str) -> anyhow::Result<Router> {
    use sqlx::sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    };

    let options = url
        .parse::<SqliteConnectOptions>()?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
    };
    let writer = pool(1).connect_with(options.clone()).await?;
    let reader = pool(CONNECTIONS).connect_with(options.pragma("query_only", "on"));
    on_sqlite::routes(reader.await?, writer).await
}
