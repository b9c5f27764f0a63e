//! The few pages that the links in emails open, and those that explain problems. They can be read
//! on a phone and have no script. A GET only describes what the link does, because programs that scan emails open every link.
//! The POST of the button does it.
//!
//! A page is in the language of the person, where that is known, otherwise in that of the email with
//! the link, or in the one that the browser asks for. The pages about problems are in English, like the API.

mod docs;
mod field;
mod invitation;
mod join;
mod personal;
mod problems;
mod respond;
mod unsubscribe;

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::field::{field, in_language, refusal};
pub use docs::docs;
pub use invitation::{answer_invitation, show_invitation};
pub use join::show_join_link;
pub use personal::{answer_personal, show_personal};
pub use problems::{list_problem_codes, show_problem_code};
pub use respond::{answer_response, show_response};
pub use unsubscribe::{show_unsubscription, unsubscribe};

use crate::app::App;
use crate::auth::throttle;
use crate::features::accounts::{self, describe_verification, is_verified_by_link, verify_by_link};
use crate::http::extract::{AnonymousRequest, Form, Query};
use crate::http::static_file::{Freshness, StaticFile};
use crate::platform::language::Language;
use crate::platform::text::NewPassword;
use crate::problem::{Problem, ProblemBody};

/// The parameters of a link in an email.
#[derive(Debug, Deserialize)]
pub struct Link {
    token: String,
    /// The categories that an unsubscribe link is about.
    #[serde(default)]
    about: Vec<String>,
    /// Whether an unsubscribe link turns these emails on again.
    #[serde(default)]
    undo: bool,
    /// The language that the link or the browser asks for, if this server has it.
    #[serde(skip)]
    wished: Option<Language>,
}

impl Link {
    /// The language of the page for a person who may have chosen one.
    fn language(&self, chosen: Option<&str>) -> Language {
        Language::first_of([chosen, self.wished.map(Language::tag)])
    }
}

