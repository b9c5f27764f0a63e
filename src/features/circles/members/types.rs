//! The member as the API shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{TopicLevels, versioned};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{Access, MemberState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::Released;
use crate::platform::time::timestamps::in_milliseconds;

/// The member in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MemberPath {
    /// The member.
    #[param(inline)]
    pub member_id: MemberId,
}

/// A person in the circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "user_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "name": "Ben Díaz",
    "email": null,
    "access": "helper",
    "is_patient": false,
    "relationship": "son",
    "phone": null,
    "state": "active",
    "topics": { "daily": "read", "family": "none", "health": "read", "decisions": "none" },
    "topics_until": { "daily": null, "family": null, "health": "2027-03-01T00:00:00.000Z", "decisions": null },
    "actions": [],
    "released": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Member {
    pub id: MemberId,
    pub circle_id: CircleId,
    pub version: i32,
    pub user_id: Option<UserId>,
    pub name: String,
    /// Shown to coordinators and to oneself.
    pub email: Option<String>,
    pub access: Access,
    pub is_patient: bool,
    pub relationship: Option<String>,
    /// Shared by choice.
    pub phone: Option<String>,
    pub state: MemberState,
    /// What they see; shown to coordinators, the patient and to oneself.
    pub topics: Option<Topics>,
    /// When a level ends; from then on it is `none`. Shown with `topics`.
    pub topics_until: Option<TopicEnds>,
    /// What the reader may do now: `change`, `grant_topics`, `suspend`, `reinstate`, `remove`, `leave`.
    pub actions: Vec<&'static str>,
    /// What a change of the member's access or topics opened to others, as far as the
    /// reader may see it. Null but in the answer to such a change.
    pub released: Option<Vec<Released>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Member in "members");

/// A level for each topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "daily": "read", "family": "none", "health": "none", "decisions": "none" })))]
pub struct Topics {
    pub daily: TopicLevel,
    pub family: TopicLevel,
    pub health: TopicLevel,
    pub decisions: TopicLevel,
}

impl From<TopicLevels> for Topics {
    fn from(levels: TopicLevels) -> Self {
        Self {
            daily: levels.level(Topic::Daily),
            family: levels.level(Topic::Family),
            health: levels.level(Topic::Health),
            decisions: levels.level(Topic::Decisions),
        }
    }
}

/// When each topic's level ends; null means it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "daily": null, "family": null, "health": "2027-03-01T00:00:00.000Z", "decisions": null })))]
pub struct TopicEnds {
    #[serde(serialize_with = "in_milliseconds")]
    pub daily: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub family: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub health: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub decisions: Option<DateTime<Utc>>,
}
