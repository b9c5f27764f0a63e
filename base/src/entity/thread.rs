//! A conversation. A topic thread is for the members who see its topic, a direct thread for the
//! members named in it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, ThreadId};
use super::topic_grant::Topic;

wire_enum! {
    /// Whom a thread is for.
    ThreadKind {
        /// Everybody who sees its topic.
        Topic = "topic",
        /// Only those who are named in it; not even the patient or a coordinator otherwise.
        Direct = "direct",
    }
}

wire_enum! {
    /// Whether a thread goes on.
    ThreadState {
        /// One can write in it.
        Open = "open",
        /// To be read only, until it is reopened.
        Archived = "archived",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "threads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThreadId,
    pub kind: ThreadKind,
    /// Of a topic thread.
    pub topic: Option<Topic>,
    pub title: Option<String>,
    /// The member who set the title.
    pub titled_by: Option<MemberId>,
    pub state: ThreadState,
    /// The number of its newest message; counted under the circle's lock.
    pub last_number: i32,
    /// When the thread was created or its newest message was written. Lists are sorted by it.
    pub last_activity_at: DateTimeUtc,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// A hash of the request that made it, where its client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
