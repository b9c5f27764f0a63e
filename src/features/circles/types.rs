//! The bodies about a circle and its members.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::circle_rules::{CircleFacts, CircleVerb};
use crate::access::change_log::merge_patch;
use crate::access::{CircleScope, TopicLevels, Verb};
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::Released;
use crate::http::pagination::page_of;
use crate::http::response::Versioned;
use crate::platform::text::{
    CircleAlias, CircleName, PatientAbout, PersonName, Phone, Relationship,
};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::platform::time::timestamps::in_milliseconds;

/// A circle to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" })))]
pub struct NewCircle {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<CircleId>,
    /// What the patient likes to be called.
    #[garde(dive)]
    pub patient_name: PersonName,
    #[serde(default)]
    #[garde(dive)]
    pub patient_about: Option<PatientAbout>,
    /// Default: the patient's name.
    #[serde(default)]
    #[garde(dive)]
    pub name: Option<CircleName>,
    /// Default: one's own first name, as in "Ana's circle".
    #[serde(default)]
    #[garde(dive)]
    pub alias: Option<CircleAlias>,
    /// Default: one's own time zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    /// Whether the founder is the patient; this is one of the two ways to be linked as such.
    #[serde(default)]
    #[garde(skip)]
    pub i_am_the_patient: bool,
}

merge_patch! {
    /// What to change of a circle.
    #[schema(examples(json!({ "name": "Rosa's people" })))]
    #[schema(as = CircleChanges)]
    pub struct CirclePatch for circle {
        #[garde(dive)]
        name: CircleName,
        #[garde(dive)]
        alias: CircleAlias,
        #[garde(dive)]
        time_zone: ZoneName,
        #[garde(dive)]
        patient_name: PersonName,
        #[garde(dive)]
        patient_about: PatientAbout | null,
    }
}

/// A family circle, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "name": "Rosa",
    "alias": "Ana's circle",
    "time_zone": "Europe/Berlin",
    "patient": { "name": "Rosa", "about": null, "member_id": null },
    "my_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "my_access": "coordinator",
    "actions": ["change", "invite", "delete", "leave"],
    "erase_at": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Circle {
    pub id: CircleId,
    pub version: i32,
    pub name: String,
    /// The neutral label that mails use.
    pub alias: String,
    pub time_zone: String,
    pub patient: Patient,
    pub my_member_id: Option<MemberId>,
    pub my_access: Option<Access>,
    /// What the reader may do with it now: `change`, `invite`, `delete`, `keep`, `leave`.
    pub actions: Vec<&'static str>,
    /// When it is going to be erased, if somebody asked for that.
    #[serde(serialize_with = "in_milliseconds")]
    pub erase_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// The person the circle formed around.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "name": "Rosa", "about": null, "member_id": null })))]
pub struct Patient {
    pub name: String,
    pub about: Option<String>,
    /// The patient's own membership, once they have one.
    pub member_id: Option<MemberId>,
}

impl Versioned for Circle {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}", self.id)
    }
}

/// The circle as its reader sees it.
pub(super) fn circle(row: circle::Model, scope: &CircleScope, patient: Option<MemberId>) -> Circle {
    let facts = CircleFacts {
        scope,
        circle: &row,
        patient,
    };
    Circle {
        actions: CircleVerb::actions(&facts),
        id: row.id,
        version: row.version,
        name: row.name,
        alias: row.alias,
        time_zone: row.time_zone,
        patient: Patient {
            name: row.patient_name,
            about: row.patient_about,
            member_id: patient,
        },
        my_member_id: scope.member_id(),
        my_access: scope.access(),
        erase_at: row.erase_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

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

impl Versioned for Member {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/members/{}", self.circle_id, self.id)
    }
}

page_of!(MemberPage, Member);

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

merge_patch! {
    /// What to change of a member.
    ///
    /// Name and phone are one's own; access and relationship are the coordinators' to change.
    #[schema(examples(json!({ "access": "caregiver" })))]
    #[schema(as = MemberChanges)]
    pub struct MemberPatch for membership {
        #[garde(dive)]
        name: PersonName,
        #[garde(dive)]
        phone: Phone | null,
        #[garde(dive)]
        relationship: Relationship | null,
        #[garde(skip)]
        access: Access,
    }
}

/// How somebody goes, or is suspended.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "hand_to": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct Departure {
    /// Who is asked to take over what they held, as far as they see it and take things on;
    /// the rest is open to all again.
    #[serde(default, rename = "hand_to")]
    #[garde(skip)]
    pub reassign_to: Option<MemberId>,
    /// Who becomes coordinator when the last one goes; not taken otherwise.
    #[serde(default)]
    #[garde(skip)]
    pub successor: Option<MemberId>,
}

/// What somebody held who went or was suspended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "state": "left",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct Departed {
    pub member_id: MemberId,
    pub state: MemberState,
    /// What is open to others now, as far as the reader may see it.
    pub released: Vec<Released>,
}
