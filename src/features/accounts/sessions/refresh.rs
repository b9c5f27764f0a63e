//! Renews the tokens of a session.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition, DbErr, IntoActiveModel, QuerySelect};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{IDLE, end_session, issue_pair};
use crate::app::App;
use crate::auth::{Account, Event, Renewal, judge_renewal, lookup, note_event, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::ids::RefreshTokenId;
use crate::entity::{refresh_token, session};
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::types::Tokens;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::WrongCredentials;
use crate::http::request::RequestInfo;
use crate::http::response::{NoContent, Secret};
use crate::platform::db::Transaction;
use crate::platform::text::PresentedSecret;
use crate::problem::Problem;

/// A refresh token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "refresh_token": "6yN5h1oR2cW8…" })))]
pub struct Refresh {
    /// As it came with the last tokens.
    #[garde(dive)]
    pub refresh_token: PresentedSecret,
}

/// Renew the access token.
///
/// A refresh token is good for one use and is replaced by the one in the
/// answer. If that answer was lost, the old token may be used again as long as
/// nothing of the lost answer was used; any other second use ends the session,
/// and so does any use of what was in an answer that counts as lost. The owner is
/// told of that by mail.
///
/// Refresh in one place at a time, and share the new tokens: two tabs or processes
/// that refresh on their own with the same token end the session for both.
#[utoipa::path(
    post, path = "/sessions/refresh", tag = "accounts", security(()),
    responses((status = OK, description = "New tokens", body = Tokens), Problem, WrongCredentials),
)]
pub async fn refresh_session(
    app: App,
    request: AnonymousRequest,
    Json(refresh): Json<Refresh>,
) -> Result<Secret<Tokens>, Problem> {
    let tokens = renew_tokens(&app, &request.0, refresh.refresh_token.expose()).await?;
    Ok(Secret(StatusCode::OK, tokens))
}

/// Renews the tokens of a session.
async fn renew_tokens(app: &App, request: &RequestInfo, token: &str) -> Result<Tokens, Problem> {
    let transaction = app.begin().await?;
    let presented = lookup::by_hash::<refresh_token::Entity>(token);
    let found = presented.clone().one(transaction.tx()).await?;
    let session_id = found.ok_or(Problem::Unauthenticated)?.session_id;

    let session = lookup::by_id::<session::Entity>(session_id)
        .lock_exclusive()
        .one(transaction.tx())
        .await?
        .ok_or(Problem::Unauthenticated)?;
    // Read again: the request that held the lock before may have used it.
    let presented = presented
        .one(transaction.tx())
        .await?
        .ok_or(Problem::Unauthenticated)?;
    let user = require_user(transaction.tx(), session.user_id).await?;
    let now = transaction.now();
    let alive = session.ended_at.is_none()
        && session.expires_at > now
        && session.last_used_at + IDLE > now
        && user.state.lets_in();
    if !alive {
        return Err(Problem::Unauthenticated);
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
            end_session(transaction.tx(), user.id, session.id, now).await?;
            let event = Event {
                session_id: Some(session.id),
                device_label: session.device_label.as_deref(),
                ..Event::of(EventKind::RefreshTokenReused, user.id, request)
            };
            let event = note_event(&transaction, event).await?;
            mail_event(&transaction, event).await?;
            transaction.commit(NoContent).await?;
            return Err(Problem::Unauthenticated);
        }
    }

    let (tokens, successor) = issue_pair(app, &transaction, &session).await?;
    let mut row = presented.into_active_model();
    row.used_at = Set(Some(now));
    row.successor_id = Set(Some(successor));
    lookup::update::<refresh_token::Entity>(transaction.tx(), row).await?;
    let mut row = session.into_active_model();
    row.last_used_at = Set(now);
    let account = Account::of(user.id);
    account
        .update::<session::Entity>(transaction.tx(), row)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(tokens)
}

/// A lost token stays known as used: if it is shown after all, it was not lost but stolen.
async fn mark_dead(transaction: &Transaction, lost: RefreshTokenId) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        used_at: Set(Some(transaction.now())),
        ..Default::default()
    };
    lookup::update_if::<refresh_token::Entity>(transaction.tx(), lost, row, Condition::all())
        .await
        .map(drop)
}
