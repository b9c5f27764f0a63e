//! The few pages that mailed links open: readable on a phone, no script. A GET
//! describes and changes nothing, because programs that scan mails open links;
//! the button's POST acts.

mod invitation;
mod unsubscribe;

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use invitation::{answer_invitation, show_invitation};
pub use unsubscribe::{show_unsubscription, unsubscribe};

use crate::app::App;
use crate::auth::throttle;
use crate::features::accounts::{self, describe_verification, is_verified_by_link, verify_by_link};
use crate::http::extract::{AnonymousRequest, Form, Query};
use crate::platform::text::NewPassword;
use crate::problem::Problem;

/// What a mailed link carries.
#[derive(Debug, Deserialize)]
pub struct Link {
    token: String,
    /// The kinds of mail that a link to switch them off is about.
    #[serde(default)]
    about: Vec<String>,
    /// Of such a link: to switch them on again.
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

/// What can go wrong on a page, as a page.
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
                "This link is no longer good",
                "It was used, replaced by a newer one, or is too old. Ask for a new one.",
            ),
            Problem::TooManyRequests { .. } => (
                "Please wait a little",
                "There were too many tries. Try again in a few minutes.",
            ),
            Problem::Unavailable => ("Please try again", "The server is busy at this moment."),
            Problem::Conflict(conflict) => ("That did not work", conflict.detail),
            Problem::Malformed(_)
            | Problem::BadQuery(_)
            | Problem::UnsupportedMediaType
            | Problem::TooLarge => ("This link is not complete", "Open it again from the mail."),
            _ => (
                "Something broke on our side",
                "It has been recorded. Please try again.",
            ),
        };
        let text = text.to_owned();
        // The problem decides the status, and is logged, like everywhere else.
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
pub async fn style() -> Response {
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    let cache = HeaderValue::from_static("public, max-age=3600");
    let headers = [(header::CONTENT_TYPE, css), (header::CACHE_CONTROL, cache)];
    (headers, include_str!("templates/style.css")).into_response()
}

/// Asks whether this is the reader's address.
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

/// Makes the account of a proven address.
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

/// Asks for a new password.
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
        "All devices are signed out. Open your app and sign in with the new one.",
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

/// What the form for a new password holds.
#[derive(Debug, Deserialize)]
pub struct ResetForm {
    #[serde(default)]
    password: String,
}

/// Replaces the password; signs nobody in.
pub async fn reset(
    app: App,
    request: AnonymousRequest,
    link: Link,
    PageForm(form): PageForm<ResetForm>,
) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let email = accounts::describe_reset(&app, &link.token).await?;
    let refused = match field::<NewPassword>("Password", &form.password) {
        Ok(password) => {
            let reset = accounts::reset_password(&app, &request.0, &link.token, &password);
            refusal("Password", reset.await)?
        }
        // A link that was used takes no other password: there is nothing to correct.
        Err(_) if accounts::is_reset_by_link(&app, &link.token).await? => Err(Problem::Gone)?,
        Err(error) => Some(error),
    };
    if refused.is_some() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(reset_page(&app, status, email, refused));
    }
    Ok(password_changed())
}

/// Asks whether the account is to have this address.
pub async fn show_email_change(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_email_change(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_changed_by_link(&app, &link.token).await? => {
            return Ok(changed());
        }
        email => email?,
    };
    Ok(page(StatusCode::OK, &ConfirmEmailPage { email }))
}

/// Moves the account to its new address.
pub async fn confirm_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::change_email(&app, &request.0, &link.token).await?;
    Ok(changed())
}

fn changed() -> Response {
    message(
        "Your address is changed",
        "From now on, sign in with it. The old address was told.",
    )
}

/// Asks whether the account is to have its old address back.
pub async fn show_email_undo(app: App, link: Link) -> PageResult {
    let email = match accounts::describe_undo(&app, &link.token).await {
        Err(Problem::Gone) if accounts::is_undone_by_link(&app, &link.token).await? => {
            return Ok(email_undone());
        }
        email => email?,
    };
    Ok(page(StatusCode::OK, &UndoEmailPage { email }))
}

/// Moves the account back to the address it had.
pub async fn undo_email(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    accounts::undo_email(&app, &request.0, &link.token).await?;
    Ok(email_undone())
}

fn email_undone() -> Response {
    message(
        "Your account is back",
        "All devices are signed out. Open your app and ask for a new password.",
    )
}

/// The sentence about a field that was refused after it was read.
fn refusal(label: &str, outcome: Result<(), Problem>) -> Result<Option<String>, Problem> {
    match outcome {
        Ok(()) => Ok(None),
        Err(Problem::Invalid(errors)) => {
            let first = errors.into_iter().next();
            Ok(first.map(|error| format!("{label}: {}", error.detail)))
        }
        Err(problem) => Err(problem),
    }
}

fn field<T>(label: &str, value: &str) -> Result<T, String>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let read = serde_json::from_value::<T>(value.into());
    let field = read.map_err(|error| format!("{label}: {error}."))?;
    field.validate().map_err(|report| {
        let first = report.iter().next().map(|(_, error)| error.message());
        let (_, detail) = crate::platform::text::split_fault(first.unwrap_or_default());
        format!("{label}: {detail}")
    })?;
    Ok(field)
}
