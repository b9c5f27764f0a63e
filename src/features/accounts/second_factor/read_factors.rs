//! Reads what it takes to sign in to the caller's account.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::recovery::codes_left;
use super::store::find_factor;
use crate::app::App;
use crate::auth::{Caller, require_user};
use crate::features::accounts::passkeys::count_passkeys;
use crate::http::response::Body;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What it takes to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "has_password": true,
    "passkeys": 1,
    "totp_added_at": "2027-01-02T12:00:00.000Z",
    "recovery_codes_left": 9
})))]
pub struct Factors {
    pub has_password: bool,
    /// How many there are.
    pub passkeys: u64,
    /// Since when an authenticator app is asked for; null if none is.
    #[serde(serialize_with = "in_milliseconds")]
    pub totp_added_at: Option<DateTime<Utc>>,
    pub recovery_codes_left: u64,
}

/// Read what it takes to sign in to one's account.
///
/// Whether there is a password and an authenticator app, how many passkeys there
/// are, and how many recovery codes are left.
#[utoipa::path(
    get, path = "/me/factors", tag = "accounts",
    responses((status = OK, description = "The factors", body = Factors), Problem),
)]
pub async fn read_factors(app: App, caller: Caller) -> Result<Body<Factors>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    let factor = find_factor(app.reader(), user.id).await?;
    Ok(Body(Factors {
        has_password: user.password_hash.is_some(),
        passkeys: count_passkeys(app.reader(), user.id).await?,
        totp_added_at: factor.and_then(|factor| factor.confirmed_at),
        recovery_codes_left: codes_left(app.reader(), user.id).await?,
    }))
}
