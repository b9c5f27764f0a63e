//! The schemas of messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, MessageId, ThreadId};
use crate::features::threads::rules::MessageVerb;
use crate::http::pagination::list_query;
use crate::platform::time::timestamps::in_milliseconds;

/// The message in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MessagePath {
    /// The id of the message.
    #[param(inline)]
    pub message_id: MessageId,
}

list_query! {
    /// Which page of messages or revisions to list.
    pub struct MessageQuery {}
}

/// A message, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "thread_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "number": 3,
    "author_name": "Ben Díaz",
    "body": "She slept well. The nurse comes at ten.",
    "reply_to_message_id": null,
    "mentioned_member_ids": [],
    "edited_at": null,
    "deleted_at": null,
    "actions": ["update", "delete"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Message {
    /// The id of the message.
    pub id: MessageId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The thread that it was sent to.
    pub thread_id: ThreadId,
    /// Its place in the thread, from 1, without gaps.
    pub number: i32,
    /// The name of the member who wrote it.
    pub author_name: String,
    /// Its text; null if it was deleted.
    pub body: Option<String>,
    /// The message that it replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The members whom it mentions.
    pub mentioned_member_ids: Vec<MemberId>,
    /// When its text was last edited; null if it never was.
    #[serde(serialize_with = "in_milliseconds")]
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was deleted; null if it was not.
    #[serde(serialize_with = "in_milliseconds")]
    pub deleted_at: Option<DateTime<Utc>>,
    /// What you can do now.
    #[schema(value_type = Vec<MessageVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who created it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Message in "messages");
