//! The personal page of a member without an account: what they hold and what they are asked.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::field::in_language;
use super::{Link, PageForm, PageProblem, PageResult, page};
use crate::app::App;
use crate::features::participation::LinkAnswer;
use crate::features::personal::{self, PersonalPage};
use crate::http::extract::AnonymousRequest;
use crate::platform::language::Language;
use crate::problem::{Problem, ProblemCode};

#[derive(askama::Template)]
#[template(path = "web/templates/personal.html")]
struct Personal {
    language: Language,
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
            let notice = Some(Notice::Said(said(answer)));
            shown(&app, &link, StatusCode::OK, notice).await
        }
        Err(problem) => match refused(&problem) {
            Some((status, notice)) => shown(&app, &link, status, Some(notice)).await,
            None => Err(PageProblem(problem)),
        },
    }
}

/// What the page says when an answer was refused, although the link works. Often the page is old:
/// what it shows was given to somebody else, moved or canceled since it was opened.
fn refused(problem: &Problem) -> Option<(StatusCode, Notice)> {
    let changed = || Notice::Said("personal-has-changed");
    match problem {
        Problem::Conflict(conflict) if conflict.code != ProblemCode::InvalidTransition => {
            Some((StatusCode::CONFLICT, Notice::DidNotWork(conflict.detail)))
        }
        Problem::Conflict(_) => Some((StatusCode::CONFLICT, changed())),
        Problem::Forbidden(_) => Some((StatusCode::FORBIDDEN, changed())),
        Problem::NotFound => Some((StatusCode::NOT_FOUND, changed())),
        _ => None,
    }
}

/// The key of what a page says after an answer.
pub(super) const fn said(answer: LinkAnswer) -> &'static str {
    match answer {
        LinkAnswer::Accept | LinkAnswer::Claim => "personal-said-yes",
        LinkAnswer::Tentative => "personal-said-unsure",
        LinkAnswer::Decline => "personal-said-no",
        LinkAnswer::Release => "personal-said-release",
        LinkAnswer::Complete => "personal-said-done",
    }
}

async fn shown(
    app: &App,
    link: &Link,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<Response, PageProblem> {
    let found = personal::personal_page(app, &link.token, link.wished).await?;
    let language = found.language;
    let template = Personal {
        language,
        found,
        notice: notice.map(|notice| notice.in_language(language)),
    };
    Ok(page(status, &template))
}

/// What came of an answer.
pub(super) enum Notice {
    /// The key of what was said.
    Said(&'static str),
    /// Why it was refused, in English.
    DidNotWork(&'static str),
}

impl Notice {
    pub(super) fn in_language(self, language: Language) -> String {
        match self {
            Self::Said(key) => language.say(key).to_string(),
            Self::DidNotWork(why) => {
                let why = in_language(why.to_owned(), language, "personal-did-not-work-why");
                let message = language.say("personal-did-not-work");
                message.with("why", &why).to_string()
            }
        }
    }
}
