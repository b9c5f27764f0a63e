//! The security events of an account. They belong to no circle, and only the owner of the account
//! reads them.

use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::entity::change::ActorKind;
use crate::entity::ids::{SecurityEventId, SessionId, UserId};
use crate::entity::security_event::{ActiveModel, Entity, SecurityEventKind};
use crate::http::request::RequestInfo;
use crate::platform::db::Transaction;

/// Something that happened to an account.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub kind: SecurityEventKind,
    pub user_id: Option<UserId>,
    pub actor_kind: ActorKind,
    pub session_id: Option<SessionId>,
    pub device_label: Option<&'a str>,
    pub request: Option<&'a RequestInfo>,
}

impl<'a> Event<'a> {
    /// An event that a person caused, signed in or not.
    pub fn of(kind: SecurityEventKind, user_id: UserId, request: &'a RequestInfo) -> Self {
        Self {
            kind,
            user_id: Some(user_id),
            actor_kind: ActorKind::Session,
            session_id: None,
            device_label: None,
            request: Some(request),
        }
    }
}

/// The job that mails the owner of an account what happened to it. It is enqueued where the event
/// is noted. `features/accounts/mail.rs` runs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailSecurityEvent {
    pub security_event_id: SecurityEventId,
}

/// Notes a security event, in this transaction. It is sent with the commit.
pub fn note_event(write: &Transaction, event: Event<'_>) -> SecurityEventId {
    let id: SecurityEventId = write.new_id();
    let request = event.request;
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(event.user_id),
        occurred_at: Set(write.now()),
        kind: Set(event.kind),
        actor_kind: Set(event.actor_kind),
        session_id: Set(event.session_id),
        device_label: Set(event.device_label.map(str::to_owned)),
        request_id: Set(request.map(|request| request.id.clone())),
        address_prefix: Set(request.and_then(|request| request.address_prefix.clone())),
    };
    lookup::insert_all_later::<Entity>(write, [row]);
    id
}

/// Sets the outcome of an event that was noted in an earlier transaction. An attempt that can fail
/// is noted as refused at first. It is sent with the commit.
pub fn settle_event(
    write: &Transaction,
    id: SecurityEventId,
    kind: SecurityEventKind,
    session_id: Option<SessionId>,
) {
    let row = ActiveModel {
        kind: Set(kind),
        session_id: Set(session_id),
        ..Default::default()
    };
    lookup::update_later::<Entity>(write, id, row);
}
