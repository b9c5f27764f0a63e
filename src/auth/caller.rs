//! The caller: a person with an account. Each request proves them again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Select};
use serde::Serialize;
use uuid::Uuid;

use super::account_owned::{AccountOwned, AccountScope, OfAccount};
use super::credential::{Credential, CredentialRow, Proof};
use super::token::AccessToken;
use crate::app::{App, WriteProof};
use crate::auth::{Event, note_event};
use crate::entity::ids::{SecurityEventId, SessionId, UserId, short_id};
use crate::entity::personal_access_token::TokenScopes;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user::{self, UserState};
use crate::http::entity_tag::TagStem;
use crate::http::extract::request_info;
use crate::http::request::RequestInfo;
use crate::http::response::{Answer, Page, Resource, Versioned};
use crate::platform::db::{LockedRow, Reads, Transaction};
use crate::platform::queue::Job;
use crate::problem::{Conflict, Problem, ProblemCode};

/// How long a sign-in, or a confirmed identity, counts as recent.
pub const RECENT: TimeDelta = TimeDelta::minutes(10);

/// A signed-in person, not a personal access token. If the deletion of the account is scheduled,
/// the person can only read.
#[derive(Clone, Debug)]
pub struct Caller {
    token: AccessToken,
    authenticated_at: Option<DateTime<Utc>>,
    request: Arc<RequestInfo>,
    even_leaving: bool,
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
fn tag_of_resource(user: UserId, version: i32) -> TagStem {
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

fn check_stays(proof: &Proof, even_leaving: bool) -> Result<(), Problem> {
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

/// What proves a session, its account, and whether that has a second factor.
type AccountRow = (CredentialRow, user::Model, bool);

/// A transaction on the caller's own account. Its beginning locks the account's row, proves the
/// session again, and reads the account with the same statement.
pub struct AccountWrite {
    transaction: Arc<Transaction>,
    user: user::Model,
    has_second_factor: bool,
    token: AccessToken,
    request: Arc<RequestInfo>,
}

impl AccountWrite {
    pub(crate) async fn begin(app: &App, caller: &Caller) -> Result<Self, Problem> {
        let user_id = caller.user_id();
        let (row, key) = (LockedRow::Account(user_id), caller.request.key_to_claim());
        let credential = Credential::Session(caller.token);
        let proof = credential.query_with_account();
        let (mut transaction, rows) =
            Transaction::begin_on::<AccountRow>(app, row, user_id, key, proof).await?;
        let (row, user, has_second_factor) = rows
            .into_iter()
            .next()
            .ok_or_else(|| credential.invalid())?;
        let proof = credential.check(&row, transaction.now())?;
        check_stays(&proof, caller.even_leaving)?;
        transaction.replay(None)?;
        Ok(Self {
            transaction: Arc::new(transaction),
            user,
            has_second_factor,
            token: caller.token,
            request: caller.request.clone(),
        })
    }

    /// Replays the stored answer if the `Idempotency-Key` was used before. Call it before the
    /// secrets in the request are checked: a repeated request has the old password or a used
    /// code, and would be refused.
    pub(crate) async fn replay(app: &App, caller: &Caller) -> Result<(), Problem> {
        let Some(key) = caller.request.key_to_claim() else {
            return Ok(());
        };
        let is_used = Query::select().expr(key.is_used(caller.user_id())).take();
        let is_used = app.reader().get_database_backend().build(&is_used);
        if app.reader().row::<bool>(is_used).await? == Some(true) {
            Self::begin(app, caller).await?;
        }
        Ok(())
    }

    /// The answer to a request whose secret was refused before its transaction: `refused`, or the
    /// answer that an equal request got meanwhile, because that one may have used up the secret.
    pub(crate) async fn refused(app: &App, caller: &Caller, refused: Problem) -> Problem {
        if caller.request.idempotency_key.is_none() {
            return refused;
        }
        // This waits until the equal request is over.
        Self::begin(app, caller).await.err().unwrap_or(refused)
    }

    /// The caller's account, as it was when the transaction began.
    pub fn user(&self) -> &user::Model {
        &self.user
    }

    /// Whether signing in to the account needed a second factor when the transaction began.
    pub fn has_second_factor(&self) -> bool {
        self.has_second_factor
    }

    pub fn user_id(&self) -> UserId {
        self.token.user_id
    }

    /// The caller's account, to reach its rows.
    pub fn account(&self) -> AccountScope {
        AccountScope::of(self.user_id())
    }

    /// The account's rows.
    pub fn find<E: OfAccount>(&self) -> Select<E> {
        self.account().find()
    }

    /// One row of the account, or 404.
    pub async fn require<E: AccountOwned>(&self, id: E::Id) -> Result<E::Model, Problem> {
        self.account().require::<E>(self.tx(), id).await
    }

    /// Inserts a row and returns it. The account is set here.
    pub async fn insert<E: AccountOwned>(&self, row: E::ActiveModel) -> Result<E::Model, DbErr> {
        self.account().insert::<E>(self.tx(), row).await
    }

    /// Updates the columns that are set in a row of the account.
    pub async fn update<E: AccountOwned>(&self, row: E::ActiveModel) -> Result<E::Model, DbErr> {
        self.account().update::<E>(self.tx(), row).await
    }

    /// Deletes a row of the account.
    pub async fn delete<E: AccountOwned>(&self, id: E::Id) -> Result<(), DbErr> {
        self.account().delete::<E>(self.tx(), id).await
    }

    /// The caller's session.
    pub fn session_id(&self) -> SessionId {
        self.token.session_id
    }

    pub fn request(&self) -> &Arc<RequestInfo> {
        &self.request
    }

    pub fn tx(&self) -> &DatabaseTransaction {
        self.transaction.tx()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.transaction.now()
    }

    /// A new UUIDv7 with the time of this transaction.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        self.transaction.new_id()
    }

    /// Enqueues a job. It starts after the commit.
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<(), Problem> {
        self.transaction.enqueue(job).await
    }

    /// Like [`Self::enqueue`], but the job does not start before `run_at`.
    pub async fn enqueue_at<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<(), Problem> {
        self.transaction.enqueue_at(job, run_at).await
    }

    /// Notes a security event of the account, in this transaction. It is sent with the commit.
    pub fn note(&self, kind: SecurityEventKind) -> SecurityEventId {
        let event = Event {
            session_id: Some(self.token.session_id),
            ..Event::of(kind, self.user_id(), &self.request)
        };
        note_event(&self.transaction, event)
    }

    /// The transaction itself, to count attempts in it.
    pub(crate) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The transaction itself, for work in a circle that is committed together with this.
    pub(crate) fn shared_transaction(&self) -> Arc<Transaction> {
        self.transaction.clone()
    }

    /// The transaction itself, for work that continues and is committed in a circle.
    pub(crate) fn into_transaction(self) -> Arc<Transaction> {
        self.transaction
    }

    /// Commits without storing the answer, so that an equal request is a new one. For refused
    /// requests that must leave a trace, and for answers with a secret.
    pub async fn commit_without_replay(self) -> Result<(), Problem> {
        let transaction = Transaction::unshare(self.transaction)?;
        transaction.commit_without_replay().await
    }

    /// Commits. The answer gets the entity tag of its version.
    pub async fn commit<A: Answer>(self, mut answer: A) -> Result<A, Problem> {
        if let Some(version) = answer.version() {
            answer
                .tag(&tag_of_resource(self.user_id(), version))
                .map_err(anyhow::Error::from)?;
        }
        Transaction::unshare(self.transaction)?.commit(answer).await
    }
}

impl WriteProof for Caller {
    type Write = AccountWrite;

    async fn begin(&self, app: &App) -> Result<AccountWrite, Problem> {
        AccountWrite::begin(app, self).await
    }
}

impl WriteProof for RecentCaller {
    type Write = AccountWrite;

    async fn begin(&self, app: &App) -> Result<AccountWrite, Problem> {
        AccountWrite::begin(app, self).await
    }
}
