//! Lists the security events of an account for its owner.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::entity::change::ActorKind;
use crate::entity::ids::{SecurityEventId, SessionId};
use crate::entity::security_event::{self, Column, Entity, SecurityEventKind};
use crate::http::extract::Query;
use crate::http::pagination::{Listing, OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

list_query! {
    /// Which security events to list.
    pub struct SecurityEventQuery {}
}

/// Something that happened to your account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "occurred_at": "2027-01-02T12:00:00.000Z",
    "kind": "signed_in_on_new_device",
    "actor_kind": "session",
    "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "device_label": "Ana's phone",
    "address_prefix": "203.0.113.0/24",
    "request_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f"
})))]
pub struct SecurityEvent {
    /// The id of the security event.
    pub id: SecurityEventId,
    /// When it happened.
    #[serde(serialize_with = "in_milliseconds")]
    pub occurred_at: DateTime<Utc>,
    /// What happened.
    pub kind: SecurityEventKind,
    /// How somebody acted.
    pub actor_kind: ActorKind,
    /// The session that did it, or that was opened by it.
    pub session_id: Option<SessionId>,
    /// What that device was called.
    pub device_label: Option<String>,
    /// The network that the request came from: the first 24 bits of an IPv4 address, or the
    /// first 48 bits of an IPv6 address.
    pub address_prefix: Option<String>,
    /// The `X-Request-Id` of the request that did it.
    pub request_id: Option<String>,
}

impl From<security_event::Model> for SecurityEvent {
    fn from(row: security_event::Model) -> Self {
        Self {
            id: row.id,
            occurred_at: row.occurred_at,
            kind: row.kind,
            actor_kind: row.actor_kind,
            session_id: row.session_id,
            device_label: row.device_label,
            address_prefix: row.address_prefix,
            request_id: row.request_id,
        }
    }
}

page_of!(SecurityEventPage, SecurityEvent);

/// List the security events of your account.
///
/// The latest first: sign-ins and refused sign-ins; changes of the email address, the
/// password, passkeys, the authenticator app, sessions and personal access tokens; the
/// deletion of your account; and what an operator did. Events are kept for 400 days.
#[utoipa::path(
    get, path = "/me/security-events", tag = "security", params(SecurityEventQuery),
    responses((status = OK, description = "A page of events", body = SecurityEventPage), Problem),
)]
pub async fn list_security_events(
    app: App,
    caller: Caller,
    Query(query): Query<SecurityEventQuery>,
) -> Result<Page<SecurityEventPage>, Problem> {
    let list = format!("events of {}", caller.user_id());
    let listing = Listing::of(app.keys(), list, &query)?;
    let rows = caller.account().find::<Entity>();
    let order = OrderBy::descending(Column::OccurredAt, Column::Id);
    let (rows, next_cursor) = listing.page(app.reader(), rows, order).await?;
    let data = rows.into_iter().map(Into::into).collect();
    caller.listed(&SecurityEventPage { data, next_cursor })
}
