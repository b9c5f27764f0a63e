//! Lists the account's log, for its owner.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::entity::account_event::{self, Column, Entity, EventKind};
use crate::entity::change::ActorKind;
use crate::entity::ids::{AccountEventId, SessionId};
use crate::http::extract::Query;
use crate::http::pagination::{Listing, OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

list_query! {
    /// Which events of the account's log.
    pub struct AccountEventQuery {}
}

/// Something that happened to one's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "at": "2027-01-02T12:00:00.000Z",
    "kind": "signed_in_on_new_device",
    "way": "session",
    "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "device_label": "Ana's phone",
    "address_prefix": "203.0.113.0/24",
    "request_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f"
})))]
pub struct AccountEvent {
    pub id: AccountEventId,
    #[serde(serialize_with = "in_milliseconds")]
    pub at: DateTime<Utc>,
    pub kind: EventKind,
    pub way: ActorKind,
    /// The device that did it, or was opened by it.
    pub session_id: Option<SessionId>,
    /// What that device called itself.
    pub device_label: Option<String>,
    /// The network it came from: the first 24 bits of an IPv4, 48 of an IPv6 address.
    pub address_prefix: Option<String>,
    pub request_id: Option<String>,
}

impl From<account_event::Model> for AccountEvent {
    fn from(row: account_event::Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            way: row.way,
            session_id: row.session_id,
            device_label: row.device_label,
            address_prefix: row.address_prefix,
            request_id: row.request_id,
        }
    }
}

page_of!(AccountEventPage, AccountEvent);

/// List what happened to one's account.
///
/// Sign-ins and refused ones, changes of the address, of the password, passkeys, the
/// authenticator app, devices and access tokens, being erased, and what an operator
/// did, latest first. Kept for 400 days.
#[utoipa::path(
    get, path = "/me/events", tag = "accounts", params(AccountEventQuery),
    responses((status = OK, description = "A page of events", body = AccountEventPage), Problem),
)]
pub async fn list_account_events(
    app: App,
    caller: Caller,
    Query(query): Query<AccountEventQuery>,
) -> Result<Page<AccountEventPage>, Problem> {
    let list = format!("events of {}", caller.user_id());
    let listing = Listing::of(app.keys(), list, &query)?;
    let rows = caller.account().find::<Entity>();
    let order = OrderBy::descending(Column::At, Column::Id);
    let (rows, next_cursor) = listing.page(app.reader(), rows, order).await?;
    let data = rows.into_iter().map(Into::into).collect();
    caller.listed(&AccountEventPage { data, next_cursor })
}
