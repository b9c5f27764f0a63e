//! `create_question`: adds a question for the care team.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedQuestion;
use super::store;
use super::types::Question;
use crate::access::change_log::Change;
use crate::access::{AddQuestions, CircleAccess, CirclePath, Locked, limits};
use crate::app::App;
use crate::entity::ids::{AppointmentId, QuestionId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::{self, Column, QuestionState};
use crate::entity::topic_grant::Topic;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::text::QuestionText;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

/// A question to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "text": "Can she take the tablets with food?" })))]
pub struct CreateQuestionRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<QuestionId>,
    /// The question.
    #[garde(dive)]
    pub text: QuestionText,
    /// What the question is about: it decides who can see it. You must see it. Default: `health`.
    #[serde(default = "health")]
    #[garde(skip)]
    pub topic: Topic,
    /// The appointment for which it is planned. Default: none, and it is a draft.
    #[serde(default)]
    #[garde(skip)]
    pub appointment_id: Option<AppointmentId>,
}

fn health() -> Topic {
    Topic::Health
}

/// Add a question for the care team.
///
/// Without `appointment_id` it is a draft, and the brief of every appointment about its topic lists
/// it. With it, it is planned for that appointment. Every member who sees the topic sees the
/// question. Nobody is told.
///
/// - 403 `forbidden`: viewers who are not the patient cannot add questions.
/// - 409 `limit_reached`: the circle has too many open questions.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
/// - 422 `topic_not_visible`: you do not see the topic.
/// - 422 `unknown_appointment`: you see no appointment with this id.
/// - 422 `appointment_over`: the appointment is completed, missed or canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions", tag = "questions", params(CirclePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The question", body = Question), Problem),
)]
pub async fn create_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Json(new): Json<CreateQuestionRequest>,
) -> Result<Created<Question>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<question::Entity>(new.id).await? {
        let question: LockedQuestion = Locked::of(write, before).await?;
        let row = (question.row, question.related);
        let answer = store::describe(question.write.scope(), row, Detail::Whole);
        return question.write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic_is_seen = store::check_topic(&write, new.topic);
    let appointment_fits = store::check_appointment(&write, new.appointment_id).await;
    Problem::together([topic_is_seen, appointment_fits])?;
    let open = [
        QuestionState::Draft,
        QuestionState::Planned,
        QuestionState::Asked,
    ];
    let open = Condition::all().add(Column::State.is_in(open));
    write
        .check_limit::<question::Entity>(limits::OPEN_QUESTIONS, open)
        .await?;
    let row = question::ActiveModel {
        id: Set(id),
        text: Set(new.text.into()),
        topic: Set(new.topic),
        state: Set(match new.appointment_id {
            Some(_) => QuestionState::Planned,
            None => QuestionState::Draft,
        }),
        appointment_id: Set(new.appointment_id),
        carried_over: Set(false),
        ..Default::default()
    };
    let row = if new.id.is_none() {
        write.create_later::<question::Entity>(row)?
    } else {
        write.create::<question::Entity>(row).await?
    };
    let change = Change::to::<question::Entity>("created", &row).about(row.topic);
    write.log(change).await?;
    // The caller sees the appointment.
    let row = (row, new.appointment_id);
    let answer = store::describe(write.scope(), row, Detail::Whole);
    write.commit(Created::new(answer)).await
}
