//! A link by which several people ask to join a circle, as a paper on the fridge of a ward.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, JoinLinkId, MemberId};
use super::membership::AccessLevel;
use crate::row::Row;

wire_enum! {
    /// The state of a join link.
    JoinLinkState {
        /// People can use it.
        Open = "open",
        /// Its time is over.
        Expired = "expired",
        /// As many people as it allows have used it.
        UsedUp = "used_up",
        /// A coordinator revoked it.
        Revoked = "revoked",
        /// The circle is kept in memory of the patient, archived, or about to be deleted. Nobody
        /// joins it any more.
        Closed = "closed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "join_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JoinLinkId,
    /// The access level of the people who join by it.
    pub access: AccessLevel,
    /// How many people can use it, and how many have.
    pub max_uses: i32,
    pub uses: i32,
    /// Whether a coordinator approves each person.
    pub needs_approval: bool,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether people can use it at this moment, or why not. `is_closed` says that nobody can join
    /// the circle any more.
    pub fn state_at(&self, now: DateTimeUtc, is_closed: bool) -> JoinLinkState {
        if is_closed {
            JoinLinkState::Closed
        } else if self.revoked_at.is_some() {
            JoinLinkState::Revoked
        } else if self.uses >= self.max_uses {
            JoinLinkState::UsedUp
        } else if self.expires_at <= now {
            JoinLinkState::Expired
        } else {
            JoinLinkState::Open
        }
    }
}
