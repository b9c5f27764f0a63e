//! Reads, creates and changes accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::account_owned::AccountScope;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::entity::ids::UserId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::entity::user::{self, DIGEST_TIME, UserState};
use crate::entity::{known_device, sign_in_ticket};
use crate::platform::db::{Constraint, OnConstraint, ReadRows, Reads, Transaction, in_list};
use crate::problem::{Conflict, Problem, ProblemCode, TokenKind};

/// What a new account starts with.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub time_zone: String,
    pub locale: Option<String>,
}

/// Creates an account for an email address that was confirmed.
pub async fn insert_user(write: &Transaction, new: NewUser) -> Result<user::Model, Problem> {
    let id = write.new_id();
    let row = user::ActiveModel {
        id: Set(id),
        email: Set(new.email),
        name: Set(new.name),
        password_hash: Set(Some(new.password_hash)),
        time_zone: Set(new.time_zone),
        locale: Set(new.locale),
        state: Set(UserState::Active),
        quiet_from: Set(None),
        quiet_until: Set(None),
        quiet_check_at: Set(None),
        digest_time: Set(DIGEST_TIME.into()),
        digest_weekday: Set(None),
        avatar_file_id: Set(None),
        deletion_scheduled_for: Set(None),
        bouncing_since: Set(None),
        bounces: Set(0),
        version: Set(1),
        created_at: Set(write.now()),
        updated_at: Set(write.now()),
    };
    AccountScope::of(id)
        .insert::<user::Entity>(write.tx(), row)
        .await
        .on_constraint(
            &one_account_an_address(),
            Conflict::of(
                ProblemCode::AccountExists,
                "There is an account with this email address. Sign in with it.",
            ),
        )
}

/// The constraint that an email address has at most one account.
pub fn one_account_an_address() -> Constraint {
    Constraint::unique::<user::Entity>([user::Column::Email])
}

/// Whether nobody has an account yet.
#[expect(
    clippy::disallowed_methods,
    reason = "it only tells whether there is an account"
)]
pub async fn is_without_users(connection: &impl Reads) -> Result<bool, DbErr> {
    let somebody = user::Entity::find().read_one(connection).await?;
    Ok(somebody.is_none())
}

/// The account of an email address. The address must be in lower case.
#[expect(
    clippy::disallowed_methods,
    reason = "an email address has at most one account"
)]
fn at_address(email: &str) -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Email.eq(email))
}

/// The account of an email address. The address must be in lower case.
pub async fn find_user_by_email(
    connection: &impl Reads,
    email: &str,
) -> Result<Option<user::Model>, DbErr> {
    at_address(email).read_one(connection).await
}

/// The account of a person who was proven before. 401 if it is gone by now.
pub async fn require_user(connection: &impl Reads, id: UserId) -> Result<user::Model, Problem> {
    AccountScope::of(id)
        .find::<user::Entity>()
        .read_one(connection)
        .await?
        .ok_or(Problem::InvalidToken(TokenKind::Access))
}

/// These accounts. The calling function has found their ids before. An empty list would become a
/// condition without a column, for which no index is used: so it asks for nobody's id.
#[expect(
    clippy::disallowed_methods,
    reason = "the callers show only what members of a shared circle may see"
)]
pub fn find_accounts(mut ids: Vec<UserId>) -> Select<user::Entity> {
    if ids.is_empty() {
        ids.push(UserId(Uuid::nil()));
    }
    user::Entity::find().filter(user::Column::Id.is_in(in_list(ids)))
}

/// Joins the account of each member, if it is active, and selects its id, and how many emails to its
/// address came back: null for the others.
pub fn join_active_accounts(members: &mut Select<membership::Entity>) {
    let account = |column: user::Column| Expr::col((user::Entity, column));
    let active = Condition::all()
        .add(account(user::Column::Id).equals((membership::Entity, membership::Column::UserId)))
        .add(user::Column::State.eq(UserState::Active));
    QueryTrait::query(members)
        .left_join(user::Entity, active)
        .expr(account(user::Column::Id))
        .expr(account(user::Column::Bounces));
}

/// Like [`require_user`], locked until the transaction ends.
pub(crate) async fn lock_user(
    tx: &DatabaseTransaction,
    id: UserId,
) -> Result<user::Model, Problem> {
    let user = find_and_lock_user(tx, id).await?;
    user.ok_or(Problem::InvalidToken(TokenKind::Access))
}

/// The account with an id that may be made up, locked until the transaction ends.
pub(crate) async fn find_and_lock_user(
    tx: &DatabaseTransaction,
    id: UserId,
) -> Result<Option<user::Model>, DbErr> {
    AccountScope::of(id)
        .find::<user::Entity>()
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await
}

/// The account of an email address, locked, if it can be signed in to. This is checked after the
/// lock: by then the account may have another address, or be disabled.
pub(crate) async fn lock_user_of(
    tx: &DatabaseTransaction,
    email: &str,
) -> Result<Option<user::Model>, DbErr> {
    let user = match find_user_by_email(tx, email).await? {
        Some(user) => find_and_lock_user(tx, user.id).await?,
        None => None,
    };
    Ok(user.filter(|user| user.state.lets_in() && user.email == email))
}

/// Replaces the hash: for a new password, or with a stronger hash of the same password. It is sent
/// with the commit.
pub(crate) fn replace_hash(write: &Transaction, id: UserId, password_hash: Option<String>) {
    let row = user::ActiveModel {
        password_hash: Set(password_hash),
        ..Default::default()
    };
    AccountScope::of(id).update_all_later::<user::Entity>(write, row, Condition::all());
}

/// Deletes the password, and revokes what it let in. It is sent with the commit.
pub(crate) fn clear_password(write: &Transaction, id: UserId) {
    replace_hash(write, id, None);
    revoke_old_sign_ins(write, id);
}

/// Revokes what the old password let in: known devices, sign-ins that wait for their second
/// factor, and a change of email address that waits to be confirmed.
fn revoke_old_sign_ins(write: &Transaction, id: UserId) {
    let subject = TokenSubject::account(id);
    mail_tokens::void_later(write, MailTokenKind::ChangeEmail, subject);
    let account = AccountScope::of(id);
    account.delete_all_later::<known_device::Entity>(write, Condition::all());
    account.delete_all_later::<sign_in_ticket::Entity>(write, Condition::all());
}

/// Voids the link that would change the email address of an account.
pub(crate) async fn void_email_change(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    mail_tokens::void(
        tx,
        MailTokenKind::ChangeEmail,
        TokenSubject::account(id),
        now,
    )
    .await
}

/// Replaces the password and revokes what the old one let in. It is sent with the commit.
pub(crate) fn set_password(write: &Transaction, id: UserId, password_hash: String) {
    replace_hash(write, id, Some(password_hash));
    revoke_old_sign_ins(write, id);
}
