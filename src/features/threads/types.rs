//! The bodies about threads.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::merge_patch;
use crate::entity::ids::{CircleId, MemberId, MessageId, ThreadId};
use crate::entity::membership::MemberState;
use crate::entity::thread::{self, ThreadKind, ThreadState};
use crate::entity::topic_grant::Topic;
use crate::http::pagination::{list_query, page_of};
use crate::http::response::Resource;
use crate::platform::text::Title;
use crate::platform::time::timestamps::in_milliseconds;

/// The thread in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ThreadPath {
    /// The thread.
    #[param(inline)]
    pub thread_id: ThreadId,
}

list_query! {
    /// Which threads.
    pub struct ThreadQuery {
        /// Only threads in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<ThreadState>,
        /// Only threads of one of these kinds.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<ThreadKind>,
    }
}

/// A thread to be: about a topic, or between people.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "Visits at the hospital", "topic": "daily" })))]
pub struct NewThread {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<ThreadId>,
    /// Required with `topic`.
    #[serde(default)]
    #[garde(dive)]
    pub title: Option<Title>,
    /// For everybody who sees this topic.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    /// For these members and oneself only, whoever else sees what; not together
    /// with `topic`.
    #[serde(default)]
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub member_ids: Option<Vec<MemberId>>,
}

merge_patch! {
    /// What to change of a thread.
    #[schema(examples(json!({ "title": "Visits at home" })))]
    pub struct ThreadChanges for thread {
        /// A thread about a topic keeps one.
        #[garde(dive)]
        title: Title | null,
    }
}

/// How far one has read.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "up_to": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51" })))]
pub struct ReadMark {
    /// The newest message one has read.
    #[garde(skip)]
    pub up_to: MessageId,
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

impl Resource for Thread {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/threads/{}", self.circle_id, self.id)
    }
}

page_of!(ThreadPage, Thread);
