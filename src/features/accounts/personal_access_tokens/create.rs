//! Creates a personal access token. Its secret is shown once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, PaginatorTrait, TryIntoModel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::mail::MailTokenExpiry;
use super::store;
use super::types::PersonalAccessToken;
use crate::access::limits;
use crate::app::App;
use crate::auth::{RecentCaller, make_personal_access_token};
use crate::entity::ids::{CircleId, PersonalAccessTokenId};
use crate::entity::personal_access_token::{self, TokenScope, TokenScopes};
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::mail::mail_event;
use crate::http::extract::Json;
use crate::http::response::Answer;
use crate::platform::db::StoredAnswer;
use crate::platform::text::{PersonalAccessTokenDays, PersonalAccessTokenName};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::{Conflict, Problem, ProblemCode};

/// How many personal access tokens an account may have at once.
const MAX_LIVE: u64 = 50;
/// After how many days it expires if the request does not say.
const LIFE_DAYS: i32 = 90;
/// How long before its expiry the owner gets an email.
const WARNING: TimeDelta = TimeDelta::days(7);

/// What a new personal access token needs.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "Kitchen display",
    "scopes": ["tasks:read", "appointments:read"],
    "circle_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"],
    "expires_in_days": 90
})))]
pub struct CreatePersonalAccessTokenRequest {
    #[garde(dive)]
    pub name: PersonalAccessTokenName,
    /// What it may be used for. It can never do more than you can do yourself.
    #[garde(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<TokenScope>,
    /// The circles that it may be used in.
    #[garde(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub circle_ids: Vec<CircleId>,
    /// In how many days it expires. Default: 90.
    #[serde(default)]
    #[garde(dive)]
    pub expires_in_days: Option<PersonalAccessTokenDays>,
}

/// A new personal access token, with its secret.
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
pub struct NewPersonalAccessToken {
    /// Send as `Authorization: Bearer …`. It is shown only once: null in the answer to a
    /// repeated request.
    pub token: Option<String>,
    /// The id of the personal access token.
    pub id: PersonalAccessTokenId,
    /// What you call it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// The circles that it may be used in.
    pub circle_ids: Vec<CircleId>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// When it was last used. Null, because it is new.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl NewPersonalAccessToken {
    fn with(token: Option<&str>, made: &PersonalAccessToken) -> Self {
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

/// The answer with the secret. The copy that is stored for a repeated request has no secret.
pub struct ShownOnce {
    pub token: String,
    pub made: PersonalAccessToken,
}

impl Answer for ShownOnce {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        let body = NewPersonalAccessToken::with(None, &self.made);
        StoredAnswer::of(StatusCode::CREATED, &body)
    }
}

impl IntoResponse for ShownOnce {
    fn into_response(self) -> Response {
        let no_store = HeaderValue::from_static("no-store");
        let body = axum::Json(NewPersonalAccessToken::with(Some(&self.token), &self.made));
        let headers = [(header::CACHE_CONTROL, no_store)];
        (StatusCode::CREATED, headers, body).into_response()
    }
}

/// Create a personal access token.
///
/// For a program of your own. The token can do what its scopes say, in its circles, and
/// never more than you can do at that moment. It cannot change your account, manage members
/// or create other tokens. The token itself is only in this answer. You get an email that it
/// was created, and another one a week before it expires.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `limit_reached`: you have 50 personal access tokens; revoke one first
/// - 422 `unknown_circle`: you are not a member of one of these circles
#[utoipa::path(
    post, path = "/me/access-tokens", tag = "security",
    responses((status = CREATED, description = "The token", body = NewPersonalAccessToken), Problem),
)]
pub async fn create_personal_access_token(
    app: App,
    caller: RecentCaller,
    Json(new): Json<CreatePersonalAccessTokenRequest>,
) -> Result<ShownOnce, Problem> {
    let write = app.begin_write(&caller).await?;
    let now = write.now();
    if store::live(write.user_id(), now).count(write.tx()).await? >= MAX_LIVE {
        let conflict = Conflict {
            limit: Some(limits::PERSONAL_ACCESS_TOKENS),
            ..Conflict::of(
                ProblemCode::LimitReached,
                "You have 50 personal access tokens. Revoke one first.",
            )
        };
        return Err(conflict.into());
    }
    let members = store::require_memberships(write.tx(), write.user_id(), &new.circle_ids).await?;
    let days = new
        .expires_in_days
        .map_or(LIFE_DAYS, PersonalAccessTokenDays::get);
    let (token, token_hash) = make_personal_access_token()?;
    let scopes: TokenScopes = new.scopes.into_iter().collect();
    let row = personal_access_token::ActiveModel {
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
    let transaction = write.transaction();
    let account = write.account();
    account.insert_all_later::<personal_access_token::Entity>(transaction, [row.clone()]);
    let row = row.try_into_model()?;
    let circle_ids = members.iter().map(|(circle_id, _)| *circle_id).collect();
    store::bind_later(transaction, row.id, members);
    if row.expires_at - WARNING > now {
        let mail = MailTokenExpiry {
            personal_access_token_id: row.id,
        };
        write.enqueue_at(&mail, row.expires_at - WARNING).await?;
    }
    let event = write.note(SecurityEventKind::PersonalAccessTokenCreated);
    mail_event(transaction, event).await?;
    let made = store::describe(row, circle_ids);
    write.commit(ShownOnce { token, made }).await
}
