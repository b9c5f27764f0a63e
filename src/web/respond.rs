//! The page behind the button in an email about a thing: it answers without signing in.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::personal::{Notice, said};
use super::{Link, MessagePage, PageForm, PageProblem, PageResult, page};
use crate::app::App;
use crate::auth::throttle;
use crate::features::participation::LinkAnswer;
use crate::features::responses::{self, Answered, ResponsePage};
use crate::http::extract::AnonymousRequest;
use crate::platform::language::Language;
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/respond.html")]
struct Respond {
    language: Language,
    found: ResponsePage,
    /// What came of the answer.
    notice: Option<String>,
}

/// Shows what there is to answer, and whose answer it would be.
pub async fn show_response(app: App, link: Link) -> PageResult {
    shown(&app, &link, StatusCode::OK, None).await
}

/// A button of the page.
#[derive(Debug, Default, Deserialize)]
pub struct ResponseForm {
    #[serde(default)]
    answer: String,
    /// The time that the page showed.
    #[serde(default)]
    when: String,
}

/// Writes the answer, and shows the page as it is afterward.
pub async fn answer_response(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<ResponseForm>,
) -> PageResult {
    let incomplete = || Problem::Malformed("This link is not complete.".into());
    let answer = LinkAnswer::named(&form.answer).ok_or_else(incomplete)?;
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let answered =
        responses::answer_response(&app, &request, &link.token, answer, &form.when).await;
    let (status, notice) = match answered {
        Ok(Answered::Written) => (StatusCode::OK, Some(Notice::Said(said(answer)))),
        // The page says why, or that it was answered already.
        Ok(Answered::NotOpen) | Err(Problem::Gone | Problem::NotFound) => (StatusCode::OK, None),
        Ok(Answered::Moved) => {
            let notice = Some(Notice::Said("respond-moved"));
            (StatusCode::CONFLICT, notice)
        }
        Err(Problem::Conflict(conflict)) => {
            let notice = Some(Notice::DidNotWork(conflict.detail));
            (StatusCode::CONFLICT, notice)
        }
        Err(Problem::Forbidden(_)) => {
            let notice = Some(Notice::Said("respond-not-allowed"));
            (StatusCode::FORBIDDEN, notice)
        }
        Err(problem) => return Err(PageProblem(problem)),
    };
    shown(&app, &link, status, notice).await
}

async fn shown(
    app: &App,
    link: &Link,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<Response, PageProblem> {
    match responses::response_page(app, &link.token, link.wished).await {
        Ok(found) => {
            let language = found.language;
            let template = Respond {
                language,
                found,
                notice: notice.map(|notice| notice.in_language(language)),
            };
            Ok(page(status, &template))
        }
        Err(Problem::Gone | Problem::NotFound) => {
            let language = link.language(None);
            let off = MessagePage::of(language, "page-gone", "respond-off-text");
            Ok(page(StatusCode::GONE, &off))
        }
        Err(problem) => Err(PageProblem(problem)),
    }
}
