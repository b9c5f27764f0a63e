//! Conflicts (409): the state of a thing, another thing or a limit does not allow a request.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Problem, ProblemCode};
use crate::entity::wire_enum;

/// Why the current state does not allow a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// A code with the status 409.
    pub code: ProblemCode,
    pub detail: &'static str,
    /// The state of the thing that the caller tried to change.
    pub state: Option<&'static str>,
    /// What the caller can do with it now.
    pub actions: Vec<&'static str>,
    /// The things that prevent the request.
    pub conflicts: Vec<ConflictingItem>,
    /// The limit that is reached.
    pub limit: Option<&'static str>,
}

impl Conflict {
    /// A conflict with a code and a sentence only.
    pub fn of(code: ProblemCode, detail: &'static str) -> Self {
        Self {
            code,
            detail,
            state: None,
            actions: Vec::new(),
            conflicts: Vec::new(),
            limit: None,
        }
    }

    /// The verb is not possible in this state.
    pub fn invalid_transition(state: &'static str, actions: Vec<&'static str>) -> Self {
        Self {
            state: Some(state),
            actions,
            ..Self::of(
                ProblemCode::InvalidTransition,
                "This is not possible in its current state. Read it again: `actions` lists what you can do now.",
            )
        }
    }

    /// The client created something else with this id before.
    pub fn id_reused() -> Self {
        let detail = "You created something else with this id before. Nothing of this request \
            was stored. Update the existing one, or send a new id.";
        Self::of(ProblemCode::IdReused, detail)
    }

    /// The client chose an id that something else has already.
    pub fn id_taken() -> Self {
        Self::of(
            ProblemCode::IdTaken,
            "Something else has this id. Send a new id.",
        )
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

wire_enum! {
    /// What prevents a request, in the document.
    ConflictingItemType {
        /// A task.
        Task = "task",
        /// A need of an appointment.
        Need = "need",
        /// An appointment.
        Appointment = "appointment",
        /// A role assignment.
        RoleAssignment = "role_assignment",
        /// A circle.
        Circle = "circle",
        /// Something of yours that is not shown here, because it is in another circle or you do
        /// not see its topic.
        Busy = "busy",
    }
}

/// A thing that prevents a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"})))]
pub struct ConflictingItem {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(value_type = ConflictingItemType)]
    pub kind: &'static str,
    /// The id of the thing. Left out with `busy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Only with `busy`: when it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// Only with `busy`: when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
}

impl ConflictingItem {
    /// Something that the caller can see.
    pub fn of(kind: &'static str, id: Uuid) -> Self {
        Self {
            kind,
            id: Some(id),
            starts_at: None,
            ends_at: None,
        }
    }

    /// Something that the caller cannot see here. Only its time is told, in RFC 3339.
    pub fn busy(from: String, to: String) -> Self {
        Self {
            kind: "busy",
            id: None,
            starts_at: Some(from),
            ends_at: Some(to),
        }
    }
}
