//! The bodies of personal access tokens.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::entity::ids::{CircleId, PersonalTokenId};
use crate::entity::personal_token::TokenScope;
use crate::http::response::Answer;
use crate::platform::db::StoredAnswer;
use crate::platform::text::{PersonalTokenDays, PersonalTokenName};
use crate::platform::time::timestamps::in_milliseconds;

/// The token in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PersonalTokenPath {
    /// The token.
    #[param(inline)]
    pub access_token_id: PersonalTokenId,
}

/// A token to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "Kitchen display",
    "scopes": ["tasks:read", "appointments:read"],
    "circle_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"],
    "expires_in_days": 90
})))]
pub struct NewPersonalToken {
    #[garde(dive)]
    pub name: PersonalTokenName,
    /// What it is good for, within what one may do oneself.
    #[garde(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<TokenScope>,
    /// The circles it is for.
    #[garde(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub circle_ids: Vec<CircleId>,
    /// Without it, 90.
    #[serde(default)]
    #[garde(dive)]
    pub expires_in_days: Option<PersonalTokenDays>,
}

/// A personal access token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalToken {
    pub id: PersonalTokenId,
    pub name: String,
    pub scopes: Vec<TokenScope>,
    /// The circles it is for; in those that one has left since it is good for nothing.
    pub circle_ids: Vec<CircleId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// Accurate to ten minutes; null before the first use.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// One's personal access tokens.
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
pub struct PersonalTokens {
    pub data: Vec<PersonalToken>,
}

/// A personal access token that was made, with its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "token": "kith_pat_3mJr7AoUXx2Wqd9bTtE0FhRk1cVZs8LpN5yGuIHQaCBiK4wz",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "Kitchen display",
    "scopes": ["tasks:read", "appointments:read"],
    "circle_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "expires_at": "2027-04-02T12:00:00.000Z",
    "last_used_at": null
})))]
pub struct MadePersonalToken {
    /// Send as `Authorization: Bearer …`. It is shown this once: null in the
    /// answer to a repeated request.
    pub token: Option<String>,
    pub id: PersonalTokenId,
    pub name: String,
    pub scopes: Vec<TokenScope>,
    pub circle_ids: Vec<CircleId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl MadePersonalToken {
    fn with(token: Option<&str>, made: &PersonalToken) -> Self {
        Self {
            token: token.map(str::to_owned),
            id: made.id,
            name: made.name.clone(),
            scopes: made.scopes.clone(),
            circle_ids: made.circle_ids.clone(),
            created_at: made.created_at,
            expires_at: made.expires_at,
            last_used_at: made.last_used_at,
        }
    }
}

/// 201 with the secret; what is kept for a repeated request has none.
pub struct ShownOnce {
    pub token: String,
    pub made: PersonalToken,
}

impl Answer for ShownOnce {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        let body = MadePersonalToken::with(None, &self.made);
        StoredAnswer::of(StatusCode::CREATED, &body)
    }
}

impl IntoResponse for ShownOnce {
    fn into_response(self) -> Response {
        let no_store = HeaderValue::from_static("no-store");
        let body = axum::Json(MadePersonalToken::with(Some(&self.token), &self.made));
        let headers = [(header::CACHE_CONTROL, no_store)];
        (StatusCode::CREATED, headers, body).into_response()
    }
}
