//! The personal page of a member without an account: what they hold and what they are asked.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::{Link, PageForm, PageProblem, PageResult, page};
use crate::app::App;
use crate::features::participation::LinkAnswer;
use crate::features::personal::{self, PersonalPage};
use crate::http::extract::AnonymousRequest;
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/personal.html")]
struct Personal {
    found: PersonalPage,
    /// What came of the answer.
    notice: Option<String>,
}

/// Shows the page.
pub async fn show_personal(app: App, link: Link) -> PageResult {
    shown(&app, &link, StatusCode::OK, None).await
}

/// A button of the page.
#[derive(Debug, Default, Deserialize)]
pub struct PersonalForm {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    id: Uuid,
    #[serde(default)]
    answer: String,
}

/// Writes the answer, and shows the page as it is afterward.
pub async fn answer_personal(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<PersonalForm>,
) -> PageResult {
    let incomplete = || Problem::Malformed("This link is not complete.".into());
    let answer = LinkAnswer::named(&form.answer).ok_or_else(incomplete)?;
    let about = (form.kind.as_str(), form.id);
    match personal::answer_personal(&app, &request, &link.token, about, answer).await {
        Ok(false) => shown(&app, &link, StatusCode::OK, None).await,
        Ok(true) => {
            let said = match answer {
                LinkAnswer::Accept => "Thank you. You said yes.",
                LinkAnswer::Decline => "You said no. Those who asked you are told.",
                LinkAnswer::Release => "You gave it back. Those who relied on you are told.",
                LinkAnswer::Complete => "Thank you. It is done.",
            };
            shown(&app, &link, StatusCode::OK, Some(said.to_owned())).await
        }
        Err(Problem::Conflict(conflict)) => {
            let notice = format!("That did not work. {}", conflict.detail);
            shown(&app, &link, StatusCode::CONFLICT, Some(notice)).await
        }
        Err(problem) => Err(PageProblem(problem)),
    }
}

async fn shown(
    app: &App,
    link: &Link,
    status: StatusCode,
    notice: Option<String>,
) -> Result<Response, PageProblem> {
    let found = personal::personal_page(app, &link.token).await?;
    Ok(page(status, &Personal { found, notice }))
}
