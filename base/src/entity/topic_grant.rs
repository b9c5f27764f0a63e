//! What a member may see of one topic.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId};

wire_enum! {
    /// What something is about; decides who sees it.
    Topic {
        /// Everyday things.
        Daily = "daily",
        /// Money, children, personal care.
        Family = "family",
        /// Health.
        Health = "health",
        /// What the patient decides.
        Decisions = "decisions",
    }
}

wire_enum! {
    /// How far a member's sight of a topic goes. The values are ordered.
    TopicLevel {
        /// Does not see it.
        None = "none",
        /// Sees it and takes part: propose, claim, answer.
        Read = "read",
        /// Also creates and changes.
        Write = "write",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "topic_grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: Topic,
    pub level: TopicLevel,
    /// From then on the level is `none`.
    pub until: Option<DateTimeUtc>,
    /// The most a coordinator may grant, once the patient has set it.
    pub patient_limit: Option<TopicLevel>,
    /// From then on the limit is `none`.
    pub patient_limit_until: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
