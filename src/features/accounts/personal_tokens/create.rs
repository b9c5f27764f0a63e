//! Makes a personal access token; its secret is shown once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, PaginatorTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::mail::MailTokenExpiry;
use super::store;
use super::types::PersonalToken;
use crate::app::App;
use crate::auth::{RecentCaller, make_personal_token};
use crate::entity::account_event::EventKind;
use crate::entity::ids::{CircleId, PersonalTokenId};
use crate::entity::personal_token::{self, TokenScope, TokenScopes};
use crate::features::accounts::mail::mail_event;
use crate::http::extract::Json;
use crate::http::response::Answer;
use crate::platform::db::StoredAnswer;
use crate::platform::text::{PersonalTokenDays, PersonalTokenName};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::{Conflict, Problem};

/// How many an account may have at once.
const MAX_LIVE: u64 = 50;
/// How many days it is good for, if nothing else is said.
const LIFE_DAYS: i32 = 90;
/// How long before its end its owner is told.
const WARNING: TimeDelta = TimeDelta::days(7);

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

/// Make a personal access token.
///
/// For programs of one's own. It can do what its scopes say, in the circles it
/// is for, and never more than its owner may do at that moment. It cannot
/// change the account, manage people, or make other tokens. The token itself is
/// in this answer only; a mail says that it was made, and another one comes a
/// week before it ends. Where this device has not proved in the last ten
/// minutes who holds it: 403 `reauthentication_needed`. Of 50 at once the next
/// is 409 `too_many_tokens`.
#[utoipa::path(
    post, path = "/me/access-tokens", tag = "accounts",
    responses((status = CREATED, description = "The token", body = MadePersonalToken), Problem),
)]
pub async fn create_personal_token(
    app: App,
    caller: RecentCaller,
    Json(new): Json<NewPersonalToken>,
) -> Result<ShownOnce, Problem> {
    let write = app.begin_write(&caller).await?;
    let now = write.now();
    if store::live(write.user_id(), now).count(write.tx()).await? >= MAX_LIVE {
        let conflict = Conflict::of(
            "too_many_tokens",
            "You have 50 tokens. Take one back first.",
        );
        return Err(conflict.into());
    }
    let members = store::require_memberships(write.tx(), write.user_id(), &new.circle_ids).await?;
    let days = new
        .expires_in_days
        .map_or(LIFE_DAYS, PersonalTokenDays::get);
    let (token, token_hash) = make_personal_token()?;
    let scopes: TokenScopes = new.scopes.into_iter().collect();
    let row = personal_token::ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(write.user_id()),
        name: Set(new.name.into()),
        token_hash: Set(token_hash),
        scopes: Set(scopes.write()),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::days(days.into())),
        last_used_at: Set(None),
        ended_at: Set(None),
    };
    let row = write.insert::<personal_token::Entity>(row).await?;
    let circle_ids = members.iter().map(|(circle_id, _)| *circle_id).collect();
    store::bind(write.tx(), row.id, members).await?;
    if row.expires_at - WARNING > now {
        let mail = MailTokenExpiry {
            personal_token_id: row.id,
        };
        write.enqueue_at(&mail, row.expires_at - WARNING).await?;
    }
    let event = write.note(EventKind::PersonalTokenMade).await?;
    mail_event(write.transaction(), event).await?;
    let made = store::describe(row, circle_ids);
    write.commit(ShownOnce { token, made }).await
}
