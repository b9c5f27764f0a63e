//! `list_questions`: a page of the questions for the care team, the newest first.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::Question;
use crate::access::{CircleAccess, CirclePath, ViewCircle, of_seen_appointment};
use crate::entity::ids::AppointmentId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::{self, Column, QuestionState};
use crate::entity::topic_grant::Topic;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

list_query! {
    /// Which questions to list.
    pub struct QuestionQuery {
        /// Only questions in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<QuestionState>,
        /// Only questions about one of these topics.
        #[serde(default)]
        #[param(inline)]
        pub topic: Vec<Topic>,
        /// Only questions that are planned for this appointment or were asked at it, if you see the
        /// appointment.
        #[param(inline)]
        pub appointment_id: Option<AppointmentId>,
    }
}

page_of!(QuestionPage, Question);

/// List questions.
///
/// Lists the questions that you see, the newest first. Drafts can be planned for an appointment;
/// those with `carried_over` were planned for one and not asked there. Long texts are shortened, and
/// `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/questions", tag = "questions",
    params(CirclePath, QuestionQuery),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of questions", body = QuestionPage), Problem),
)]
pub async fn list_questions(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<QuestionQuery>,
) -> Result<Page<QuestionPage>, Problem> {
    let listing = circle.listing("questions", &query)?;
    let etag = circle.collection_tag()?;
    let scope = circle.scope();
    let mut rows = circle.find::<question::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if !query.topic.is_empty() {
        rows = rows.filter(Column::Topic.is_in(query.topic));
    }
    if let Some(id) = query.appointment_id {
        let of_it = of_seen_appointment::<question::Entity>(scope, Column::AppointmentId, id);
        rows = rows.filter(of_it);
    }
    let rows = store::with_appointments(scope, rows);
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page_with(circle.db(), rows, order, |_| 0).await?;
    let describe = |row| store::describe(scope, row, Detail::Excerpt);
    let data = rows.into_iter().map(describe).collect();
    Page::known(&QuestionPage { data, next_cursor }, etag)
}
