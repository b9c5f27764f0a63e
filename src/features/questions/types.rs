//! The bodies about questions for the care team.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::QuestionVerb;
use crate::access::versioned;
use crate::entity::ids::{AppointmentId, CircleId, MemberId, QuestionId};
use crate::entity::question::QuestionState;
use crate::entity::topic_grant::Topic;
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;

/// The question in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct QuestionPath {
    /// The id of the question.
    #[param(inline)]
    pub question_id: QuestionId,
}

/// A question for the care team, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c70",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "text": "Can she take the tablets with food?",
    "topic": "health",
    "state": "planned",
    "appointment_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "carried_over": false,
    "answer": null,
    "heard_by_member_id": null,
    "answered_on": null,
    "truncated_fields": [],
    "actions": ["update", "plan", "ask", "answer", "set_aside", "reopen", "delete"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Question {
    /// The id of the question.
    pub id: QuestionId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The question.
    pub text: String,
    /// What the question is about: it decides who can see it.
    pub topic: Topic,
    /// The state of the question.
    pub state: QuestionState,
    /// The appointment for which it is planned, or at which it was asked; null if there is none, or
    /// if you do not see the appointment.
    pub appointment_id: Option<AppointmentId>,
    /// Whether it was planned for an appointment that is over now, and was not asked there.
    pub carried_over: bool,
    /// What the care team answered.
    pub answer: Option<String>,
    /// The member who heard the answer.
    pub heard_by_member_id: Option<MemberId>,
    /// The day of the answer.
    pub answered_on: Option<Day>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the question alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// What you can do now.
    #[schema(value_type = Vec<QuestionVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who added it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Question in "questions");
