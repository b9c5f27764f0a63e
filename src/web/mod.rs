//! The few pages that the links in emails open, and those that explain problems. They can be read
//! on a phone and have no script. A GET only describes what the link does, because programs that scan emails open every link.
//! The POST of the button does it.

mod docs;
mod field;
mod invitation;
mod join;
mod personal;
mod problems;
mod unsubscribe;

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::field::{field, refusal};
pub use docs::docs;
pub use invitation::{answer_invitation, show_invitation};
pub use join::show_join_link;
pub use personal::{answer_personal, show_personal};
pub use problems::{list_problem_codes, show_problem_code};
pub use unsubscribe::{show_unsubscription, unsubscribe};

use crate::app::App;
use crate::auth::throttle;
use crate::features::accounts::{self, describe_verification, is_verified_by_link, verify_by_link};
use crate::http::extract::{AnonymousRequest, Form, Query};
use crate::http::static_file::{Freshness, StaticFile};
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
}

impl<S: Send + Sync> FromRequestParts<S> for Link {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageProblem> {
        let Query(link) = Query::from_request_parts(parts, state).await?;
        Ok(link)
    }
}

#[derive(Template)]
#[template(path = "web/templates/verify.html")]
struct VerifyPage {
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/reset.html")]
struct ResetPage {
    email: String,
    shortest: usize,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "web/templates/confirm_email.html")]
struct ConfirmEmailPage {
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/undo_email.html")]
struct UndoEmailPage {
    email: String,
}

#[derive(Template)]
#[template(path = "web/templates/message.html")]
struct MessagePage {
    title: &'static str,
    text: String,
}

/// A problem that is shown as a page.
pub struct PageProblem(Problem);

impl<E: Into<Problem>> From<E> for PageProblem {
    fn from(problem: E) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let (title, text) = match &self.0 {
            Problem::Gone | Problem::NotFound => (
                "This link no longer works",
                "It was used, withdrawn or replaced by a newer one, or it is too old. Ask for a new link.",
            ),
            Problem::TooManyRequests { .. } => (
                "Please wait a little",
                "There were too many attempts. Try again in a few minutes.",
            ),
            Problem::Unavailable => (
                "Please try again",
                "The server is busy. Try again in a minute.",
            ),
            Problem::Conflict(conflict) => ("That did not work", conflict.detail),
            Problem::Malformed(_)
            | Problem::BadQuery(_)
            | Problem::UnsupportedMediaType
            | Problem::TooLarge(_) => {
                ("This link is not complete", "Open it again from the email.")
            }
            _ => (
                "Something went wrong on our side",
                "We have recorded the error. Please try again in a few minutes.",
            ),
        };
        let text = text.to_owned();
        // The problem makes the status and writes the log, as it does for the API.
        let problem = self.0.into_response();
        let mut shown = page(problem.status(), &MessagePage { title, text });
        if let Some(wait) = problem.headers().get(header::RETRY_AFTER) {
            shown
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.clone());
        }
        shown
    }
}

/// Shows a person as a page that the server is too busy for this one.
pub async fn as_page(response: Response) -> Response {
    let is_problem = response.extensions().get::<ProblemBody>().is_some();
    if is_problem && response.status() == StatusCode::SERVICE_UNAVAILABLE {
        return PageProblem(Problem::Unavailable).into_response();
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

fn message(title: &'static str, text: &str) -> Response {
    let text = text.to_owned();
    page(StatusCode::OK, &MessagePage { title, text })
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
            return Ok(verified());
        }
        found => found?,
    };
    let (name, email) = (found.name, found.email);
    Ok(page(StatusCode::OK, &VerifyPage { name, email }))
}

/// Creates the account of a confirmed address.
pub async fn verify(app: App, link: Link) -> PageResult {
    verify_by_link(&app, &link.token).await?;
    Ok(verified())
}

fn verified() -> Response {
    message(
        "Your address is confirmed",
        "Go back to your app and sign in.",
    )
}

/// Shows the form for a new password.
pub async fn show_reset(app: App, link: Link) -> PageResult {
    if accounts::is_reset_by_link(&app, &link.token).await? {
        return Ok(password_changed());
    }
    let email = accounts::describe_reset(&app, &link.token).await?;
    Ok(reset_page(&app, StatusCode::OK, email, None))
}

fn password_changed() -> Response {
    message(
        "Your password is changed",
        "Open your app and sign in with the new password. All devices are signed out.",
    )
}

fn reset_page(app: &App, status: StatusCode, email: String, error: Option<String>) -> Response {
    let template = ResetPage {
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
    let email = accounts::describe_reset(&app, &link.token).await?;
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
        return Ok(reset_page(&app, status, email, refused));
    }
    Ok(password_changed())
}

/// Asks whether the account should get this address.
pub async fn show_email_change(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_email_change(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_changed_by_link(&app, &link.token).await? => {
            return Ok(changed());
        }
        email => email?,
    };
    Ok(page(StatusCode::OK, &ConfirmEmailPage { email }))
}

/// Gives the account its new address.
pub async fn confirm_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::change_email(&app, &request.0, &link.token).await?;
    Ok(changed())
}

fn changed() -> Response {
    message(
        "Your address is changed",
        "From now on, sign in with your new address. We sent an email to the old one.",
    )
}

/// Asks whether the account should get its old address back.
pub async fn show_email_undo(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_undo(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_undone_by_link(&app, &link.token).await? => {
            return Ok(email_undone());
        }
        email => email?,
    };
    Ok(page(StatusCode::OK, &UndoEmailPage { email }))
}

/// Gives the account its old address back.
pub async fn undo_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::undo_email(&app, &request.0, &link.token).await?;
    Ok(email_undone())
}

fn email_undone() -> Response {
    message(
        "Your account is back",
        "Open your app and request a new password. All devices are signed out.",
    )
}
