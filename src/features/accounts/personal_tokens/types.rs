//! The body that several operations on personal access tokens share.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entity::ids::{CircleId, PersonalTokenId};
use crate::entity::personal_token::TokenScope;
use crate::platform::time::timestamps::in_milliseconds;

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
