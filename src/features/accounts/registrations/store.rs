//! The rows of registrations, and how they become accounts.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, QuerySelect};

use super::types::Registration;
use crate::auth::{NewUser, find_user_by_email, insert_user, lookup};
use crate::entity::ids::RegistrationId;
use crate::entity::{registration, user};
use crate::features::accounts::mail::MailVerification;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

pub(super) const CODE_LIFE: TimeDelta = TimeDelta::minutes(15);
pub(super) const LINK_LIFE: TimeDelta = TimeDelta::hours(24);
pub(super) const TRIES: i32 = 5;

/// Enqueues the email with the code of a registration, and commits.
pub(super) async fn mail_code(
    transaction: Transaction,
    registration: &registration::Model,
) -> Result<Registration, Problem> {
    let registration_id = registration.id;
    transaction
        .enqueue(&MailVerification { registration_id })
        .await?;
    transaction.commit(NoContent).await?;
    Ok(describe(registration))
}

/// Locks a registration that waits to be confirmed.
pub(super) async fn lock_waiting(
    transaction: &Transaction,
    id: RegistrationId,
) -> Result<registration::Model, Problem> {
    let registration = lookup::by_id::<registration::Entity>(id)
        .lock_exclusive()
        .one(transaction.tx())
        .await?;
    while_waiting(registration, transaction.now())
}

pub(super) fn while_waiting(
    registration: Option<registration::Model>,
    now: DateTime<Utc>,
) -> Result<registration::Model, Problem> {
    let registration = registration.ok_or(Problem::NotFound)?;
    if registration.confirmed_at.is_some() || registration.expires_at <= now {
        return Err(Problem::Gone);
    }
    Ok(registration)
}

/// Creates the account. Refused if the address has an account by now.
pub(super) async fn make_account(
    write: &Transaction,
    registration: registration::Model,
) -> Result<user::Model, Problem> {
    let tx = write.tx();
    if find_user_by_email(tx, &registration.email).await?.is_some() {
        return Err(Problem::Gone);
    }
    let new = NewUser {
        email: registration.email,
        name: registration.name,
        password_hash: registration.password_hash,
        time_zone: registration.time_zone,
        locale: registration.locale,
    };
    let user = insert_user(write, new).await?;
    let row = registration::ActiveModel {
        confirmed_at: Set(Some(write.now())),
        ..Default::default()
    };
    lookup::update_later::<registration::Entity>(write, registration.id, row);
    Ok(user)
}

fn describe(registration: &registration::Model) -> Registration {
    Registration {
        id: registration.id,
        code_expires_at: registration.code_expires_at,
        expires_at: registration.expires_at,
    }
}
