//! The level of one topic for one member.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId};
use crate::row::Row;

wire_enum! {
    /// What something is about. The topic decides who can see it.
    Topic {
        /// Everyday life.
        Daily = "daily",
        /// Family matters: money, children, personal care.
        Family = "family",
        /// Health.
        Health = "health",
        /// The decisions of the patient.
        Decisions = "decisions",
    }
}

wire_enum! {
    /// How far a member sees a topic. Each level includes the ones before it.
    TopicLevel {
        /// Does not see it.
        None = "none",
        /// Sees it, and can suggest, claim and respond.
        Read = "read",
        /// Can also create and change things.
        Write = "write",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "topic_grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub topic: Topic,
    pub level: TopicLevel,
    /// The moment from which the level is `none`.
    pub until: Option<DateTimeUtc>,
    /// The highest level that a coordinator can set, if the patient has chosen one.
    pub patient_limit: Option<TopicLevel>,
    /// The moment from which that limit is `none`.
    pub patient_limit_until: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
