//! What confirming and undoing a change of address have in common.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, IntoActiveModel};

use crate::auth::{Account, Event, note_event};
use crate::entity::account_event::EventKind;
use crate::entity::change::Way;
use crate::entity::ids::UserId;
use crate::entity::user;
use crate::http::request::RequestInfo;
use crate::platform::db::Transaction;
use crate::problem::{Conflict, OnConflict, Problem};

pub(super) const UNDO_LIFE: TimeDelta = TimeDelta::hours(72);

pub(super) async fn note(
    write: &Transaction,
    kind: EventKind,
    user_id: UserId,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let event = Event {
        way: Way::Mail,
        ..Event::of(kind, user_id, request)
    };
    note_event(write, event).await?;
    Ok(())
}

pub(super) async fn set_email(
    tx: &DatabaseTransaction,
    user: user::Model,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let (account, version) = (Account::of(user.id), user.version + 1);
    let mut row = user.into_active_model();
    row.email = Set(email.to_owned());
    row.version = Set(version);
    row.updated_at = Set(now);
    let updated = account.update::<user::Entity>(tx, row).await;
    // Two accounts may move to this address at once: the second is refused.
    let conflict = Conflict::of("gone", "This address is taken by now.");
    match updated.on_conflict(conflict) {
        Ok(_) => Ok(()),
        Err(Problem::Conflict(_)) => Err(Problem::Gone),
        Err(problem) => Err(problem),
    }
}
