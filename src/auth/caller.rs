//! The caller: a person with an account. Each request proves them again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::account_owned::AccountScope;
use super::credential::{Credential, CredentialRow, Proof};
use super::token::AccessToken;
use crate::app::App;
use crate::entity::ids::{UserId, short_id};
use crate::entity::personal_access_token::TokenScopes;
use crate::entity::user::UserState;
use crate::http::entity_tag::TagStem;
use crate::http::extract::request_info;
use crate::http::request::RequestInfo;
use crate::http::response::{Page, Resource, Versioned};
use crate::platform::db::Reads;
use crate::problem::{Conflict, Problem, ProblemCode};

/// How long a sign-in, or a confirmed identity, counts as recent.
pub const RECENT: TimeDelta = TimeDelta::minutes(10);

/// A signed-in person, not a personal access token. If the deletion of the account is scheduled,
/// the person can only read.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(super) token: AccessToken,
    authenticated_at: Option<DateTime<Utc>>,
    pub(super) request: Arc<RequestInfo>,
    pub(super) even_leaving: bool,
}

/// A signed-in person, also if the deletion of the account is scheduled: for the few writes that
/// stay allowed then.
#[derive(Clone, Debug)]
pub struct AnyCaller(pub Caller);

impl Caller {
    pub fn user_id(&self) -> UserId {
        self.token.user_id
    }

    /// The caller's account, to reach its rows.
    pub fn account(&self) -> AccountScope {
        AccountScope::of(self.user_id())
    }

    /// The access token of this request. It names the session and the refresh token.
    pub fn token(&self) -> AccessToken {
        self.token
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    /// Answers a list of the caller's own things. 304 if the caller has it already.
    pub fn listed<T: Serialize>(&self, body: &T) -> Result<Page<T>, Problem> {
        let stem = TagStem::of_list(&short_id(self.user_id()));
        Page::unless_seen(body, &stem, &self.request)
    }
}

/// The tag holds the account, because people who share a device share its cache.
pub(super) fn tag_of_resource(user: UserId, version: i32) -> TagStem {
    TagStem::of_resource(version, &short_id(user))
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let even_leaving = parts.method.is_safe();
        prove_caller(parts, app, even_leaving).await
    }
}

impl FromRequestParts<App> for AnyCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        prove_caller(parts, app, true).await.map(Self)
    }
}

async fn prove_caller(parts: &mut Parts, app: &App, even_leaving: bool) -> Result<Caller, Problem> {
    let request = request_info(parts)?;
    let (credential, proof) = prove(parts, app, &request).await?;
    let Credential::Session(token) = credential else {
        return Err(Problem::InsufficientScope(TokenScopes::default()));
    };
    check_stays(&proof, even_leaving)?;
    Ok(Caller {
        token,
        authenticated_at: proof.authenticated_at,
        request,
        even_leaving,
    })
}

pub(super) fn check_stays(proof: &Proof, even_leaving: bool) -> Result<(), Problem> {
    if proof.state == UserState::Deleting && !even_leaving {
        return Err(account_deleting());
    }
    Ok(())
}

/// The refusal of a write if the deletion of the account is scheduled.
pub(crate) fn account_deleting() -> Problem {
    let detail = "The deletion of your account is scheduled. Cancel it first.";
    Conflict {
        state: Some(UserState::Deleting.as_str()),
        actions: vec!["cancel_deletion"],
        ..Conflict::of(ProblemCode::AccountDeletionScheduled, detail)
    }
    .into()
}

/// A signed-in person, or a personal access token that has the scopes of this operation.
#[derive(Clone, Debug)]
pub struct CallerOrToken {
    user_id: UserId,
    request: Arc<RequestInfo>,
}

impl CallerOrToken {
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    /// Answers a resource of the caller's own. 304 if the caller has it already.
    pub fn found<T: Versioned>(&self, body: T) -> Result<Resource<T>, Problem> {
        let stem = tag_of_resource(self.user_id, body.version());
        Resource::unless_seen(body, &stem, &self.request)
    }
}

impl FromRequestParts<App> for CallerOrToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let request = request_info(parts)?;
        let (_, proof) = prove(parts, app, &request).await?;
        proof.check_scopes(parts)?;
        Ok(Self {
            user_id: proof.user_id,
            request,
        })
    }
}

async fn prove(
    parts: &Parts,
    app: &App,
    request: &Arc<RequestInfo>,
) -> Result<(Credential, Proof), Problem> {
    let credential = Credential::of(parts, app).await?;
    let query = credential.query();
    let query = query.build(app.reader().get_database_backend());
    let row = app.reader().row::<CredentialRow>(query).await?;
    let row = credential.require_row(app, request, row).await?;
    let proof = credential.prove(app, &row, request).await?;
    Ok((credential, proof))
}

/// A signed-in person who has confirmed their identity in the last ten minutes. Operations that a
/// stolen phone must not be able to do take this caller.
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

/// [`AnyCaller`] and [`RecentCaller`] in one.
#[derive(Clone, Debug)]
pub struct AnyRecentCaller(pub Caller);

impl FromRequestParts<App> for AnyRecentCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let AnyCaller(caller) = AnyCaller::from_request_parts(parts, app).await?;
        check_recent(caller.authenticated_at, app.clock().now())?;
        Ok(Self(caller))
    }
}

/// Refuses if the caller confirmed their identity too long ago.
pub(crate) fn check_recent(
    authenticated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    match authenticated_at {
        Some(at) if at + RECENT > now => Ok(()),
        _ => Err(Problem::ReauthenticationNeeded),
    }
}
