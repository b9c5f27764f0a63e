//! The body of a problem, and the title and detail of each kind.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConflictingItem, FieldError, Problem};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Problem {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::BadQuery(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::WrongCredentials(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_)
            | Self::InsufficientScope(_)
            | Self::SignupsClosed
            | Self::ReauthenticationNeeded => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::InProgress => StatusCode::CONFLICT,
            Self::Gone | Self::TriedTooOften => StatusCode::GONE,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotModified(_) => StatusCode::NOT_MODIFIED,
            Self::Replay(answer) => answer.status(),
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table, one entry a kind")]
    pub(super) fn body(&self) -> ProblemBody {
        let status = self.status();
        let (code, title, detail) = match self {
            Self::Malformed(what) => ("malformed_request", "Malformed request", what.clone()),
            Self::BadQuery(errors) => ("invalid_parameters", "Malformed request", about_query(errors)),
            Self::Unauthenticated => (
                "unauthenticated",
                "Sign in first",
                "The access token is missing, wrong or no longer valid. Refresh it, or sign in again.".into(),
            ),
            Self::WrongCredentials(what) => {
                ("wrong_credentials", "Wrong credentials", (*what).into())
            }
            Self::Forbidden(detail) => ("forbidden", "Not allowed", (*detail).into()),
            Self::ReauthenticationNeeded => (
                "reauthentication_required",
                "Confirm your identity",
                "Confirm your identity with a POST to /v1/me/reauthenticate or sign in again, then repeat the request within ten minutes.".into(),
            ),
            Self::InsufficientScope(scopes) if scopes.is_empty() => (
                "insufficient_scope",
                "Not allowed with this token",
                "Personal access tokens cannot do this. Sign in and use the access token of your session.".into(),
            ),
            Self::InsufficientScope(scopes) => (
                "insufficient_scope",
                "Not allowed with this token",
                format!("This needs a personal access token with {}.", scopes.write()),
            ),
            Self::SignupsClosed => (
                "signups_closed",
                "By invitation only",
                "On this server, a new account needs an invitation. Ask a coordinator of a circle to invite you.".into(),
            ),
            Self::NotFound => (
                "not_found",
                "Not found",
                "This does not exist, or you cannot see it.".into(),
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                "Method not allowed",
                "This address does not have this method. The header Allow lists the methods that it has.".into(),
            ),
            Self::Conflict(conflict) => (conflict.code, "Conflict", conflict.detail.into()),
            Self::Gone => (
                "no_longer_valid",
                "No longer valid",
                "The link or code was used, was replaced by a newer one, or is too old. Ask for a new one.".into(),
            ),
            Self::TriedTooOften => (
                "too_many_attempts",
                "Too many attempts",
                "Too many wrong codes were sent. The right code is no longer valid either. Ask for a new code.".into(),
            ),
            Self::Stale => (
                "version_mismatch",
                "Changed in the meantime",
                "This has changed since you read it. Read it again, and send its new version in If-Match.".into(),
            ),
            Self::TooLarge => (
                "body_too_large",
                "Body too large",
                "The body is larger than this operation accepts. Send a smaller one.".into(),
            ),
            Self::UriTooLong => (
                "uri_too_long",
                "Address too long",
                "Path and query together can have at most 8 KiB. Send a shorter query.".into(),
            ),
            Self::HeadersTooLarge => (
                "headers_too_large",
                "Headers too large",
                "Send at most 100 headers, with at most 16 KiB together.".into(),
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                "Unsupported media type",
                "Send a JSON body, at least `{}`, uncompressed and with Content-Type: application/json.".into(),
            ),
            Self::Invalid(errors) => (
                "validation_failed",
                "Some fields cannot be accepted",
                about_fields(errors),
            ),
            Self::KeyReused => (
                "idempotency_key_reused",
                "Idempotency-Key used before",
                "This Idempotency-Key was sent before with another body. Send a new key with a new request.".into(),
            ),
            Self::InProgress => (
                "request_in_progress",
                "Request in progress",
                "A request with this Idempotency-Key is still running. Send it again in a moment.".into(),
            ),
            Self::TooManyRequests { detail, .. } => {
                ("too_many_requests", "Too many requests", detail.clone())
            }
            Self::Unavailable => (
                "unavailable",
                "Server too busy",
                "The server is too busy at the moment. Try again shortly.".into(),
            ),
            Self::NotModified(_) | Self::Replay(_) | Self::Internal(_) => (
                "internal_error",
                "Something went wrong on the server",
                "This is not your fault. If it happens again, tell the operator the request_id: it is in the log.".into(),
            ),
        };
        let (state, actions, conflicts) = match self {
            Self::Conflict(conflict) => (
                conflict.state,
                conflict.actions.clone(),
                conflict.conflicts.clone(),
            ),
            _ => (None, Vec::new(), Vec::new()),
        };
        ProblemBody {
            kind: format!("/problems/{code}"),
            title: title.into(),
            status: status.as_u16(),
            detail,
            code: code.into(),
            request_id: None,
            errors: match self {
                Self::Invalid(errors) | Self::BadQuery(errors) => errors.clone(),
                _ => Vec::new(),
            },
            state,
            actions,
            conflicts,
            limit: match self {
                Self::Conflict(conflict) => conflict.limit,
                _ => None,
            },
        }
    }
}

/// Why a request failed (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem, examples(json!({
    "type": "/problems/validation_failed",
    "title": "Some fields cannot be accepted",
    "status": 422,
    "detail": "title: At most 120 characters.",
    "code": "validation_failed",
    "request_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "errors": [{"pointer": "/title", "code": "too_long", "detail": "At most 120 characters."}]
})))]
pub struct ProblemBody {
    /// The kind of problem as an address, like `/problems/validation_failed`. On a server under a path
    /// it begins with that path.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title for people.
    pub title: String,
    /// The HTTP status of this answer.
    pub status: u16,
    /// A sentence for people that says what is wrong and what to do.
    pub detail: String,
    /// The stable name of the problem, for programs.
    pub code: String,
    /// The id of this request. Tell it to the operator when you report a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What cannot be accepted: with 422 the fields of the body, with 400 the parameters of the
    /// query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With 409: the state of the thing that you tried to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// With 409: what you can do with it now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<&'static str>,
    /// With 409: the things that prevent the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictingItem>,
    /// With 409 `limit_reached`: the name of the limit. `api.rs` replaces this description with
    /// the table of limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
}

/// `?from: Send …`: the parameter is named because some clients log only this sentence.
fn about_query(errors: &[FieldError]) -> String {
    let all = errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer, error.detail));
    all.collect::<Vec<_>>().join(" ")
}

/// `due_on: Send a date like 2027-01-02. (and 2 more)`: only the first fault is spelled out.
fn about_fields(errors: &[FieldError]) -> String {
    let Some(first) = errors.first() else {
        return "See errors.".into();
    };
    // The name comes from the client and can be of any length.
    let name: String = first.pointer.chars().skip(1).take(60).collect();
    let colon = if name.is_empty() { "" } else { ": " };
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    format!("{name}{colon}{}{more}", first.detail)
}

impl ProblemBody {
    /// Removes what the body shows of other things, for a caller who may not read them.
    pub fn hide_state(&mut self) {
        self.state = None;
        self.actions.clear();
        self.conflicts.clear();
    }

    /// The response with this body. The layer that knows the request's id calls it a second time.
    pub fn render(&self) -> Response {
        let mut response = axum::Json(self).into_response();
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response
    }
}
