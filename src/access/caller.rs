//! Who is asking: a signed-in person, proven anew at every request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement};

use super::token::{AccessToken, key_of_token, verify_token};
use crate::answer::Answer;
use crate::app::App;
use crate::changes::{Event, note_event};
use crate::db::Unit;
use crate::entity::account_event::EventKind;
use crate::entity::ids::{AccountEventId, UserId, short_id};
use crate::entity::user::UserState;
use crate::extract::request_info;
use crate::jobs::{Job, enqueue};
use crate::keys::sha256;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// How long it counts that somebody proved who they are.
pub const RECENT: TimeDelta = TimeDelta::minutes(10);

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Caller {
    token: AccessToken,
    authenticated_at: Option<DateTime<Utc>>,
    request: Arc<RequestInfo>,
}

impl Caller {
    pub fn user_id(&self) -> UserId {
        self.token.user_id
    }

    /// The session, and the refresh token this access token came with.
    pub fn token(&self) -> AccessToken {
        self.token
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    /// The weak entity tag of a collection of one's own; 304 if one has it.
    pub fn collection_tag(&self, state: &str) -> Result<String, Problem> {
        let state = sha256(format!("{} {state}", self.user_id()).as_bytes());
        let etag = format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&state[..12]));
        self.request.unless_seen(&etag)?;
        Ok(etag)
    }

    /// The entity tag of one's account; 304 if one has it.
    pub fn tag(&self, version: i32) -> Result<String, Problem> {
        let etag = etag(self.user_id(), version);
        self.request.unless_seen(&etag)?;
        Ok(etag)
    }
}

/// Bound to the account: people who share a device share its cache.
fn etag(user: UserId, version: i32) -> String {
    format!("\"{version}-{}\"", short_id(user))
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(parts, app).await?;
        let row = app
            .reader()
            .query_one_raw(session_query(app.reader().get_database_backend(), token))
            .await?
            .ok_or(Problem::Unauthenticated)?;
        let request = request_info(parts)?;
        prove_session(app, token, &row, &request).await?;
        Ok(Self {
            token,
            authenticated_at: row.try_get("", "authenticated_at")?,
            request,
        })
    }
}

/// A signed-in person who has proved in the last ten minutes who they are: what
/// a lost phone must not be able to do asks for it.
#[derive(Clone, Debug)]
pub struct RecentCaller(pub Caller);

impl FromRequestParts<App> for RecentCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        check_recent(caller.authenticated_at, app.clock().now())?;
        Ok(Self(caller))
    }
}

impl std::ops::Deref for RecentCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// Refuses when it is too long ago that somebody proved who they are.
pub(super) fn check_recent(
    authenticated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    match authenticated_at {
        Some(at) if at + RECENT > now => Ok(()),
        _ => Err(Problem::ReauthenticationNeeded),
    }
}

/// The access token of a request, verified but not yet looked up.
pub(super) async fn bearer(parts: &Parts, app: &App) -> Result<AccessToken, Problem> {
    let text = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token)
        .ok_or(Problem::Unauthenticated)?;
    let key = key_of_token(text).ok_or(Problem::Unauthenticated)?;
    let key = app.known_keys().find(app.reader(), key).await?;
    key.and_then(|key| verify_token(&key, app.public_url(), text, app.clock().now()))
        .ok_or(Problem::Unauthenticated)
}

/// Refuses a session that ended; notes the first use of each access token, which
/// tells a refresh whose answer was lost from one that was stolen.
pub(super) async fn prove_session(
    app: &App,
    token: AccessToken,
    row: &QueryResult,
    request: &RequestInfo,
) -> Result<(), Problem> {
    check_session(row, app.clock().now())?;
    let used: Option<DateTime<Utc>> = row.try_get("", "access_used_at")?;
    if used.is_none() {
        note_first_use(app, token, request).await?;
    }
    Ok(())
}

