//! What an operator can see of accounts and do to them.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, IntoActiveModel, Statement};

use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::{AccountScope, Event, note_event};
use crate::auth::{find_user_by_email, lock_user, void_email_change};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user::{self, UserState};
use crate::features::accounts::{IDLE, end_sessions_of, end_tokens_of};
use crate::features::participation::replace_contact;
use crate::http::response::NoContent;
use crate::platform::db::{Reads, Transaction};
use crate::platform::text::EmailAddress;
use crate::problem::{Conflict, Problem, ProblemCode};
use crate::row::Row;

/// One line of the list of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Row)]
pub struct AccountLine {
    pub id: UserId,
    pub email: String,
    pub state: UserState,
    pub created_at: DateTime<Utc>,
    /// Accurate to ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Devices that are signed in.
    pub sessions: i64,
    /// Personal access tokens that still work.
    pub tokens: i64,
    /// Circles in which it is an active member.
    pub circles: i64,
}

impl AccountLine {
    /// The line above the others.
    pub const HEAD: &str = "id\temail\tstate\tcreated\tlast used\tsessions\ttokens\tcircles";
}

/// Columns with tabs between them: people can read them, and `cut` can split them.
impl fmt::Display for AccountLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(
            f,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            self.id,
            self.email,
            self.state.as_str(),
            time(self.created_at),
            self.last_used_at.map_or("never".into(), time),
            self.sessions,
            self.tokens,
            self.circles,
        )
    }
}

/// All accounts, the oldest first.
pub async fn list_accounts(app: &App) -> Result<Vec<AccountLine>, Problem> {
    let now = app.clock().now();
    let statement = Statement::from_sql_and_values(
        app.reader().get_database_backend(),
        "SELECT u.id, u.email, u.state, u.created_at, \
         (SELECT MAX(s.last_used_at) FROM sessions s WHERE s.user_id = u.id) AS last_used_at, \
         (SELECT COUNT(*) FROM sessions s WHERE s.user_id = u.id \
            AND s.ended_at IS NULL AND s.expires_at > $1 AND s.last_used_at > $2) AS sessions, \
         (SELECT COUNT(*) FROM personal_access_tokens t WHERE t.user_id = u.id \
            AND t.ended_at IS NULL AND t.expires_at > $1) AS tokens, \
         (SELECT COUNT(*) FROM memberships m WHERE m.user_id = u.id \
            AND m.state = 'active') AS circles \
         FROM users u ORDER BY u.created_at, u.email",
        [now.into(), (now - IDLE).into()],
    );
    Ok(app.reader().for_long_statements().rows(statement).await?)
}

/// An account that was disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisabledAccount {
    pub id: UserId,
    /// Circles with other members of which nobody is a coordinator.
    pub without_coordinator: Vec<CircleId>,
}

/// Disables an account, and ends its sessions and personal access tokens. A scheduled deletion
/// stays scheduled. Members without an account whose contact it is get another contact.
pub async fn disable(app: &App, account: &str) -> Result<DisabledAccount, Problem> {
    let transaction = Transaction::begin(app).await?;
    let user = find(&transaction, account).await?;
    let (id, now) = (user.id, transaction.now());
    set_state(&transaction, user, UserState::Disabled).await?;
    end_sessions_of(transaction.tx(), id, now).await?;
    end_tokens_of(transaction.tx(), id, now).await?;
    void_email_change(transaction.tx(), id, now).await?;
    note(&transaction, id, SecurityEventKind::DisabledByOperator);
    let without_coordinator = coordinated_alone(&transaction, id).await?;
    let contact_in = contact_in(&transaction, id).await?;
    transaction.commit(NoContent).await?;
    // It comes afterward: a new contact is looked for among the accounts in use.
    for (circle_id, member) in contact_in {
        let system = ActorKind::System;
        let mut write = CircleWrite::begin_as_system(app, circle_id, system, None).await?;
        replace_contact(&mut write, member).await?;
        write.commit(NoContent).await?;
    }
    Ok(DisabledAccount {
        id,
        without_coordinator,
    })
}

