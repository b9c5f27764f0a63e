//! Reads the caller's account.

use super::types::Profile;
use crate::app::App;
use crate::auth::{CallerOrToken, require_user};
use crate::entity::personal_token::TokenScope;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read one's own account.
///
/// What each circle shows of one is read there.
#[utoipa::path(
    get, path = "/me", tag = "accounts",
    security(("access_token" = [TokenScope::ProfileRead])),
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn read_profile(app: App, caller: CallerOrToken) -> Result<Resource<Profile>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    caller.found(user.into())
}
