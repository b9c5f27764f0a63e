//! The account's log. What happens to an account belongs to no circle, and its
//! owner is the only reader.

use sea_orm::{ActiveValue::Set, Condition, DatabaseTransaction};
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::entity::account_event::{ActiveModel, Entity, EventKind};
use crate::entity::change::ActorKind;
use crate::entity::ids::{AccountEventId, SessionId, UserId};
use crate::http::request::RequestInfo;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// Something that happened to an account.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub kind: EventKind,
    pub user_id: Option<UserId>,
    pub way: ActorKind,
    pub session_id: Option<SessionId>,
    pub device_label: Option<&'a str>,
    pub request: Option<&'a RequestInfo>,
}

impl<'a> Event<'a> {
    /// Something that a person did, signed in or not.
    pub fn of(kind: EventKind, user_id: UserId, request: &'a RequestInfo) -> Self {
        Self {
            kind,
            user_id: Some(user_id),
            way: ActorKind::Session,
            session_id: None,
            device_label: None,
            request: Some(request),
        }
    }
}

/// The job that tells the owner of an account what happened to it. It is enqueued where
/// the event is noted; the mail is written beside the other mails about accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailAccountEvent {
    pub account_event_id: AccountEventId,
}

/// Appends to the account's log, in this transaction.
pub async fn note_event(write: &Transaction, event: Event<'_>) -> Result<AccountEventId, Problem> {
    let id: AccountEventId = write.new_id();
    let request = event.request;
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(event.user_id),
        at: Set(write.now()),
        kind: Set(event.kind),
        way: Set(event.way),
        session_id: Set(event.session_id),
        device_label: Set(event.device_label.map(str::to_owned)),
        request_id: Set(request.map(|request| request.id.clone())),
        address_prefix: Set(request.and_then(|request| request.address_prefix.clone())),
    };
    lookup::insert_all::<Entity>(write.tx(), [row]).await?;
    Ok(id)
}

/// Writes down how it ended: an event that may fail is noted as refused first.
pub async fn settle_event(
    tx: &DatabaseTransaction,
    id: AccountEventId,
    kind: EventKind,
    session_id: Option<SessionId>,
) -> Result<(), Problem> {
    let row = ActiveModel {
        kind: Set(kind),
        session_id: Set(session_id),
        ..Default::default()
    };
    lookup::update_if::<Entity>(tx, id, row, Condition::all()).await?;
    Ok(())
}
