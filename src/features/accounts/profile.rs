//! One's own profile.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::types::{Profile, ProfileChanges};
use crate::app::App;
use crate::auth::require_user;
use crate::auth::{Caller, CallerOrToken};
use crate::entity::personal_token::TokenScope;
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::response::Found;
use crate::problem::Problem;

/// Read one's own account.
///
/// What each circle shows of one is read there.
#[utoipa::path(
    get, path = "/me", tag = "accounts",
    security(("access_token" = [TokenScope::ProfileRead])),
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn read_profile(app: App, caller: CallerOrToken) -> Result<Found<Profile>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    caller.found(user.into())
}

/// Change one's own account.
///
/// Names in circles one is in already stay.
#[utoipa::path(
    patch, path = "/me", tag = "accounts",
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn update_profile(
    app: App,
    caller: Caller,
    Json(changes): Json<ProfileChanges>,
) -> Result<Found<Profile>, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    caller.request().check_version(user.version)?;

    let (version, before) = (user.version + 1, user.clone());
    let mut row = user.into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return write.commit(Found::new(before.into())).await;
    }
    row.version = Set(version);
    row.updated_at = Set(write.now());
    let user = write.update::<user::Entity>(row).await?;
    write.commit(Found::new(user.into())).await
}
