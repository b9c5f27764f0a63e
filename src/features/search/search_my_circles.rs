//! `search_my_circles`: finds tasks, appointments and messages of all circles by their words.

use super::store;
use super::types::{SearchHitPage, SearchQuery};
use crate::access::CallerCircles;
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::pagination::Listing;
use crate::http::response::Page;
use crate::problem::Problem;

/// Search all your circles.
///
/// Finds tasks, appointments and messages that you see and that have all the words of `q`, like the
/// search in one circle. Hits that have all words in their title come first, and then the newest, from
/// whichever circle. Archived circles are left out: search each of them alone.
///
/// - 400 `invalid_parameters`: `q` has no letter, digit or emoji, more than 10 words, or more than
///   100 characters.
#[utoipa::path(
    get, path = "/me/search", tag = "search", params(SearchQuery),
    security(("personal_access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "A page of hits", body = SearchHitPage), Problem),
)]
pub async fn search_my_circles(
    app: App,
    mine: CallerCircles,
    Query(query): Query<SearchQuery>,
) -> Result<Page<SearchHitPage>, Problem> {
    let listing = Listing::of(app.keys(), "search", &query)?;
    let page = store::search(mine.db(), mine.at_once(), &query, &listing).await?;
    mine.listed(&page)
}
