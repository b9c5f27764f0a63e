//! `plan_question`: plans a question for an appointment.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedQuestion;
use super::rules::QuestionVerb;
use super::store;
use super::types::{Question, QuestionPath};
use crate::access::{AddQuestions, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::ids::AppointmentId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::QuestionState;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// For which appointment a question is planned.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "appointment_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50" })))]
pub struct PlanQuestionRequest {
    /// The appointment; you must see it.
    #[garde(skip)]
    pub appointment_id: AppointmentId,
}

/// Plan a question for an appointment.
///
/// The brief of the appointment lists it. A question that is planned already is planned for this
/// appointment instead. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can plan it; viewers cannot.
/// - 409 `invalid_transition`: the question is asked, answered or set aside. Reopen it first.
/// - 422 `unknown_appointment`: you see no appointment with this id.
/// - 422 `appointment_over`: the appointment is completed, missed or canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions/{question_id}/plan", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn plan_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
    Json(plan): Json<PlanQuestionRequest>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    let appointment = Some(plan.appointment_id);
    let is_planned = question.row.state == QuestionState::Planned;
    if is_planned && question.related == appointment {
        return question.respond().await;
    }
    question.check(QuestionVerb::Plan)?;
    store::check_appointment(&question.write, appointment).await?;
    let mut row = question.row.clone().into_active_model();
    row.state = Set(QuestionState::Planned);
    row.appointment_id = Set(appointment);
    row.carried_over = Set(false);
    question
        .save_later(QuestionVerb::Plan, row, vec!["state", "appointment_id"])
        .await?;
    question.related = appointment;
    question.respond().await
}