/// An access token whose answer counted as lost was not: two hold the session,
/// and it ends. Such a token never has a use noted, so that it always comes here.
async fn note_first_use(
    app: &App,
    token: AccessToken,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let unit = Unit::begin(app).await?;
    let execute = async |sql, id: uuid::Uuid| {
        let values = [unit.now().into(), id.into()];
        let statement = Statement::from_sql_and_values(unit.backend(), sql, values);
        unit.tx().execute_raw(statement).await
    };
    // The session comes first: its row is the lock under which tokens are renewed.
    let session = "UPDATE sessions SET last_used_at = $1 WHERE id = $2";
    execute(session, token.session_id.0).await?;
    let of_the_living = "UPDATE refresh_tokens SET access_used_at = $1 \
        WHERE id = $2 AND (used_at IS NULL OR successor_id IS NOT NULL)";
    let alive = execute(of_the_living, token.id.0).await?.rows_affected() == 1;
    if !alive {
        let end = "UPDATE sessions SET ended_at = $1 WHERE id = $2";
        execute(end, token.session_id.0).await?;
        let event = Event {
            session_id: Some(token.session_id),
            ..Event::of(EventKind::RefreshTokenReused, token.user_id, request)
        };
        let account_event_id = note_event(app, unit.tx(), event, unit.now()).await?;
        let mail = Job::MailAccountEvent { account_event_id };
        enqueue(app, unit.tx(), &mail, unit.now()).await?;
    }
    unit.commit(crate::answer::Done).await?;
    if alive {
        Ok(())
    } else {
        Err(Problem::Unauthenticated)
    }
}

fn check_session(row: &QueryResult, now: DateTime<Utc>) -> Result<(), Problem> {
    let ended: Option<DateTime<Utc>> = row.try_get("", "ended_at")?;
    let expires: DateTime<Utc> = row.try_get("", "expires_at")?;
    let key_ends: Option<DateTime<Utc>> = row.try_get("", "key_ends_at")?;
    let state: UserState = row.try_get("", "user_state")?;
    let key_ended = key_ends.is_some_and(|end| end <= now);
    if ended.is_some() || key_ended || expires <= now || state != UserState::Active {
        return Err(Problem::Unauthenticated);
    }
    Ok(())
}

fn session_query(backend: DbBackend, token: AccessToken) -> Statement {
    Statement::from_sql_and_values(
        backend,
        "SELECT r.access_used_at, s.ended_at, s.expires_at, s.authenticated_at, \
         k.ends_at AS key_ends_at, u.state AS user_state \
         FROM sessions s \
         JOIN users u ON u.id = s.user_id \
         JOIN refresh_tokens r ON r.session_id = s.id AND r.id = $3 \
         JOIN signing_keys k ON k.id = $4 \
         WHERE s.id = $1 AND s.user_id = $2",
        [
            token.session_id.into(),
            token.user_id.into(),
            token.id.into(),
            token.key_id.into(),
        ],
    )
}

/// A unit of work on one's own account: the account's row is locked, the
/// session proven again.
pub struct AccountWrite {
    app: App,
    unit: Unit,
    token: AccessToken,
    request: Arc<RequestInfo>,
}

impl AccountWrite {
    pub(crate) async fn begin(app: &App, caller: &Caller) -> Result<Self, Problem> {
        let mut unit = Unit::begin(app).await?;
        unit.claim_key(caller.user_id(), &caller.request).await?;
        if unit.backend() == DbBackend::Postgres {
            let lock = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE",
                [caller.user_id().into()],
            );
            unit.tx().query_one_raw(lock).await?;
        }
        let row = unit
            .tx()
            .query_one_raw(session_query(unit.backend(), caller.token))
            .await?
            .ok_or(Problem::Unauthenticated)?;
        check_session(&row, unit.now())?;
        unit.replay(None)?;
        Ok(Self {
            app: app.clone(),
            unit,
            token: caller.token,
            request: caller.request.clone(),
        })
    }

    pub fn user_id(&self) -> UserId {
        self.token.user_id
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    pub fn tx(&self) -> &DatabaseTransaction {
        self.unit.tx()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.unit.now()
    }

    /// Appends to the account's log, in this transaction.
    pub async fn note(&self, kind: EventKind) -> Result<AccountEventId, Problem> {
        let event = Event {
            session_id: Some(self.token.session_id),
            ..Event::of(kind, self.user_id(), &self.request)
        };
        note_event(&self.app, self.tx(), event, self.now()).await
    }

    /// The unit itself, for work that crosses from the account into a circle.
    pub(super) fn into_unit(self) -> Unit {
        self.unit
    }

    /// Commits; the answer gets the entity tag of its version.
    pub async fn commit<A: Answer>(self, mut answer: A) -> Result<A, Problem> {
        if let Some(version) = answer.version() {
            answer.tag(etag(self.user_id(), version));
        }
        self.unit.commit(answer).await
    }
}
