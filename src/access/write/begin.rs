//! How a transaction on a circle begins: it locks the circle, and then proves the caller.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use uuid::Uuid;

use futures_util::future::BoxFuture;

use super::CircleWrite;
use crate::access::circle::{CircleAccess, ProofRow, proof, read_scope};
use crate::access::permission::RequiredPermission;
use crate::access::scope::{CircleScope, ScopedCircle};
use crate::app::{App, WriteProof};
use crate::auth::{AccountWrite, account_deleting};
use crate::entity::change::ActorKind;
use crate::entity::circle;
use crate::entity::ids::CircleId;
use crate::http::request::RequestInfo;
use crate::platform::db::{LockedRow, Transaction};
use crate::problem::Problem;

impl<P: RequiredPermission> WriteProof for CircleAccess<P> {
    type Write = CircleWrite;

    async fn begin(&self, app: &App) -> Result<CircleWrite, Problem> {
        CircleWrite::begin(app, self).await
    }
}

impl CircleWrite {
    /// For a member: claims the idempotency key, locks the circle, proves the caller again, replays
    /// the answer if the key has one, and refuses what the state of the circle does not allow. This
    /// is the only place that does so, for every operation.
    pub(crate) async fn begin<P: RequiredPermission>(
        app: &App,
        circle: &CircleAccess<P>,
    ) -> Result<Self, Problem> {
        let (row, key) = (
            LockedRow::Circle(circle.circle_id()),
            circle.request().key_to_claim(),
        );
        let proof = proof(circle.credential(), circle.circle_id());
        let (mut transaction, rows) =
            Transaction::begin_on(app, row, circle.user_id(), key, proof).await?;
        let (scope, actor_kind) = prove(circle, &rows, transaction.now())?;
        transaction.replay(Some(scope.topics()))?;
        P::PERMISSION.check_state(scope.circle_state())?;
        Ok(Self {
            seq: scope.change_seq(),
            actor: scope.member_id(),
            actor_kind,
            request: Some(circle.request().clone()),
            scope,
            own_scope: None,
            on_behalf_of: None,
            transaction: Arc::new(transaction),
            circle_row: circle::ActiveModel::default(),
        })
    }

    /// For Kith itself, in a job or for a link in an email.
    pub(crate) async fn begin_as_system(
        app: &App,
        circle_id: CircleId,
        actor_kind: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<Self, Problem> {
        let transaction = Transaction::begin(app).await?;
        Self::join_transaction(transaction, circle_id, actor_kind, request).await
    }

    /// For a person who is about to become a member, in the transaction of their account.
    pub(crate) async fn join(write: AccountWrite, circle_id: CircleId) -> Result<Self, Problem> {
        let request = write.request().clone();
        Self::join_transaction(
            write.into_transaction(),
            circle_id,
            ActorKind::Session,
            Some(request),
        )
        .await
    }

    /// For the person who creates a circle. Its row was inserted in the transaction of their
    /// account, so nobody else can lock it.
    pub(crate) fn join_new(write: AccountWrite, circle: &circle::Model) -> Self {
        let request = Some(write.request().clone());
        let circle = ScopedCircle {
            id: circle.id,
            time_zone: circle.time_zone.clone(),
            deletion_scheduled_for: circle.deletion_scheduled_for,
            away_until: circle.away_until,
            state: circle.state,
            deputy: circle.deputy_member_id,
            change_seq: circle.change_seq,
        };
        Self::of_system(
            write.into_transaction(),
            circle,
            ActorKind::Session,
            request,
        )
    }

    /// Does a step in a circle, in the transaction of an account. That transaction goes on
    /// afterward and commits everything, so that leaving several circles is a single change.
    pub(crate) async fn step<T>(
        account: &AccountWrite,
        circle_id: CircleId,
        step: impl for<'a> FnOnce(&'a mut Self) -> BoxFuture<'a, Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let transaction = account.shared_transaction();
        let request = Some(account.request().clone());
        let mut write =
            Self::join_transaction(transaction, circle_id, ActorKind::Session, request).await?;
        let done = step(&mut write).await?;
        write.number_changes();
        // The next step may lock the same circle, and must read its last number.
        write.transaction.send_later().await?;
        Ok(done)
    }

