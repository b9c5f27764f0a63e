//! Reading and making accounts.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, QuerySelect, Statement,
};

use crate::app::App;
use crate::auth::mail_tokens::{self, Subject};
use crate::entity::ids::UserId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::user::{self, UserState};
use crate::entity::{known_device, sign_in_ticket};
use crate::platform::db::Transaction;
use crate::platform::text::NewPassword;
use crate::problem::{Conflict, OnConflict, Problem};

/// What an account begins with.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub time_zone: String,
}

/// Makes the account of a proven address.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn insert_user(write: &Transaction, new: NewUser) -> Result<user::Model, Problem> {
    let row = user::ActiveModel {
        id: Set(write.new_id()),
        email: Set(new.email),
        name: Set(new.name),
        password_hash: Set(Some(new.password_hash)),
        time_zone: Set(new.time_zone),
        state: Set(UserState::Active),
        erase_at: Set(None),
        version: Set(1),
        created_at: Set(write.now()),
        updated_at: Set(write.now()),
    };
    user::Entity::insert(row)
        .exec_with_returning(write.tx())
        .await
        .on_conflict(Conflict::of(
            "account_exists",
            "There is an account with this address. Sign in with it.",
        ))
}

/// Whether nobody has an account yet.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn is_without_users(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let somebody = user::Entity::find().one(connection).await?;
    Ok(somebody.is_none())
}

/// The account of an address, given lower-cased.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn find_user_by_email(
    connection: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find()
        .filter(user::Column::Email.eq(email))
        .one(connection)
        .await
}

/// Whose an address is, given lower-cased.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn find_user_id(
    connection: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<UserId>, DbErr> {
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Email.eq(email))
        .into_tuple()
        .one(connection)
        .await
}

/// The account of somebody who was just proven.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn require_user(
    connection: &impl ConnectionTrait,
    id: UserId,
) -> Result<user::Model, Problem> {
    user::Entity::find_by_id(id)
        .one(connection)
        .await?
        .ok_or(Problem::Unauthenticated)
}

/// Which of these accounts are in use: one query, however many.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub async fn active_accounts(
    connection: &impl ConnectionTrait,
    ids: Vec<UserId>,
) -> Result<HashSet<UserId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let active = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(ids))
        .filter(user::Column::State.eq(UserState::Active))
        .into_tuple::<UserId>()
        .all(connection)
        .await?;
    Ok(active.into_iter().collect())
}

/// Like [`require_user`], locked until the transaction ends.
pub(crate) async fn lock_user(
    tx: &DatabaseTransaction,
    id: UserId,
) -> Result<user::Model, Problem> {
    let user = find_and_lock_user(tx, id).await?;
    user.ok_or(Problem::Unauthenticated)
}

/// The account somebody says they have, locked until the transaction ends.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub(crate) async fn find_and_lock_user(
    tx: &DatabaseTransaction,
    id: UserId,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await
}

/// The account of an address that lets in, locked: before the lock it may have moved
/// to another address, or have been disabled.
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

/// Keeps another hash: of a new password, or a costlier one of the same.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub(crate) async fn replace_hash(
    tx: &DatabaseTransaction,
    id: UserId,
    password_hash: String,
) -> Result<(), Problem> {
    user::Entity::update_many()
        .set(user::ActiveModel {
            password_hash: Set(Some(password_hash)),
            ..Default::default()
        })
        .filter(user::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes the password away: until there is another, none lets in.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
pub(crate) async fn forget_password(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    user::Entity::update_many()
        .set(user::ActiveModel {
            password_hash: Set(None),
            ..Default::default()
        })
        .filter(user::Column::Id.eq(id))
        .exec(tx)
        .await?;
    forget_who_came_in(tx, id, now).await
}

/// Forgets who came in with the old password: known devices, sign-ins that still
/// lack their second factor, a change of address that waits to be confirmed.
#[expect(clippy::disallowed_methods, reason = "accounts belong to no circle")]
async fn forget_who_came_in(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    forget_email_change(tx, id, now).await?;
    known_device::Entity::delete_many()
        .filter(known_device::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    sign_in_ticket::Entity::delete_many()
        .filter(sign_in_ticket::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Voids the link that would move an account to another address.
pub(crate) async fn forget_email_change(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    mail_tokens::void(tx, MailTokenKind::ChangeEmail, Subject::account(id), now).await
}

/// Replaces the password and forgets who came in with the old one.
pub(crate) async fn set_password(
    tx: &DatabaseTransaction,
    id: UserId,
    password_hash: String,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    replace_hash(tx, id, password_hash).await?;
    forget_who_came_in(tx, id, now).await
}

/// Refuses a password that is easy to guess for who knows somebody, and what
/// their circles are called.
pub(crate) async fn check_new_password(
    app: &App,
    pointer: &str,
    password: &NewPassword,
    user: &user::Model,
) -> Result<(), Problem> {
    let circles = Statement::from_sql_and_values(
        app.reader().get_database_backend(),
        "SELECT c.name, c.alias, c.patient_name FROM circles c \
         JOIN memberships m ON m.circle_id = c.id WHERE m.user_id = $1",
        [user.id.into()],
    );
    let mut known = vec![user.email.clone(), user.name.clone()];
    for row in app.reader().query_all_raw(circles).await? {
        for column in ["name", "alias", "patient_name"] {
            known.push(row.try_get("", column)?);
        }
    }
    app.passwords().check_new(pointer, password, known).await
}