/// The language of the email that the link is in, or the one that the browser asks for, if this server
/// has it.
fn wished(uri: &Uri, headers: &HeaderMap) -> Option<Language> {
    let mut parameters = uri.query().unwrap_or_default().split('&');
    let of_email = parameters.find_map(|parameter| parameter.strip_prefix("lang="));
    of_email.and_then(Language::named).or_else(|| {
        let header = headers.get(header::ACCEPT_LANGUAGE)?;
        Language::accepted(header.to_str().ok()?)
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Link {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageProblem> {
        let Query(link): Query<Self> = Query::from_request_parts(parts, state).await?;
        let wished = wished(&parts.uri, &parts.headers);
        Ok(Self { wished, ..link })
    }
}

#[derive(Template)]
#[template(path = "web/templates/verify.html")]
struct VerifyPage {
    language: Language,
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/reset.html")]
struct ResetPage {
    language: Language,
    email: String,
    shortest: usize,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "web/templates/confirm_email.html")]
struct ConfirmEmailPage {
    language: Language,
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/undo_email.html")]
struct UndoEmailPage {
    language: Language,
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/message.html")]
struct MessagePage {
    language: Language,
    title: String,
    text: String,
}

impl MessagePage {
    /// A page of two messages.
    fn of(language: Language, title: &str, text: &str) -> Self {
        Self {
            language,
            title: language.say(title).to_string(),
            text: language.say(text).to_string(),
        }
    }
}

/// The keys of the title and of the text of a page about a problem.
#[derive(Clone, Copy)]
struct ProblemWords(&'static str, &'static str);

/// A problem that is shown as a page.
pub struct PageProblem(Problem);

impl<E: Into<Problem>> From<E> for PageProblem {
    fn from(problem: E) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let words = match &self.0 {
            Problem::Gone | Problem::NotFound => ProblemWords("page-gone", "page-gone-text"),
            Problem::TooManyRequests { .. } => ProblemWords("page-too-many", "page-too-many-text"),
            Problem::Unavailable => ProblemWords("page-busy", "page-busy-text"),
            Problem::Conflict(_) | Problem::Forbidden(_) => {
                ProblemWords("page-conflict", "page-conflict-text")
            }
            Problem::Malformed(_)
            | Problem::BadQuery(_)
            | Problem::UnsupportedMediaType
            | Problem::TooLarge(_) => ProblemWords("page-incomplete", "page-incomplete-text"),
            _ => ProblemWords("page-failed", "page-failed-text"),
        };
        let mut message = MessagePage::of(Language::ENGLISH, words.0, words.1);
        if let Problem::Conflict(conflict) = &self.0 {
            conflict.detail.clone_into(&mut message.text);
        }
        // The problem makes the status and writes the log, as it does for the API.
        let problem = self.0.into_response();
        let mut shown = page(problem.status(), &message);
        shown.extensions_mut().insert(words);
        if let Some(wait) = problem.headers().get(header::RETRY_AFTER) {
            shown
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.clone());
        }
        shown
    }
}

/// Shows a person as a page that the server is too busy for this one, and pages about problems in the
/// language of the link or of the browser.
pub async fn as_page(request: Request, next: Next) -> Response {
    let language = wished(request.uri(), request.headers());
    let language = language.unwrap_or(Language::ENGLISH);
    let response = next.run(request).await;
    let is_problem = response.extensions().get::<ProblemBody>().is_some();
    let mut response = if is_problem && response.status() == StatusCode::SERVICE_UNAVAILABLE {
        PageProblem(Problem::Unavailable).into_response()
    } else {
        response
    };
    let words = response.extensions().get::<ProblemWords>().copied();
    // It is written in English already.
    if let Some(words) = words.filter(|_| language != Language::ENGLISH) {
        let message = MessagePage::of(language, words.0, words.1);
        *response.body_mut() = page(response.status(), &message).into_body();
    }
    response
}

/// The fields of a page's form.
#[derive(Debug)]
pub struct PageForm<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PageForm<T> {
    type Rejection = PageProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageProblem> {
        let Form(form) = Form::from_request(request, state).await?;
        Ok(Self(form))
    }
}

type PageResult = Result<Response, PageProblem>;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

fn page(status: StatusCode, template: &impl Template) -> Response {
    let Ok(html) = template.render() else {
        return Problem::internal(anyhow::anyhow!("a page could not be rendered")).into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    (status, headers, html).into_response()
}

fn message(language: Language, title: &str, text: &str) -> Response {
    page(StatusCode::OK, &MessagePage::of(language, title, text))
}

/// The style sheet of the pages.
pub fn style() -> StaticFile {
    let css = include_str!("templates/style.css");
    StaticFile::new("text/css; charset=utf-8", css, Freshness::AnHour)
}

/// Asks whether the address belongs to the reader.
pub async fn show_verification(app: App, link: Link) -> PageResult {
    let found = match describe_verification(&app, &link.token).await {
        Err(Problem::Gone | Problem::NotFound)
            if is_verified_by_link(&app, &link.token).await? =>
        {
            return Ok(verified(link.language(None)));
        }
        found => found?,
    };
    let template = VerifyPage {
        language: link.language(found.locale.as_deref()),
        name: found.name,
        email: found.email,
    };
    Ok(page(StatusCode::OK, &template))
}

/// Creates the account of a confirmed address.
pub async fn verify(app: App, link: Link) -> PageResult {
    verify_by_link(&app, &link.token).await?;
    Ok(verified(link.language(None)))
}

fn verified(language: Language) -> Response {
    message(language, "page-verified", "page-verified-text")
}

/// Shows the form for a new password.
pub async fn show_reset(app: App, link: Link) -> PageResult {
    if accounts::is_reset_by_link(&app, &link.token).await? {
        return Ok(password_changed(link.language(None)));
    }
    let (email, locale) = accounts::describe_reset(&app, &link.token).await?;
    let language = link.language(locale.as_deref());
    Ok(reset_page(&app, language, StatusCode::OK, email, None))
}

fn password_changed(language: Language) -> Response {
    message(language, "page-reset-done", "page-reset-done-text")
}

fn reset_page(
    app: &App,
    language: Language,
    status: StatusCode,
    email: String,
    error: Option<String>,
) -> Response {
    let template = ResetPage {
        language,
        email,
        shortest: app.passwords().shortest(),
        error,
    };
    page(status, &template)
}

/// The form for a new password.
#[derive(Debug, Deserialize)]
pub struct ResetForm {
    #[serde(default)]
    password: String,
}

/// Replaces the password. Nobody is signed in by it.
pub async fn reset(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<ResetForm>,
) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let (email, locale) = accounts::describe_reset(&app, &link.token).await?;
    let language = link.language(locale.as_deref());
    let refused = match field::<NewPassword>(&form.password) {
        Ok(password) => {
            let reset = accounts::reset_password(&app, &request.0, &link.token, &password);
            refusal(reset.await)?
        }
        // A link that was used sets no other password, so the form is not shown again.
        Err(_) if accounts::is_reset_by_link(&app, &link.token).await? => Err(Problem::Gone)?,
        Err(error) => Some(error),
    };
    if refused.is_some() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refused = refused.map(|error| in_language(error, language, "field-password-wrong"));
        return Ok(reset_page(&app, language, status, email, refused));
    }
    Ok(password_changed(language))
}

/// Asks whether the account should get this address.
pub async fn show_email_change(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_email_change(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_changed_by_link(&app, &link.token).await? => {
            return Ok(changed(link.language(None)));
        }
        email => email?,
    };
    let language = link.language(None);
    Ok(page(StatusCode::OK, &ConfirmEmailPage { language, email }))
}

/// Gives the account its new address.
pub async fn confirm_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::change_email(&app, &request.0, &link.token).await?;
    Ok(changed(link.language(None)))
}

fn changed(language: Language) -> Response {
    message(language, "page-email-changed", "page-email-changed-text")
}

/// Asks whether the account should get its old address back.
pub async fn show_email_undo(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_undo(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_undone_by_link(&app, &link.token).await? => {
            return Ok(email_undone(link.language(None)));
        }
        email => email?,
    };
    let language = link.language(None);
    Ok(page(StatusCode::OK, &UndoEmailPage { language, email }))
}

/// Gives the account its old address back.
pub async fn undo_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::undo_email(&app, &request.0, &link.token).await?;
    Ok(email_undone(link.language(None)))
}

fn email_undone(language: Language) -> Response {
    message(language, "page-email-undone", "page-email-undone-text")
}
