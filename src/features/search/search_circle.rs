//! `search_circle`: finds tasks, appointments and messages of a circle by their words.

use super::store;
use super::types::{SearchHitPage, SearchQuery};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::response::Page;
use crate::problem::Problem;

/// Search a circle.
///
/// Finds tasks, appointments and messages that you see and that have all the words of `q`. Of each,
/// the title and the first 200 different words of the other texts are searched. Hits that have all
/// words in their title come first, and then the newest.
///
/// - 400 `invalid_parameters`: `q` has no letter, digit or emoji, more than 10 words, or more than
///   100 characters.
#[utoipa::path(
    get, path = "/circles/{circle_id}/search", tag = "search", params(CirclePath, SearchQuery),
    security(("personal_access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "A page of hits", body = SearchHitPage), Problem),
)]
pub async fn search_circle(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<SearchQuery>,
) -> Result<Page<SearchHitPage>, Problem> {
    let listing = circle.listing("search", &query)?;
    let page = store::search(circle.db(), [circle.alone()], &query, &listing).await?;
    circle.listed(&page)
}
