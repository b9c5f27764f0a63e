//! What the hand-written server sends and receives.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use kith::auth::signing::PublicKey;
use kith::auth::{AccessToken, verify_token};
use kith::platform::time::clock::Clock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::people::ISSUER;

/// A task as this server sends it: the properties that Kith sends, without computed properties.
#[derive(Debug, Serialize)]
pub struct ListedTask {
    pub id: Uuid,
    pub circle_id: Uuid,
    pub version: i32,
    pub task_list_id: Option<Uuid>,
    pub title: String,
    pub notes: Option<String>,
    pub category: String,
    pub topic: String,
    pub due_on: Option<NaiveDate>,
    pub due_local: Option<NaiveDateTime>,
    pub starts_local: Option<NaiveDateTime>,
    pub time_zone: Option<String>,
    pub due_at: Option<DateTime<Utc>>,
    pub effort_minutes: Option<i32>,
    pub people_needed: i32,
    pub reminder_minutes: String,
    pub state: String,
    pub schedule_version: i32,
    pub completed_at: Option<DateTime<Utc>>,
    pub completed_by_member_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub created_by_member_id: Option<Uuid>,
    pub updated_at: DateTime<Utc>,
    pub assignments: Vec<Assignment>,
}

#[derive(Debug, Serialize)]
pub struct Assignment {
    pub id: Uuid,
    pub member_id: Uuid,
    pub name: String,
    pub state: String,
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
pub struct Page {
    pub data: Vec<ListedTask>,
}

#[derive(Debug, Deserialize)]
pub struct NewTask {
    pub title: String,
    pub category: String,
    pub due_local: NaiveDateTime,
}

/// An error of the request or of the server.
pub enum Failure {
    Refused,
    Broken(anyhow::Error),
}

impl<Error: Into<anyhow::Error>> From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error.into())
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
pub fn caller(key: &PublicKey, clock: &Clock, headers: &HeaderMap) -> Result<AccessToken, Failure> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    token
        .and_then(|token| verify_token(key, ISSUER, token, clock.now()).ok())
        .ok_or(Failure::Refused)
}
