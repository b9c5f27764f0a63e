//! Lists the personal access tokens of an account.

use sea_orm::QueryOrder;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use super::types::PersonalAccessToken;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::personal_access_token::{self, Column};
use crate::http::response::Body;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// All your personal access tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "data": [{
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "Kitchen display",
    "scopes": ["tasks:read", "appointments:read"],
    "circle_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "expires_at": "2027-04-02T12:00:00.000Z",
    "last_used_at": null
}] })))]
pub struct PersonalAccessTokenCollection {
    /// The tokens, the newest first.
    pub data: Vec<PersonalAccessToken>,
}

/// List your personal access tokens.
///
/// Those that can still be used, the newest first. Their secrets are not shown again.
#[utoipa::path(
    get, path = "/me/access-tokens", tag = "security",
    responses((status = OK, description = "The tokens", body = PersonalAccessTokenCollection), Problem),
)]
pub async fn list_personal_access_tokens(
    app: App,
    caller: Caller,
) -> Result<Body<PersonalAccessTokenCollection>, Problem> {
    let rows = store::live(caller.user_id(), app.clock().now())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .read(app.reader())
        .await?;
    let mut circles = store::circles_of(app.reader(), &rows).await?;
    let describe = |row: personal_access_token::Model| {
        let circle_ids = circles.remove(&row.id).unwrap_or_default();
        store::describe(row, circle_ids)
    };
    let data = rows.into_iter().map(describe).collect();
    Ok(Body(PersonalAccessTokenCollection { data }))
}
