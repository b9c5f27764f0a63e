//! The member as the API shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::MemberVerb;
use crate::access::{MemberIdOrMe, TopicLevels, versioned};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{AccessLevel, Capacity, MemberState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::user::EmailState;
use crate::features::participation::ReleasedItem;
use crate::platform::time::timestamps::in_milliseconds;

/// The member in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MemberPath {
    /// The id of the member, or `me` for yourself.
    #[param(inline)]
    pub member_id: MemberIdOrMe,
}

/// A person in one circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "account_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "name": "Ben Díaz",
    "email": null,
    "email_state": null,
    "avatar_url": null,
    "access": "helper",
    "is_patient": false,
    "is_proxy": false,
    "relationship": "son",
    "phone": null,
    "capacity": "some_hours",
    "contact_member_id": null,
    "state": "active",
    "topic_levels": { "daily": "read", "family": "none", "health": "read", "decisions": "none" },
    "topic_expiries": { "daily": null, "family": null, "health": "2027-03-01T00:00:00.000Z", "decisions": null },
    "actions": [],
    "released": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Member {
    /// The id of the member. The same account is a different member in each circle.
    pub id: MemberId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The account of the member; null for a member without an account, or if it no longer exists.
    pub account_id: Option<UserId>,
    /// The member's name, as the others in the circle see it.
    pub name: String,
    /// The member's email address. Only coordinators and the member see it, and only
    /// while the member is in the circle.
    pub email: Option<String>,
    /// Whether emails to this address arrive. A coordinator who sees that they do not can ask the
    /// member for another address. Shown together with `email`.
    pub email_state: Option<EmailState>,
    /// Where the member's picture is, for an `<img>`; with `?size=small` it is smaller. Null if they
    /// have none, or are not in the circle any more. The address is yours: do not pass it on.
    pub avatar_url: Option<String>,
    /// The member's access level: what they may do.
    pub access: AccessLevel,
    /// Whether this member is the patient.
    pub is_patient: bool,
    /// Whether this member decides for the patient now: they set what each member sees, like the
    /// patient.
    pub is_proxy: bool,
    /// What the member is to the patient, such as "daughter".
    pub relationship: Option<String>,
    /// A phone number, if the member shares one with the circle.
    pub phone: Option<String>,
    /// How much time the member has for helping. Only coordinators, caregivers and the member see
    /// it; the patient does not.
    pub capacity: Option<Capacity>,
    /// The member who acts for a member without an account and gets their emails. Null for
    /// members who have an account.
    pub contact_member_id: Option<MemberId>,
    /// Whether the member takes part.
    pub state: MemberState,
    /// How far the member sees each topic. Only coordinators, the patient and the member
    /// see it.
    pub topic_levels: Option<MemberTopicLevels>,
    /// When each level ends; from then on it is `none`. Shown together with `topic_levels`.
    pub topic_expiries: Option<MemberTopicExpiries>,
    /// What you can do now.
    #[schema(value_type = Vec<MemberVerb>)]
    pub actions: Vec<&'static str>,
    /// What is open to others again because you changed the member's access or topics, as
    /// far as you may see it. Null in all other answers.
    pub released: Option<Vec<ReleasedItem>>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Member in "members");

/// How far a member sees each topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "daily": "read", "family": "none", "health": "none", "decisions": "none" })))]
pub struct MemberTopicLevels {
    /// The level for everyday things.
    pub daily: TopicLevel,
    /// The level for money, children and personal care.
    pub family: TopicLevel,
    /// The level for health.
    pub health: TopicLevel,
    /// The level for what the patient decides.
    pub decisions: TopicLevel,
}

impl From<TopicLevels> for MemberTopicLevels {
    fn from(levels: TopicLevels) -> Self {
        Self {
            daily: levels.level(Topic::Daily),
            family: levels.level(Topic::Family),
            health: levels.level(Topic::Health),
            decisions: levels.level(Topic::Decisions),
        }
    }
}

/// When each topic's level ends. Null means that it has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "daily": null, "family": null, "health": "2027-03-01T00:00:00.000Z", "decisions": null })))]
pub struct MemberTopicExpiries {
    /// When the level for everyday things ends.
    #[serde(serialize_with = "in_milliseconds")]
    pub daily: Option<DateTime<Utc>>,
    /// When the level for money, children and personal care ends.
    #[serde(serialize_with = "in_milliseconds")]
    pub family: Option<DateTime<Utc>>,
    /// When the level for health ends.
    #[serde(serialize_with = "in_milliseconds")]
    pub health: Option<DateTime<Utc>>,
    /// When the level for what the patient decides ends.
    #[serde(serialize_with = "in_milliseconds")]
    pub decisions: Option<DateTime<Utc>>,
}
