//! The rows of sessions and of their refresh tokens.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoCondition, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use crate::app::App;
use crate::auth::signing::{Signer, signer};
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
/// How many other devices may be signed in beside a new one.
const OTHERS: u64 = 49;

/// Opens a session on a device that has not signed in before. The caller has proven the person. It
/// is sent with the commit.
pub async fn open_session(
    app: &App,
    write: &Transaction,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<SessionTokens, Problem> {
    let signer = signer(app, write.tx(), write.now()).await?;
    let tokens = insert_session(app, write, &signer, user_id, device_label)?;
    on_new_device(write, tokens)
}

/// Remembers the device of a new session, and adds its token.
pub fn on_new_device(write: &Transaction, tokens: SessionTokens) -> Result<SessionTokens, Problem> {
    let device_token = Some(remember_device(write, tokens.account_id)?);
    Ok(SessionTokens {
        device_token,
        ..tokens
    })
}

/// Opens a session on a known device. If there are more than fifty, the oldest ends. It is sent
/// with the commit.
pub fn insert_session(
    app: &App,
    write: &Transaction,
    signer: &Signer,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<SessionTokens, Problem> {
    let now = write.now();
    let newest = live_sessions(user_id, now)
        .select_only()
        .column(session::Column::Id)
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id)
        .limit(OTHERS)
        .into_query();
    // The statements that are sent together do not see each other's rows on PostgreSQL. So the
    // others are counted without the new session, which is inserted after this on SQLite, too.
    let too_many = is_live(now).add(session::Column::Id.not_in_subquery(newest));
    end_later(write, user_id, too_many);

    let id = write.new_id();
    let row = session::ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        device_label: Set(device_label.map(str::to_owned)),
        created_at: Set(now),
        last_used_at: Set(now),
        authenticated_at: Set(Some(now)),
        expires_at: Set(now + ABSOLUTE),
        ended_at: Set(None),
    };
    AccountScope::of(user_id).insert_all_later::<session::Entity>(write, [row]);
    issue_pair(app, write, signer, (user_id, id)).map(|(tokens, _)| tokens)
}

/// The sessions of an account that have not ended.
pub fn live_sessions(user_id: UserId, now: DateTime<Utc>) -> Select<session::Entity> {
    AccountScope::of(user_id)
        .find::<session::Entity>()
        .filter(is_live(now))
}

/// The condition for sessions that have not ended.
fn is_live(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(session::Column::EndedAt.is_null())
        .add(session::Column::ExpiresAt.gt(now))
        .add(session::Column::LastUsedAt.gt(now - IDLE))
}

/// Ends all sessions of an account.
pub async fn end_sessions_of(
    tx: &DatabaseTransaction,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    AccountScope::of(user_id)
        .update_all::<session::Entity>(tx, ended(now), session::Column::EndedAt.is_null())
        .await?;
    Ok(())
}

/// Ends all sessions of an account except the caller's. It is sent with the commit.
pub fn close_other_sessions(write: &AccountWrite) {
    let others = session::Column::Id.ne(write.session_id());
    end_later(write.transaction(), write.user_id(), others);
}

/// Ends a session of an account. It is sent with the commit.
pub fn close_session(write: &Transaction, user_id: UserId, id: SessionId) {
    end_later(write, user_id, session::Column::Id.eq(id));
}

/// Ends sessions of an account. A session that has ended before keeps its `ended_at`.
fn end_later(write: &Transaction, user_id: UserId, which: impl IntoCondition) {
    let live = which
        .into_condition()
        .add(session::Column::EndedAt.is_null());
    AccountScope::of(user_id).update_all_later::<session::Entity>(write, ended(write.now()), live);
}

fn ended(now: DateTime<Utc>) -> session::ActiveModel {
    session::ActiveModel {
        ended_at: Set(Some(now)),
        ..Default::default()
    }
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

/// Makes the tokens of a session. The refresh token is sent with the commit.
pub(super) fn issue_pair(
    app: &App,
    write: &Transaction,
    signer: &Signer,
    (user_id, session_id): (UserId, SessionId),
) -> Result<(SessionTokens, RefreshTokenId), Problem> {
    let now = write.now();
    let refresh_token = random_token()?;
    let id: RefreshTokenId = write.new_id();
    let row = refresh_token::ActiveModel {
        id: Set(id),
        session_id: Set(session_id),
        token_hash: Set(sha256(refresh_token.as_bytes())),
        created_at: Set(now),
        used_at: Set(None),
        successor_id: Set(None),
        access_used_at: Set(None),
    };
    lookup::insert_all_later::<refresh_token::Entity>(write, [row]);
    let tokens = SessionTokens {
        access_token: issue_token(signer, app.public_url(), user_id, session_id, id, now)?,
        token_type: "Bearer",
        expires_in: ACCESS_LIFE_SECONDS,
        refresh_token,
        session_id,
        account_id: user_id,
        device_token: None,
    };
    Ok((tokens, id))
}
