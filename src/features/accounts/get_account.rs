//! Returns the caller's account.

use super::types::Account;
use crate::app::App;
use crate::auth::{CallerOrToken, require_user};
use crate::entity::personal_access_token::TokenScope;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get your account.
///
/// Each circle has its own name for you: read that at `GET /v1/circles/{circle_id}/members`.
#[utoipa::path(
    get, path = "/me", tag = "me",
    security(("personal_access_token" = [TokenScope::AccountRead])),
    responses((status = OK, description = "The account", body = Account), Problem),
)]
pub async fn get_account(app: App, caller: CallerOrToken) -> Result<Resource<Account>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    caller.found(Account::of(user, app.public_url()))
}
