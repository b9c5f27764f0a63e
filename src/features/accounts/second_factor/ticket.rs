//! The ticket between the two factors. It proves that the first factor was right, and is valid
//! for five minutes and one use.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};

use super::types::SecondFactorChallenge;
use crate::auth::{AccountScope, lookup};
use crate::entity::ids::{KnownDeviceId, SecurityEventId, UserId};
use crate::entity::sign_in_ticket::{ActiveModel, Column, Entity, Model};
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::Transaction;
use crate::problem::Problem;

const LIFE: TimeDelta = TimeDelta::minutes(5);

/// Makes a ticket after the first factor was right. The attempt is its security event, and how many
/// attempts failed before it. The ticket is sent with the commit.
pub(in crate::features::accounts) fn ask(
    transaction: &Transaction,
    (security_event_id, failures): (SecurityEventId, i32),
    user_id: UserId,
    device: Option<KnownDeviceId>,
    device_label: Option<&str>,
) -> Result<SecondFactorChallenge, Problem> {
    let ticket = random_token()?;
    let expires_at = transaction.now() + LIFE;
    let row = ActiveModel {
        id: Set(transaction.new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256(ticket.as_bytes())),
        known_device_id: Set(device),
        device_label: Set(device_label.map(str::to_owned)),
        security_event_id: Set(security_event_id),
        failures: Set(failures),
        created_at: Set(transaction.now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    AccountScope::of(user_id).insert_all_later::<Entity>(transaction, [row]);
    Ok(SecondFactorChallenge { ticket, expires_at })
}

pub(super) async fn find_open(transaction: &Transaction, ticket: &str) -> Result<Model, Problem> {
    lookup::by_hash::<Entity>(ticket)
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(transaction.now()))
        .one(transaction.tx())
        .await?
        .ok_or(Problem::Gone)
}

/// Uses up a ticket that was read behind the lock of its account. It is sent with the commit.
pub(super) fn use_up(transaction: &Transaction, ticket: &Model) {
    let row = ActiveModel {
        used_at: Set(Some(transaction.now())),
        ..Default::default()
    };
    let this_one = Column::Id.eq(ticket.id);
    AccountScope::of(ticket.user_id).update_all_later::<Entity>(transaction, row, this_one);
}