/// The memberships in which this account is the contact of members without an account.
async fn contact_in(
    transaction: &Transaction,
    id: UserId,
) -> Result<Vec<(CircleId, MemberId)>, Problem> {
    let statement = Statement::from_sql_and_values(
        transaction.backend(),
        "SELECT m.circle_id, m.id FROM memberships m WHERE m.user_id = $1 \
         AND EXISTS (SELECT 1 FROM memberships o WHERE o.circle_id = m.circle_id \
            AND o.contact_member_id = m.id AND o.state IN ('active', 'suspended')) \
         ORDER BY m.circle_id",
        [id.into()],
    );
    Ok(transaction.tx().rows(statement).await?)
}

/// The circles with other members that only this account coordinates.
async fn coordinated_alone(
    transaction: &Transaction,
    id: UserId,
) -> Result<Vec<CircleId>, Problem> {
    let statement = Statement::from_sql_and_values(
        transaction.backend(),
        "SELECT m.circle_id FROM memberships m \
         WHERE m.user_id = $1 AND m.state = 'active' AND m.access = 'coordinator' \
         AND EXISTS (SELECT 1 FROM memberships o WHERE o.circle_id = m.circle_id \
            AND o.id <> m.id AND o.state IN ('active', 'suspended')) \
         AND NOT EXISTS (SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id \
            WHERE o.circle_id = m.circle_id AND o.id <> m.id AND o.state = 'active' \
            AND o.access = 'coordinator' AND u.state = 'active') \
         ORDER BY m.circle_id",
        [id.into()],
    );
    let rows = transaction.tx().query_all_raw(statement).await?;
    let circles: Result<Vec<_>, DbErr> = rows
        .iter()
        .map(|row| row.try_get("", "circle_id"))
        .collect();
    Ok(circles?)
}

/// Lets a disabled account sign in again. If its deletion is scheduled, it can only read.
pub async fn enable(app: &App, account: &str) -> Result<UserId, Problem> {
    let transaction = Transaction::begin(app).await?;
    let user = find(&transaction, account).await?;
    let id = user.id;
    let state = match user.deletion_scheduled_for {
        Some(_) => UserState::Deleting,
        None => UserState::Active,
    };
    set_state(&transaction, user, state).await?;
    note(&transaction, id, SecurityEventKind::EnabledByOperator);
    transaction.commit(NoContent).await?;
    Ok(id)
}

/// Ends all sessions of an account, and with `tokens` also its personal access tokens. Returns how
/// many tokens it ended.
pub async fn sign_out(app: &App, account: &str, tokens: bool) -> Result<(UserId, u64), Problem> {
    let transaction = Transaction::begin(app).await?;
    let id = find(&transaction, account).await?.id;
    end_sessions_of(transaction.tx(), id, transaction.now()).await?;
    void_email_change(transaction.tx(), id, transaction.now()).await?;
    let ended = if tokens {
        end_tokens_of(transaction.tx(), id, transaction.now()).await?
    } else {
        0
    };
    note(&transaction, id, SecurityEventKind::SignedOutByOperator);
    transaction.commit(NoContent).await?;
    Ok((id, ended))
}

/// The account, locked until the transaction ends.
async fn find(transaction: &Transaction, account: &str) -> Result<user::Model, Problem> {
    let id = match account.parse() {
        Ok(id) => Some(UserId(id)),
        Err(_) => find_user_by_email(transaction.tx(), EmailAddress::read(account).as_str())
            .await?
            .map(|user| user.id),
    };
    let user = lock_user(transaction.tx(), id.ok_or(Problem::NotFound)?).await;
    user.map_err(|problem| match problem {
        Problem::InvalidToken(_) => Problem::NotFound,
        other => other,
    })
}

async fn set_state(
    transaction: &Transaction,
    user: user::Model,
    state: UserState,
) -> Result<(), Problem> {
    let (was, will_be) = (user.state.lets_in(), state.lets_in());
    if was == will_be {
        let detail = match state {
            UserState::Disabled => "This account is already disabled.",
            _ => "This account is not disabled.",
        };
        return Err(Conflict::of(ProblemCode::InvalidTransition, detail).into());
    }
    let account = AccountScope::of(user.id);
    let mut row = user.into_active_model();
    row.state = Set(state);
    row.updated_at = Set(transaction.now());
    account
        .update::<user::Entity>(transaction.tx(), row)
        .await?;
    Ok(())
}

fn note(transaction: &Transaction, id: UserId, kind: SecurityEventKind) {
    let event = Event {
        kind,
        user_id: Some(id),
        actor_kind: ActorKind::System,
        session_id: None,
        device_label: None,
        request: None,
    };
    note_event(transaction, event);
}
