//! `get_question`: one question for the care team.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::{self, QuestionRow};
use super::types::{Question, QuestionPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::{self, Column};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

/// Get a question.
///
/// Returns it with its answer, and what you can do with it now. It names its appointment only if
/// you see the appointment.
///
/// - 404 `not_found`: there is no such question in this circle, or you do not see its topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/questions/{question_id}", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn get_question(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<QuestionPath>,
) -> Result<Resource<Question>, Problem> {
    let question = circle
        .find::<question::Entity>()
        .filter(Column::Id.eq(path.question_id));
    let found = store::with_appointments(circle.scope(), question)
        .by_position::<QuestionRow>()
        .read_one(circle.db())
        .await?;
    let row = found.ok_or(Problem::NotFound)?;
    let question = store::describe(circle.scope(), row, Detail::Whole);
    circle.found(question)
}
