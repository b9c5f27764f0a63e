//! Returns the sign-in methods of the caller's account.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::passkeys::count_passkeys;
use super::second_factor::{codes_left, find_factor};
use crate::app::App;
use crate::auth::{Caller, require_user};
use crate::http::response::Body;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// Your sign-in methods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "has_password": true,
    "passkey_count": 1,
    "totp_added_at": "2027-01-02T12:00:00.000Z",
    "recovery_code_count": 9
})))]
pub struct SignInMethods {
    /// Whether you have a password.
    pub has_password: bool,
    /// How many passkeys you have.
    pub passkey_count: u64,
    /// When you added the authenticator app. Null if you have none.
    #[serde(serialize_with = "in_milliseconds")]
    pub totp_added_at: Option<DateTime<Utc>>,
    /// How many recovery codes are not used yet.
    pub recovery_code_count: u64,
}

/// Get your sign-in methods.
///
/// Says whether you have a password and an authenticator app, how many passkeys you have,
/// and how many recovery codes are left.
#[utoipa::path(
    get, path = "/me/sign-in-methods", tag = "security",
    responses((status = OK, description = "Your sign-in methods", body = SignInMethods), Problem),
)]
pub async fn get_sign_in_methods(app: App, caller: Caller) -> Result<Body<SignInMethods>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    let factor = find_factor(app.reader(), user.id).await?;
    Ok(Body(SignInMethods {
        has_password: user.password_hash.is_some(),
        passkey_count: count_passkeys(app.reader(), user.id).await?,
        totp_added_at: factor.and_then(|factor| factor.confirmed_at),
        recovery_code_count: codes_left(app.reader(), user.id).await?,
    }))
}
