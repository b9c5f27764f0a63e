//! The rows of sessions and of their refresh tokens.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoCondition, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, QueryFilter, QueryOrder, Select,
};

use crate::app::App;
use crate::auth::signing::signer;
use crate::auth::{AccountScope, AccountWrite, issue_token, lookup};
use crate::entity::ids::{RefreshTokenId, SessionId, UserId};
use crate::entity::{refresh_token, session};
use crate::features::accounts::known_devices::remember_device;
use crate::features::accounts::types::SessionTokens;
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// A session that is not used for so long ends.
pub const IDLE: TimeDelta = TimeDelta::days(90);
const ABSOLUTE: TimeDelta = TimeDelta::days(365);
const ACCESS_LIFE_SECONDS: i64 = 600;
/// How many devices may be signed in at once.
const MAX_LIVE: usize = 50;

/// Opens a session on a device that has not signed in before. The caller has proven the person.
pub async fn open_session(
    app: &App,
    write: &Transaction,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<SessionTokens, Problem> {
    let tokens = insert_session(app, write, user_id, device_label).await?;
    let device_token = Some(remember_device(write, user_id).await?);
    Ok(SessionTokens {
        device_token,
        ..tokens
    })
}

/// Opens a session on a known device. If there are more than fifty, the oldest ends.
pub async fn insert_session(
    app: &App,
    write: &Transaction,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<SessionTokens, Problem> {
    let (tx, now) = (write.tx(), write.now());
    let before = live_sessions(user_id, now)
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id)
        .all(tx)
        .await?;
    let too_many = before.iter().skip(MAX_LIVE - 1).map(|session| session.id);
    end_where(tx, user_id, session::Column::Id.is_in(too_many), now).await?;

    let row = session::ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(user_id),
        device_label: Set(device_label.map(str::to_owned)),
        created_at: Set(now),
        last_used_at: Set(now),
        authenticated_at: Set(Some(now)),
        expires_at: Set(now + ABSOLUTE),
        ended_at: Set(None),
    };
    let account = AccountScope::of(user_id);
    let session = account.insert::<session::Entity>(tx, row).await?;
    issue_pair(app, write, &session)
        .await
        .map(|(tokens, _)| tokens)
}

/// The sessions of an account that have not ended.
pub fn live_sessions(user_id: UserId, now: DateTime<Utc>) -> Select<session::Entity> {
    AccountScope::of(user_id)
        .find::<session::Entity>()
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::LastUsedAt.gt(now - IDLE))
}

/// Ends all sessions of an account.
pub async fn end_sessions_of(
    tx: &DatabaseTransaction,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    end_where(tx, user_id, Condition::all(), now).await
}

/// Ends all sessions of an account except the caller's.
pub async fn close_other_sessions(write: &AccountWrite) -> Result<(), Problem> {
    let others = session::Column::Id.ne(write.session_id());
    end_where(write.tx(), write.user_id(), others, write.now()).await
}

/// Ends a session of an account at once.
pub async fn close_session(
    tx: &DatabaseTransaction,
    user_id: UserId,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    end_where(tx, user_id, session::Column::Id.eq(id), now).await
}

/// Ends sessions of an account at once. A session that has ended before keeps its `ended_at`.
async fn end_where(
    tx: &DatabaseTransaction,
    user_id: UserId,
    which: impl IntoCondition,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let row = session::ActiveModel {
        ended_at: Set(Some(now)),
        ..Default::default()
    };
    let live = which
        .into_condition()
        .add(session::Column::EndedAt.is_null());
    AccountScope::of(user_id)
        .update_all::<session::Entity>(tx, row, live)
        .await?;
    Ok(())
}

/// The refresh tokens that were used before a moment, and whose successors were used before it,
/// too. As long as the successor is not used, its answer may be lost, and the token before it
/// is still needed.
pub fn long_used(before: DateTime<Utc>) -> Condition {
    use refresh_token::Column;

    let successor = Alias::new("successor");
    let of_successor = |column: Column| Expr::col((successor.clone(), column));
    let used = Query::select()
        .expr(Expr::value(1))
        .from_as(refresh_token::Entity, successor.clone())
        .and_where(
            of_successor(Column::Id).eq(Expr::col((refresh_token::Entity, Column::SuccessorId))),
        )
        .and_where(of_successor(Column::UsedAt).lt(before))
        .take();
    Condition::all()
        .add(Column::UsedAt.lt(before))
        .add(Expr::exists(used))
}

pub(super) async fn issue_pair(
    app: &App,
    write: &Transaction,
    session: &session::Model,
) -> Result<(SessionTokens, RefreshTokenId), Problem> {
    let (tx, now) = (write.tx(), write.now());
    let refresh_token = random_token()?;
    let id: RefreshTokenId = write.new_id();
    let row = refresh_token::ActiveModel {
        id: Set(id),
        session_id: Set(session.id),
        token_hash: Set(sha256(refresh_token.as_bytes())),
        created_at: Set(now),
        used_at: Set(None),
        successor_id: Set(None),
        access_used_at: Set(None),
    };
    lookup::insert_all::<refresh_token::Entity>(tx, [row]).await?;
    let signer = signer(app, tx, now).await?;
    let (user_id, session_id) = (session.user_id, session.id);
    let tokens = SessionTokens {
        access_token: issue_token(&signer, app.public_url(), user_id, session_id, id, now)?,
        token_type: "Bearer",
        expires_in: ACCESS_LIFE_SECONDS,
        refresh_token,
        session_id,
        account_id: user_id,
        device_token: None,
    };
    Ok((tokens, id))
}
