//! What confirming and undoing a change of email address share.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, IntoActiveModel};

use crate::auth::{AccountScope, Event, note_event, one_account_an_address};
use crate::entity::change::ActorKind;
use crate::entity::ids::UserId;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user;
use crate::http::request::RequestInfo;
use crate::platform::db::{OnConstraint, Transaction};
use crate::problem::Problem;

pub(super) const UNDO_LIFE: TimeDelta = TimeDelta::hours(72);

pub(super) fn note(
    write: &Transaction,
    kind: SecurityEventKind,
    user_id: UserId,
    request: &RequestInfo,
) {
    let event = Event {
        actor_kind: ActorKind::EmailLink,
        ..Event::of(kind, user_id, request)
    };
    note_event(write, event);
}

pub(super) async fn set_email(
    tx: &DatabaseTransaction,
    user: user::Model,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let (account, version) = (AccountScope::of(user.id), user.version + 1);
    let mut row = user.into_active_model();
    row.email = Set(email.to_owned());
    row.bouncing_since = Set(None);
    row.bounces = Set(0);
    row.version = Set(version);
    row.updated_at = Set(now);
    let updated = account.update::<user::Entity>(tx, row).await;
    // Two accounts may change to this address at the same time: the second is refused.
    updated.on_constraint(&one_account_an_address(), Problem::Gone)?;
    Ok(())
}
