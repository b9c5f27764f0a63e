//! Lists the passkeys of an account.

use sea_orm::QueryOrder;
use serde::Serialize;
use utoipa::ToSchema;

use super::types::Passkey;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::passkey::{Column, Entity};
use crate::http::response::Body;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// All your passkeys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "data": [{
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": null
}] })))]
pub struct PasskeyCollection {
    /// The passkeys, the newest first.
    pub data: Vec<Passkey>,
}

/// List your passkeys.
///
/// All of them, the newest first.
#[utoipa::path(
    get, path = "/me/passkeys", tag = "security",
    responses((status = OK, description = "The passkeys", body = PasskeyCollection), Problem),
)]
pub async fn list_passkeys(app: App, caller: Caller) -> Result<Body<PasskeyCollection>, Problem> {
    let rows = caller
        .account()
        .find::<Entity>()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .read(app.reader())
        .await?;
    let data = rows.into_iter().map(Passkey::from).collect();
    Ok(Body(PasskeyCollection { data }))
}
