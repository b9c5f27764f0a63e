//! A person in a circle. A person who comes back gets the same row, so that the history still
//! shows their name.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, UserId};

wire_enum! {
    /// What a member may do; being the patient adds to it.
    Access {
        /// Manages the circle and everything in it.
        Coordinator = "coordinator",
        /// Creates and changes what is planned.
        Caregiver = "caregiver",
        /// Takes things on and proposes.
        Helper = "helper",
        /// Looks on.
        Viewer = "viewer",
    }
}

wire_enum! {
    /// Whether a member takes part.
    MemberState {
        /// Takes part.
        Active = "active",
        /// Sees nothing for now.
        Suspended = "suspended",
        /// Is having their account erased: still sees the circle, takes nothing on.
        Leaving = "leaving",
        /// Went by themselves.
        Left = "left",
        /// Was removed.
        Removed = "removed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberId,
    pub user_id: Option<UserId>,
    pub name: String,
    pub access: Access,
    pub is_patient: bool,
    pub relationship: Option<String>,
    /// Shared with the circle by choice.
    pub phone: Option<String>,
    pub state: MemberState,
    /// When they last came in: `created_at` is when they first did.
    pub joined_at: DateTimeUtc,
    /// Counts the moves of their read cursors.
    pub reads: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
