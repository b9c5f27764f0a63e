//! Lists the sessions of an account.

use sea_orm::QueryOrder;
use serde::Serialize;
use utoipa::ToSchema;

use super::store::live_sessions;
use super::types::Session;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::session::Column;
use crate::http::response::Body;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// All your sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "data": [{
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_label": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z",
    "is_current": true
}] })))]
pub struct SessionCollection {
    /// The sessions, the last used first.
    pub data: Vec<Session>,
}

/// List your sessions.
///
/// Each session is a device that is signed in, the last used first. You can have fifty; the
/// next sign-in ends the oldest.
#[utoipa::path(
    get, path = "/me/sessions", tag = "security",
    responses((status = OK, description = "The sessions", body = SessionCollection), Problem),
)]
pub async fn list_sessions(app: App, caller: Caller) -> Result<Body<SessionCollection>, Problem> {
    let rows = live_sessions(caller.user_id(), app.clock().now())
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .read(app.reader())
        .await?;
    let current = caller.token().session_id;
    let data = rows
        .into_iter()
        .map(|row| Session::of(row, current))
        .collect();
    Ok(Body(SessionCollection { data }))
}
