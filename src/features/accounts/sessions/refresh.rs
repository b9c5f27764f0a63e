//! Refreshes the tokens of a session.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, Iterable, QuerySelect, QueryTrait,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{IDLE, close_session, issue_pair};
use crate::app::App;
use crate::auth::{AccountScope, Event, Renewal, judge_renewal, lookup, note_event};
use crate::entity::ids::RefreshTokenId;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::{refresh_token, session};
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::sign_in_facts::SignInFacts;
use crate::features::accounts::types::SessionTokens;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::WrongCredentials;
use crate::http::request::RequestInfo;
use crate::http::response::{NoContent, Secret};
use crate::platform::db::{ReadRows, SelectByPosition, Transaction};
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
    let (tx, now) = (transaction.tx(), transaction.now());
    let session = lock_session_of(tx, token).await?.ok_or(WRONG_TOKEN)?;
    // Read behind the lock: the request that had it before may have used the token.
    let presented = lookup::by_hash::<refresh_token::Entity>(token);
    let presented = presented.one(tx).await?.ok_or(WRONG_TOKEN)?;
    let account = SignInFacts::read(app, tx, session.user_id, now).await?;
    let user = &account.user;
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
            by_id.one(tx).await?
        }
        None => None,
    };
    match judge_renewal(&presented, successor.as_ref()) {
        Renewal::First => {}
        Renewal::InsteadOf(lost) => mark_dead(&transaction, lost),
        Renewal::Refused => {
            close_session(&transaction, user.id, session.id);
            let event = Event {
                session_id: Some(session.id),
                device_label: session.device_label.as_deref(),
                ..Event::of(SecurityEventKind::RefreshTokenReused, user.id, request)
            };
            let event = note_event(&transaction, event);
            mail_event(&transaction, event).await?;
            transaction.commit(NoContent).await?;
            return Err(WRONG_TOKEN);
        }
    }

    let of_session = (user.id, session.id);
    let (tokens, successor) = issue_pair(app, &transaction, &account.signer, of_session)?;
    let row = refresh_token::ActiveModel {
        used_at: Set(Some(now)),
        successor_id: Set(Some(successor)),
        ..Default::default()
    };
    lookup::update_later::<refresh_token::Entity>(&transaction, presented.id, row);
    let row = session::ActiveModel {
        last_used_at: Set(now),
        ..Default::default()
    };
    let this_one = session::Column::Id.eq(session.id);
    AccountScope::of(user.id).update_all_later::<session::Entity>(&transaction, row, this_one);
    transaction.commit(NoContent).await?;
    Ok(tokens)
}

/// The session of a refresh token, locked until the transaction ends. A token never moves to
/// another session, so one statement finds and locks it.
async fn lock_session_of(
    tx: &DatabaseTransaction,
    token: &str,
) -> Result<Option<session::Model>, DbErr> {
    let of_token = Expr::col((session::Entity, session::Column::Id))
        .equals((refresh_token::Entity, refresh_token::Column::SessionId));
    let mut session = lookup::by_hash::<refresh_token::Entity>(token).select_only();
    QueryTrait::query(&mut session)
        .inner_join(session::Entity, of_token)
        .lock_with_tables(LockType::Update, [session::Entity]);
    session
        .columns(session::Column::iter())
        .by_position()
        .read_one(tx)
        .await
}

/// Marks the token of a lost answer as used. If somebody shows it later, the answer was not lost
/// but stolen, and the session ends.
fn mark_dead(transaction: &Transaction, lost: RefreshTokenId) {
    let row = refresh_token::ActiveModel {
        used_at: Set(Some(transaction.now())),
        ..Default::default()
    };
    lookup::update_later::<refresh_token::Entity>(transaction, lost, row);
}
