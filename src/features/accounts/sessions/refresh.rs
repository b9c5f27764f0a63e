//! Refreshes the tokens of a session.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition, DbErr, IntoActiveModel, QuerySelect};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{IDLE, close_session, issue_pair};
use crate::app::App;
use crate::auth::{AccountScope, Event, Renewal, judge_renewal, lookup, note_event, require_user};
use crate::entity::ids::RefreshTokenId;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::{refresh_token, session};
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::types::SessionTokens;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::WrongCredentials;
use crate::http::request::RequestInfo;
use crate::http::response::{NoContent, Secret};
use crate::platform::db::Transaction;
use crate::platform::text::PresentedSecret;
use crate::problem::{Problem, TokenKind};

/// The same for every reason, so that nobody learns more from a token they found.
const WRONG_TOKEN: Problem = Problem::InvalidToken(TokenKind::Refresh);

/// The refresh token of your session.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "refresh_token": "6yN5h1oR2cW8…" })))]
pub struct RefreshSessionRequest {
    /// The `refresh_token` of the last answer.
    #[garde(dive)]
    pub refresh_token: PresentedSecret,
}

/// Refresh the tokens of your session.
///
/// A refresh token works once. The answer has the next one. If that answer is lost
/// on the way, send the old refresh token again: this works as long as no token of the lost
/// answer was used. Any other second use ends the session, and so does any use of a token
/// from an answer that counts as lost. Then you get an email.
///
/// Refresh in one place at a time, and share the new tokens. Two tabs or processes that
/// refresh with the same token end the session for both.
///
/// - 401 `invalid_token`: the refresh token is unknown or was used before, or the session
///   has ended; sign in again
#[utoipa::path(
    post, path = "/sessions/refresh", tag = "sign in", security(()),
    responses((status = OK, description = "New tokens", body = SessionTokens), Problem, WrongCredentials),
)]
pub async fn refresh_session(
    app: App,
    request: AnonymousRequest,
    Json(refresh): Json<RefreshSessionRequest>,
) -> Result<Secret<SessionTokens>, Problem> {
    let tokens = renew_tokens(&app, &request.0, refresh.refresh_token.expose()).await?;
    Ok(Secret(StatusCode::OK, tokens))
}

/// Refreshes the tokens, or ends the session if the refresh token was stolen.
async fn renew_tokens(
    app: &App,
    request: &RequestInfo,
    token: &str,
) -> Result<SessionTokens, Problem> {
    let transaction = app.begin().await?;
    let presented = lookup::by_hash::<refresh_token::Entity>(token);
    let found = presented.clone().one(transaction.tx()).await?;
    let session_id = found.ok_or(WRONG_TOKEN)?.session_id;

    let session = lookup::by_id::<session::Entity>(session_id)
        .lock_exclusive()
        .one(transaction.tx())
        .await?
        .ok_or(WRONG_TOKEN)?;
    // Read again: the request that had the lock before may have used the token.
    let presented = presented.one(transaction.tx()).await?.ok_or(WRONG_TOKEN)?;
    let user = require_user(transaction.tx(), session.user_id).await?;
    let now = transaction.now();
    let alive = session.ended_at.is_none()
        && session.expires_at > now
        && session.last_used_at + IDLE > now
        && user.state.lets_in();
    if !alive {
        return Err(WRONG_TOKEN);
    }
    let successor = match presented.successor_id {
        Some(id) => {
            let by_id = lookup::by_id::<refresh_token::Entity>(id);
            by_id.one(transaction.tx()).await?
        }
        None => None,
    };
    match judge_renewal(&presented, successor.as_ref()) {
        Renewal::First => {}
        Renewal::InsteadOf(lost) => mark_dead(&transaction, lost).await?,
        Renewal::Refused => {
            close_session(transaction.tx(), user.id, session.id, now).await?;
            let event = Event {
                session_id: Some(session.id),
                device_label: session.device_label.as_deref(),
                ..Event::of(SecurityEventKind::RefreshTokenReused, user.id, request)
            };
            let event = note_event(&transaction, event).await?;
            mail_event(&transaction, event).await?;
            transaction.commit(NoContent).await?;
            return Err(WRONG_TOKEN);
        }
    }

    let (tokens, successor) = issue_pair(app, &transaction, &session).await?;
    let mut row = presented.into_active_model();
    row.used_at = Set(Some(now));
    row.successor_id = Set(Some(successor));
    lookup::update::<refresh_token::Entity>(transaction.tx(), row).await?;
    let mut row = session.into_active_model();
    row.last_used_at = Set(now);
    let account = AccountScope::of(user.id);
    account
        .update::<session::Entity>(transaction.tx(), row)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(tokens)
}

/// Marks the token of a lost answer as used. If somebody shows it later, the answer was not lost
/// but stolen, and the session ends.
async fn mark_dead(transaction: &Transaction, lost: RefreshTokenId) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        used_at: Set(Some(transaction.now())),
        ..Default::default()
    };
    lookup::update_if::<refresh_token::Entity>(transaction.tx(), lost, row, Condition::all())
        .await
        .map(drop)
}
