//! The conflicts (409): the state of a thing, other things or a limit do not allow a request.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Problem;

/// What stands in the way of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub code: &'static str,
    pub detail: &'static str,
    /// The state the subject is in.
    pub state: Option<&'static str>,
    /// The verbs the caller may use on it now.
    pub actions: Vec<&'static str>,
    /// What stands in the way.
    pub conflicts: Vec<ConflictWith>,
    /// The limit that is reached.
    pub limit: Option<&'static str>,
}

impl Conflict {
    /// A conflict that needs no more than its name.
    pub fn of(code: &'static str, detail: &'static str) -> Self {
        Self {
            code,
            detail,
            state: None,
            actions: Vec::new(),
            conflicts: Vec::new(),
            limit: None,
        }
    }

    /// A verb that does not fit the state.
    pub fn invalid_transition(state: &'static str, actions: Vec<&'static str>) -> Self {
        Self {
            state: Some(state),
            actions,
            ..Self::of(
                "invalid_transition",
                "That is not possible in the state this is in.",
            )
        }
    }

    /// The client has made something else under the id that it chose.
    pub fn id_reused() -> Self {
        let detail = "You created something else with this id before, and nothing of this \
            request was kept. Change that one, or choose a new id.";
        Self::of("id_reused", detail)
    }

    /// The client chose an id that is taken.
    pub fn id_taken() -> Self {
        Self::of("id_taken", "Something else has this id. Choose a new one.")
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

/// A thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"})))]
pub struct ConflictWith {
    /// What it is: `task`, `need`, `appointment`, …; `busy` for something of yours
    /// that is not shown here: it lies in another circle, or you do not see its topic.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Not with `busy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Only with `busy`: when it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// Only with `busy`: when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
}

impl ConflictWith {
    /// Something that the caller sees.
    pub fn of(kind: &'static str, id: Uuid) -> Self {
        Self {
            kind,
            id: Some(id),
            starts_at: None,
            ends_at: None,
        }
    }

    /// Something of which the caller is told no more than the time, in RFC 3339.
    pub fn busy(from: String, to: String) -> Self {
        Self {
            kind: "busy",
            id: None,
            starts_at: Some(from),
            ends_at: Some(to),
        }
    }
}
