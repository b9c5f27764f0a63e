//! `update_question`: the text and the topic of a question that has no answer yet.

use sea_orm::IntoActiveModel;

use super::locked::LockedQuestion;
use super::rules::QuestionVerb;
use super::store;
use super::types::{Question, QuestionPath};
use crate::access::change_log::merge_patch;
use crate::access::{AddQuestions, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question;
use crate::entity::topic_grant::Topic;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::QuestionText;
use crate::problem::Problem;

merge_patch! {
    /// What to change in a question.
    #[schema(examples(json!({ "text": "Can she take the tablets with milk?" })))]
    #[schema(as = UpdateQuestionRequest)]
    pub struct QuestionPatch for question {
        /// The question.
        #[garde(dive)]
        text: QuestionText,
        /// What the question is about: it decides who can see it. You must see it.
        #[garde(skip)]
        topic: Topic,
    }
}

/// Update a question.
///
/// Changes its text and its topic. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can change it; viewers cannot.
/// - 409 `invalid_transition`: the question is answered or set aside. Reopen it first.
/// - 422 `topic_not_visible`: you do not see the new topic.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/questions/{question_id}", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn update_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
    Json(changes): Json<QuestionPatch>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    question.check(QuestionVerb::Update)?;
    if let Some(topic) = changes.topic {
        store::check_topic(&question.write, topic)?;
    }
    let mut row = question.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        question
            .save_later(QuestionVerb::Update, row, fields.names())
            .await?;
    }
    question.respond().await
}
