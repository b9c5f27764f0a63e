//! A thread: a conversation. A topic thread is for all members who see its topic, a direct thread
//! for the members who are named in it, and a thread about an item for all who see the item.

use sea_orm::entity::prelude::*;

use super::ids::{AppointmentId, CircleId, MemberId, TaskId, ThreadId};
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// Who can see a thread.
    ThreadKind {
        /// All members who see its topic.
        Topic = "topic",
        /// Only the members who are named in it. The patient and coordinators do not see it either,
        /// unless they are named.
        Direct = "direct",
        /// All members who see the task or the appointment that it is about: its comments.
        Item = "item",
    }
}

wire_enum! {
    /// The state of a thread.
    ThreadState {
        /// Members can write in it.
        Open = "open",
        /// Archived: members can only read it until it is unarchived.
        Archived = "archived",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "threads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThreadId,
    pub kind: ThreadKind,
    /// Set unless it is a direct thread. In a thread about an item it is the topic of the item.
    pub topic: Option<Topic>,
    /// The task whose comments are in it.
    pub task_id: Option<TaskId>,
    /// The appointment whose comments are in it.
    pub appointment_id: Option<AppointmentId>,
    pub title: Option<String>,
    /// The member who set the title.
    pub titled_by: Option<MemberId>,
    pub state: ThreadState,
    /// The number of its newest message. Written under the circle's lock.
    pub last_number: i32,
    /// When the thread was created or its newest message was written. Lists are sorted by it.
    pub last_activity_at: DateTimeUtc,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// The hash of the request that created it, if the client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
