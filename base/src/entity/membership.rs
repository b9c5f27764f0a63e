//! A member: a person in one circle. A person who comes back gets the same row, so that the
//! history still shows their name.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, UserId};
use crate::row::Row;

wire_enum! {
    /// What a member may do. The patient may do more than the access level says.
    AccessLevel {
        /// Manages the circle and everything in it.
        Coordinator = "coordinator",
        /// Creates and changes what is planned.
        Caregiver = "caregiver",
        /// Claims what others plan, and suggests tasks.
        Helper = "helper",
        /// Sees what is planned and changes nothing.
        Viewer = "viewer",
    }
}

impl AccessLevel {
    /// Members of this level, as a sentence names them.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinators",
            Self::Caregiver => "caregivers",
            Self::Helper => "helpers",
            Self::Viewer => "viewers",
        }
    }
}

wire_enum! {
    /// How much time a member has for helping, as they say themselves.
    Capacity {
        /// A little now and then.
        ALittle = "a_little",
        /// Some hours a week.
        SomeHours = "some_hours",
        /// A lot.
        ALot = "a_lot",
    }
}

wire_enum! {
    /// How much your emails say of what they are about.
    EmailDetail {
        /// Nothing: only that there is something, and when it is.
        Nothing = "nothing",
        /// The kind, such as "a ride" or "an appointment".
        Kind = "kind",
        /// The title and the place.
        Title = "title",
    }
}

wire_enum! {
    /// The state of a member.
    MemberState {
        /// In the circle.
        Active = "active",
        /// Suspended: sees nothing for now.
        Suspended = "suspended",
        /// The deletion of their account is scheduled. They still see the circle, but cannot claim
        /// anything.
        Leaving = "leaving",
        /// Left the circle.
        Left = "left",
        /// Removed from the circle.
        Removed = "removed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberId,
    /// The account; null for a managed member, who has none, and for a member who was erased.
    pub user_id: Option<UserId>,
    /// The member who acts for a managed member and gets their emails.
    pub contact_member_id: Option<MemberId>,
    pub name: String,
    pub access: AccessLevel,
    pub is_patient: bool,
    /// Whether the member decides for the patient now: their proxy is active.
    pub is_proxy: bool,
    pub relationship: Option<String>,
    /// The member chose to show it to the circle.
    pub phone: Option<String>,
    pub capacity: Option<Capacity>,
    pub state: MemberState,
    /// When they last joined; `created_at` is when they first joined.
    pub joined_at: DateTimeUtc,
    /// Counts how often one of their read cursors moved; part of the entity tags of threads.
    pub reads: i32,
    /// The number of the newest line of the change log that they have marked as seen.
    pub seen_seq: i64,
    /// How much the emails of this circle to them say. `None`: nothing.
    pub email_detail: Option<EmailDetail>,
    /// Since when their emails may say it of health topics too. `None`: they may not.
    pub email_health_since: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the member takes part without an account: another member acts for them.
    pub fn is_managed(&self) -> bool {
        self.user_id.is_none() && self.contact_member_id.is_some()
    }
}
