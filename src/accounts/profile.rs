//! One's own profile.

use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::types::{Profile, ProfileChanges};
use super::user::require_user;
use crate::access::{Caller, CallerOrToken};
use crate::answer::Found;
use crate::app::App;
use crate::entity::user;
use crate::extract::Json;
use crate::problem::Problem;

/// Read one's own account.
///
/// What each circle shows of one is read there.
#[utoipa::path(
    get, path = "/me", tag = "accounts",
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn read_profile(app: App, caller: CallerOrToken) -> Result<Found<Profile>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    let etag = caller.tag(user.version)?;
    Ok(Found::tagged(user.into(), etag))
}

/// Change one's own account.
///
/// Names in circles one is in already stay.
#[utoipa::path(
    patch, path = "/me", tag = "accounts",
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn update_profile(
    app: App,
    caller: Caller,
    Json(changes): Json<ProfileChanges>,
) -> Result<Found<Profile>, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    caller.request().check_version(user.version)?;

    let version = user.version + 1;
    let mut row = user.into_active_model();
    if let Some(name) = changes.name {
        row.name = Set(name.into());
    }
    if let Some(time_zone) = changes.time_zone {
        row.time_zone = Set(time_zone.into());
    }
    row.version = Set(version);
    row.updated_at = Set(write.now());
    let user = user::Entity::update(row).exec(write.tx()).await?;
    write.commit(Found::new(user.into())).await
}