    /// For Kith itself, in a transaction that goes on to other circles afterward. None if the circle
    /// is gone, or if another transaction has locked it: the circles that were locked before must
    /// not wait for that one.
    pub(super) async fn join_if_free(
        transaction: &Arc<Transaction>,
        circle_id: CircleId,
    ) -> Result<Option<Self>, Problem> {
        let circle = lock_circle(transaction, circle_id, Wait::Never).await?;
        let write = |circle| Self::of_system(transaction.clone(), circle, ActorKind::System, None);
        Ok(circle.map(write))
    }

    /// Locks the circle in a transaction that is open already.
    pub(crate) async fn join_transaction(
        transaction: impl Into<Arc<Transaction>>,
        circle_id: CircleId,
        actor_kind: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Result<Self, Problem> {
        let transaction = transaction.into();
        let circle = lock_circle(&transaction, circle_id, Wait::ForItsTurn)
            .await?
            .ok_or(Problem::NotFound)?;
        Ok(Self::of_system(transaction, circle, actor_kind, request))
    }

    fn of_system(
        transaction: Arc<Transaction>,
        circle: ScopedCircle,
        actor_kind: ActorKind,
        request: Option<Arc<RequestInfo>>,
    ) -> Self {
        let server = request.as_ref().map(|request| request.server());
        let scope = CircleScope::of_system(circle).on(server.unwrap_or_default());
        Self {
            seq: scope.change_seq(),
            actor: None,
            actor_kind,
            request,
            scope,
            own_scope: None,
            on_behalf_of: None,
            transaction,
            circle_row: circle::ActiveModel::default(),
        }
    }
}

/// Proves again what the door has proven, by rows that were read under the lock.
fn prove<P: RequiredPermission>(
    circle: &CircleAccess<P>,
    rows: &[ProofRow],
    now: DateTime<Utc>,
) -> Result<(CircleScope, ActorKind), Problem> {
    let first = rows.first();
    let first = first.ok_or_else(|| circle.credential().invalid())?;
    let proof = circle.credential().check(&first.credential, now)?;
    let scope = read_scope(&proof, rows, now)?.ok_or(Problem::NotFound)?;
    let scope = scope.on(circle.request().server());
    if scope.is_leaving() {
        return Err(account_deleting());
    }
    circle.check_again(&scope)?;
    Ok((
        scope,
        proof
            .token
            .map_or(ActorKind::Session, |_| ActorKind::PersonalAccessToken),
    ))
}

/// Whether a transaction waits for a circle that another one has locked.
#[derive(Clone, Copy)]
enum Wait {
    ForItsTurn,
    Never,
}

/// Locks the circle's row in a transaction that has begun, and reads it. On SQLite the whole
/// database is locked already.
async fn lock_circle(
    transaction: &Transaction,
    circle_id: CircleId,
    wait: Wait,
) -> Result<Option<ScopedCircle>, Problem> {
    let lock = match (transaction.backend(), wait) {
        // FOR UPDATE would block every insert that points at the circle.
        (DbBackend::Postgres, Wait::ForItsTurn) => " FOR NO KEY UPDATE",
        (DbBackend::Postgres, Wait::Never) => " FOR NO KEY UPDATE SKIP LOCKED",
        _ => "",
    };
    let statement = Statement::from_sql_and_values(
        transaction.backend(),
        format!(
            "SELECT id, time_zone, deletion_scheduled_for, away_until, state, deputy_member_id, \
             change_seq FROM circles WHERE id = $1{lock}"
        ),
        [Uuid::from(circle_id).into()],
    );
    let facts = |row: QueryResult| -> Result<ScopedCircle, Problem> {
        Ok(ScopedCircle {
            id: row.try_get("", "id")?,
            time_zone: row.try_get("", "time_zone")?,
            deletion_scheduled_for: row.try_get("", "deletion_scheduled_for")?,
            away_until: row.try_get("", "away_until")?,
            state: row.try_get("", "state")?,
            deputy: row.try_get("", "deputy_member_id")?,
            change_seq: row.try_get("", "change_seq")?,
        })
    };
    let row = transaction.tx().query_one_raw(statement).await?;
    row.map(facts).transpose()
}
