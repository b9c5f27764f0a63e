//! The handlers through sqlx, the asynchronous driver that Kith uses on PostgreSQL and for writes on
//! SQLite. Kith reads SQLite through another driver: see `inline.rs`.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use kith::auth::signing::PublicKey;
use kith::entity::ids::SigningKeyId;
use kith::platform::time::clock::Clock;
use uuid::Uuid;

use super::sql::{
    ANY_TASKS, INSERT_OUTBOX, INSERT_TASK, LIST, LIST_WITH_PEOPLE, NEWEST_KEY, PROOF,
};
use super::types::{Assignment, Failure, ListedTask, NewTask, Page, caller};

/// The handlers for one kind of database: the SQL is the same, but the types differ.
macro_rules! handlers {
    ($name:ident, $database:ty, $begin:literal) => {
        pub mod $name {
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
                    .bind(due_at + TimeDelta::microseconds(1))
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

            /// The key that signed the tokens of this run.
            pub async fn newest_key(reader: &Pool<$database>) -> anyhow::Result<PublicKey> {
                let row = sqlx::query(NEWEST_KEY).fetch_one(reader).await?;
                let id = SigningKeyId(row.try_get(0)?);
                Ok(PublicKey::read(id, &row.try_get::<Vec<u8>, _>(1)?))
            }

            #[expect(
                clippy::disallowed_methods,
                reason = "this server is not in the table of operations"
            )]
            pub async fn routes(
                reader: Pool<$database>,
                writer: Pool<$database>,
            ) -> anyhow::Result<Router> {
                let rows = sqlx::query(ANY_TASKS).fetch_all(&reader).await?;
                let data = rows.iter().map(read_task).collect::<sqlx::Result<_>>()?;
                let key = newest_key(&reader).await?;
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
