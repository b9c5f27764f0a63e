//! The request of a person with an account to join a circle. They used a join link.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, JoinLinkId, JoinRequestId, MemberId, UserId};
use crate::row::Row;

wire_enum! {
    /// The state of a join request.
    JoinRequestState {
        /// Waits for a coordinator.
        Pending = "pending",
        /// The person has joined.
        Approved = "approved",
        /// A coordinator declined it.
        Declined = "declined",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "join_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JoinRequestId,
    pub join_link_id: JoinLinkId,
    pub user_id: UserId,
    /// The name of the account when it asked.
    pub name: String,
    pub note: Option<String>,
    pub state: JoinRequestState,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
