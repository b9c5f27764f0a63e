//! The body that several operations on personal access tokens share.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entity::ids::{CircleId, PersonalAccessTokenId};
use crate::entity::personal_access_token::TokenScope;
use crate::platform::time::timestamps::in_milliseconds;

/// A personal access token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalAccessToken {
    /// The id of the personal access token.
    pub id: PersonalAccessTokenId,
    /// What you call it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// The circles that it may be used in. It does not work in circles that you have left
    /// since it was created.
    pub circle_ids: Vec<CircleId>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// When it was last used, accurate to ten minutes. Null before the first use.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: Option<DateTime<Utc>>,
}
