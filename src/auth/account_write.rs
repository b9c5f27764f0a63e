//! A transaction on the caller's own account.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Select};
use uuid::Uuid;

use super::account_owned::{AccountOwned, AccountScope, OfAccount};
use super::caller::{Caller, RecentCaller, check_stays, tag_of_resource};
use super::credential::{Credential, CredentialRow};
use super::token::AccessToken;
use crate::app::{App, WriteProof};
use crate::auth::{Event, note_event};
use crate::entity::ids::{SecurityEventId, SessionId, UserId};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user;
use crate::http::request::RequestInfo;
use crate::http::response::Answer;
use crate::platform::db::{LockedRow, Reads, Transaction};
use crate::platform::queue::Job;
use crate::problem::Problem;

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
