//! The bodies about messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, MessageId, ThreadId};
use crate::http::pagination::list_query;
use crate::platform::time::timestamps::in_milliseconds;

/// The message in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MessagePath {
    /// The message.
    #[param(inline)]
    pub message_id: MessageId,
}

list_query! {
    /// Which messages, or which of a message's earlier bodies.
    pub struct MessageQuery {}
}

/// A message, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "thread_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "number": 3,
    "author_name": "Ben Díaz",
    "body": "She slept well. The nurse comes at ten.",
    "reply_to": null,
    "mentions": [],
    "edited_at": null,
    "deleted_at": null,
    "actions": ["change", "delete"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Message {
    pub id: MessageId,
    pub circle_id: CircleId,
    pub version: i32,
    pub thread_id: ThreadId,
    /// Its place in the thread, from 1, without gaps.
    pub number: i32,
    pub author_name: String,
    /// Null once it is deleted.
    pub body: Option<String>,
    pub reply_to: Option<MessageId>,
    /// The members it mentions.
    pub mentions: Vec<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub edited_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub deleted_at: Option<DateTime<Utc>>,
    /// What the reader may do now: `change`, `delete`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Message in "messages");
