//! Sessions, and refresh tokens that rotate.
//!
//! A second use of a refresh token can mean that somebody else holds it too, and
//! ends the session; except while nothing of the answer to its first use was used: a
//! phone that lost that answer on a bad network is not an attacker. What was in
//! the lost answer is dead, and ends the session if it turns up after all.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoCondition, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::known_devices::remember_device;
use super::mail::mail_event;
use super::types::Tokens;
use crate::app::App;
use crate::auth::signing::signer;
use crate::auth::{Account, AccountWrite, lookup, require_user};
use crate::auth::{Event, note_event};
use crate::auth::{Renewal, issue_token, judge_renewal};
use crate::entity::account_event::EventKind;
use crate::entity::ids::{RefreshTokenId, SessionId, UserId};
use crate::entity::{refresh_token, session};
use crate::http::request::RequestInfo;
use crate::http::response::Done;
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// A device that was not used for so long is signed out.
pub const IDLE: TimeDelta = TimeDelta::days(90);
const ABSOLUTE: TimeDelta = TimeDelta::days(365);
const ACCESS_LIFE_SECONDS: i64 = 600;
/// How many devices may be signed in at once.
const MAX_LIVE: usize = 50;

/// Opens a session for somebody whose identity is proven, on a device that has
/// not signed in before.
pub async fn open_session(
    app: &App,
    write: &Transaction,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<Tokens, Problem> {
    let tokens = insert_session(app, write, user_id, device_label).await?;
    let device_token = Some(remember_device(write, user_id).await?);
    Ok(Tokens {
        device_token,
        ..tokens
    })
}

/// Of more than fifty sessions the oldest ends.
pub(super) async fn insert_session(
    app: &App,
    write: &Transaction,
    user_id: UserId,
    device_label: Option<&str>,
) -> Result<Tokens, Problem> {
    let (tx, now) = (write.tx(), write.now());
    let before = live(user_id, now)
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
    let account = Account::of(user_id);
    let session = account.insert::<session::Entity>(tx, row).await?;
    issue_pair(app, write, &session)
        .await
        .map(|(tokens, _)| tokens)
}

/// Renews the tokens of a session.
pub async fn refresh(app: &App, request: &RequestInfo, token: &str) -> Result<Tokens, Problem> {
    let unit = app.begin().await?;
    let presented = lookup::by_hash::<refresh_token::Entity>(token);
    let found = presented.clone().one(unit.tx()).await?;
    let session_id = found.ok_or(Problem::Unauthenticated)?.session_id;

    let session = lookup::by_id::<session::Entity>(session_id)
        .lock_exclusive()
        .one(unit.tx())
        .await?
        .ok_or(Problem::Unauthenticated)?;
    // Read again: whoever held the lock before may have used it.
    let presented = presented
        .one(unit.tx())
        .await?
        .ok_or(Problem::Unauthenticated)?;
    let user = require_user(unit.tx(), session.user_id).await?;
    let now = unit.now();
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
            by_id.one(unit.tx()).await?
        }
        None => None,
    };
    match judge_renewal(&presented, successor.as_ref()) {
        Renewal::First => {}
        Renewal::InsteadOf(lost) => mark_dead(&unit, lost).await?,
        Renewal::Refused => {
            end(unit.tx(), user.id, session.id, now).await?;
            let event = Event {
                session_id: Some(session.id),
                device_label: session.device_label.as_deref(),
                ..Event::of(EventKind::RefreshTokenReused, user.id, request)
            };
            let event = note_event(&unit, event).await?;
            mail_event(&unit, event).await?;
            unit.commit(Done).await?;
            return Err(Problem::Unauthenticated);
        }
    }

    let (tokens, successor) = issue_pair(app, &unit, &session).await?;
    let mut row = presented.into_active_model();
    row.used_at = Set(Some(now));
    row.successor_id = Set(Some(successor));
    lookup::update::<refresh_token::Entity>(unit.tx(), row).await?;
    let mut row = session.into_active_model();
    row.last_used_at = Set(now);
    let account = Account::of(user.id);
    account.update::<session::Entity>(unit.tx(), row).await?;
    unit.commit(Done).await?;
    Ok(tokens)
}

/// What is dead stays known: whoever shows it has not lost it.
async fn mark_dead(unit: &Transaction, lost: RefreshTokenId) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        used_at: Set(Some(unit.now())),
        ..Default::default()
    };
    lookup::update_if::<refresh_token::Entity>(unit.tx(), lost, row, Condition::all())
        .await
        .map(drop)
}

/// The sessions of an account that are still good.
pub(super) fn live(user_id: UserId, now: DateTime<Utc>) -> Select<session::Entity> {
    Account::of(user_id)
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

/// Ends all sessions of an account but the one that writes.
pub(super) async fn end_others(write: &AccountWrite) -> Result<(), Problem> {
    let others = session::Column::Id.ne(write.session_id());
    end_where(write.tx(), write.user_id(), others, write.now()).await
}

/// Ends a session of an account at once.
pub async fn end(
    tx: &DatabaseTransaction,
    user_id: UserId,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    end_where(tx, user_id, session::Column::Id.eq(id), now).await
}

/// Ends sessions of an account at once; one that has ended before keeps its time.
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
    Account::of(user_id)
        .update_all::<session::Entity>(tx, row, live)
        .await?;
    Ok(())
}

/// The refresh tokens that were used before a moment, and whose successors were: a
/// lost answer is forgiven as long as the successor waits, so it keeps what it
/// followed.
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

async fn issue_pair(
    app: &App,
    write: &Transaction,
    session: &session::Model,
) -> Result<(Tokens, RefreshTokenId), Problem> {
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
    let tokens = Tokens {
        access_token: issue_token(&signer, app.public_url(), user_id, session_id, id, now)?,
        token_type: "Bearer",
        expires_in: ACCESS_LIFE_SECONDS,
        refresh_token,
        session_id,
        user_id,
        device_token: None,
    };
    Ok((tokens, id))
}
