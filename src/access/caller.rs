//! Who is asking: a signed-in person, proven anew at every request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement};

use super::token::{AccessToken, verify_token};
use crate::answer::Answer;
use crate::app::App;
use crate::db::Unit;
use crate::entity::ids::{UserId, short_id};
use crate::entity::user::UserState;
use crate::extract::request_info;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Caller {
    token: AccessToken,
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
        let token = bearer(parts, app)?;
        let row = app
            .reader()
            .query_one_raw(session_query(app.reader().get_database_backend(), token))
            .await?
            .ok_or(Problem::Unauthenticated)?;
        prove_session(app, token, &row).await?;
        Ok(Self {
            token,
            request: request_info(parts)?,
        })
    }
}

/// The access token of a request, verified but not yet looked up.
pub(super) fn bearer(parts: &Parts, app: &App) -> Result<AccessToken, Problem> {
    let text = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token)
        .ok_or(Problem::Unauthenticated)?;
    verify_token(app.keys(), app.public_url(), text, app.clock().now())
        .ok_or(Problem::Unauthenticated)
}

/// Refuses a session that ended; notes the first use of each access token, which
/// tells a refresh whose answer was lost from one that was stolen.
pub(super) async fn prove_session(
    app: &App,
    token: AccessToken,
    row: &QueryResult,
) -> Result<(), Problem> {
    check_session(row, app.clock().now())?;
    let used: Option<DateTime<Utc>> = row.try_get("", "access_used_at")?;
    if used.is_none() {
        note_first_use(app, token).await?;
    }
    Ok(())
}

/// An access token whose answer counted as lost was not: two hold the session,
/// and it ends. Such a token never has a use noted, so that it always comes here.
async fn note_first_use(app: &App, token: AccessToken) -> Result<(), Problem> {
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
    let state: UserState = row.try_get("", "user_state")?;
    if ended.is_some() || expires <= now || state != UserState::Active {
        return Err(Problem::Unauthenticated);
    }
    Ok(())
}

fn session_query(backend: DbBackend, token: AccessToken) -> Statement {
    Statement::from_sql_and_values(
        backend,
        "SELECT r.access_used_at, s.ended_at, s.expires_at, u.state AS user_state \
         FROM sessions s \
         JOIN users u ON u.id = s.user_id \
         JOIN refresh_tokens r ON r.session_id = s.id AND r.id = $3 \
         WHERE s.id = $1 AND s.user_id = $2",
        [
            token.session_id.into(),
            token.user_id.into(),
            token.id.into(),
        ],
    )
}

/// A unit of work on one's own account: the account's row is locked, the
/// session proven again.
pub struct AccountWrite {
    unit: Unit,
    user_id: UserId,
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
            unit,
            user_id: caller.user_id(),
            request: caller.request.clone(),
        })
    }

    pub fn user_id(&self) -> UserId {
        self.user_id
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

    /// The unit itself, for work that crosses from the account into a circle.
    pub(super) fn into_unit(self) -> Unit {
        self.unit
    }

    /// Commits; the answer gets the entity tag of its version.
    pub async fn commit<A: Answer>(self, mut answer: A) -> Result<A, Problem> {
        if let Some(version) = answer.version() {
            answer.tag(etag(self.user_id, version));
        }
        self.unit.commit(answer).await
    }
}
