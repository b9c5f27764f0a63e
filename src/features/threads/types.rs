//! The schemas of threads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::ThreadVerb;
use crate::access::versioned;
use crate::entity::ids::{AppointmentId, CircleId, MemberId, MessageId, TaskId, ThreadId};
use crate::entity::membership::MemberState;
use crate::entity::thread::{ThreadKind, ThreadState};
use crate::entity::topic_grant::Topic;
use crate::platform::time::timestamps::in_milliseconds;

/// The thread in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ThreadPath {
    /// The id of the thread.
    #[param(inline)]
    pub thread_id: ThreadId,
}

/// A conversation, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 4,
    "kind": "topic",
    "topic": "daily",
    "task_id": null,
    "appointment_id": null,
    "title": "Visits at the hospital",
    "state": "open",
    "members": [],
    "last_message": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
        "number": 3,
        "author_name": "Ben Díaz",
        "body": "She slept well. The nurse comes at ten.",
        "truncated_fields": [],
        "is_deleted": false,
        "created_at": "2027-01-02T12:00:00.000Z",
        "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"
    },
    "last_read_number": 1,
    "unread_count": 2,
    "last_activity_at": "2027-01-02T12:00:00.000Z",
    "actions": ["create_message", "mark_read"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Thread {
    /// The id of the thread.
    pub id: ThreadId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// What kind of thread it is.
    pub kind: ThreadKind,
    /// What it is about: members who see this topic see the thread. Null in a direct thread.
    pub topic: Option<Topic>,
    /// The task whose comments it holds.
    pub task_id: Option<TaskId>,
    /// The appointment whose comments it holds.
    pub appointment_id: Option<AppointmentId>,
    /// What the thread is called; null if it has no title. Comments have the title of their task or
    /// appointment.
    pub title: Option<String>,
    /// The state of the thread.
    pub state: ThreadState,
    /// The members of a direct thread; empty in a thread about a topic.
    pub members: Vec<ThreadMember>,
    /// Its newest message; null if there is none that you can read.
    pub last_message: Option<LastMessage>,
    /// The number of the newest message that you have read; 0 if you have read none.
    pub last_read_number: i32,
    /// How many messages of other members came after that.
    pub unread_count: i64,
    /// When its newest message was sent; when it was started, if it has no messages.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_activity_at: DateTime<Utc>,
    /// What you can do now.
    #[schema(value_type = Vec<ThreadVerb>)]
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

/// A member of a direct thread.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "active"
})))]
pub struct ThreadMember {
    /// The id of the member.
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    /// The state of the member. A member who is `suspended`, `left` or `removed` cannot read the
    /// thread.
    pub state: MemberState,
}

/// The newest message of a thread, shortened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "number": 3,
    "author_name": "Ben Díaz",
    "body": "She slept well. The nurse comes at ten.",
    "truncated_fields": [],
    "is_deleted": false,
    "created_at": "2027-01-02T12:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"
})))]
pub struct LastMessage {
    /// The id of the message.
    pub id: MessageId,
    /// Its place in the thread, from 1, without gaps.
    pub number: i32,
    /// The name of the member who wrote it.
    pub author_name: String,
    /// Its first 500 characters; null if it was deleted.
    pub body: Option<String>,
    /// Names `body` if it is shortened. Get the message by its id to read it whole.
    pub truncated_fields: Vec<&'static str>,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who created it.
    pub created_by_member_id: Option<MemberId>,
}

versioned!(Thread in "threads");
