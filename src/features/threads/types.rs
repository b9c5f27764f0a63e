//! The bodies about threads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, MessageId, ThreadId};
use crate::entity::membership::MemberState;
use crate::entity::thread::{ThreadKind, ThreadState};
use crate::entity::topic_grant::Topic;
use crate::platform::time::timestamps::in_milliseconds;

/// The thread in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ThreadPath {
    /// The thread.
    #[param(inline)]
    pub thread_id: ThreadId,
}

/// A conversation, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 4,
    "kind": "topic",
    "topic": "daily",
    "title": "Visits at the hospital",
    "state": "open",
    "members": [],
    "last_message": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
        "number": 3,
        "author_name": "Ben Díaz",
        "body": "She slept well. The nurse comes at ten.",
        "truncated": [],
        "is_deleted": false,
        "created_at": "2027-01-02T12:00:00.000Z",
        "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"
    },
    "read_up_to": 1,
    "unread_count": 2,
    "last_activity_at": "2027-01-02T12:00:00.000Z",
    "actions": ["write", "read"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Thread {
    pub id: ThreadId,
    pub circle_id: CircleId,
    pub version: i32,
    pub kind: ThreadKind,
    /// Who sees it sees the thread; null in a direct one.
    pub topic: Option<Topic>,
    pub title: Option<String>,
    pub state: ThreadState,
    /// Who is named in a direct thread.
    pub members: Vec<ThreadMember>,
    /// The newest one.
    pub last_message: Option<LastMessage>,
    /// The number of the newest message the reader has read; 0 is none.
    pub read_up_to: i32,
    /// How many messages of others came after that.
    pub unread_count: i64,
    /// When it began, or its newest message was written.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_activity_at: DateTime<Utc>,
    /// What the reader may do now: `write`, `change`, `archive`, `reopen`, `read`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// Somebody who is named in a thread.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "active"
})))]
pub struct ThreadMember {
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    /// Who is not active in the circle does not read along.
    pub state: MemberState,
}

/// The newest message of a thread, as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "number": 3,
    "author_name": "Ben Díaz",
    "body": "She slept well. The nurse comes at ten.",
    "truncated": [],
    "is_deleted": false,
    "created_at": "2027-01-02T12:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"
})))]
pub struct LastMessage {
    pub id: MessageId,
    pub number: i32,
    pub author_name: String,
    /// Its first 500 characters; null once it is deleted.
    pub body: Option<String>,
    /// `body` if there is more of it: read the message for the whole.
    pub truncated: Vec<&'static str>,
    pub is_deleted: bool,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
}

versioned!(Thread in "threads");
