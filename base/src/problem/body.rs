//! The body of a problem, as clients read it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConflictWith, FieldError, Problem};

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
            Self::Malformed(what) => ("malformed", "Malformed request", what.clone()),
            Self::BadQuery(errors) => ("malformed", "Malformed request", about_query(errors)),
            Self::Unauthenticated => (
                "unauthenticated",
                "Sign in first",
                "The access token is missing, wrong or no longer good.".into(),
            ),
            Self::WrongCredentials(what) => {
                ("wrong_credentials", "That does not match", (*what).into())
            }
            Self::Forbidden(right) => (
                "forbidden",
                "Not allowed",
                format!("This needs the right to {right}."),
            ),
            Self::ReauthenticationNeeded => (
                "reauthentication_needed",
                "Prove that it is you",
                "This needs a sign-in or a POST to /v1/sessions/reauthenticate in the last ten minutes.".into(),
            ),
            Self::InsufficientScope(scopes) if scopes.is_empty() => (
                "insufficient_scope",
                "Not with a token",
                "No personal access token will do for this: sign in.".into(),
            ),
            Self::InsufficientScope(scopes) => (
                "insufficient_scope",
                "Not with this token",
                format!("This needs a token with {}.", scopes.write()),
            ),
            Self::SignupsClosed => (
                "signups_closed",
                "By invitation only",
                "This server takes new accounts by invitation only.".into(),
            ),
            Self::NotFound => (
                "not_found",
                "Not found",
                "There is nothing here for you.".into(),
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                "Method not allowed",
                "The header Allow lists the methods of this address.".into(),
            ),
            Self::Conflict(conflict) => (conflict.code, "Conflict", conflict.detail.into()),
            Self::Gone => (
                "gone",
                "No longer good",
                "The link or code was used, was replaced by a newer one, or is too old.".into(),
            ),
            Self::TriedTooOften => (
                "gone",
                "No longer good",
                "Too many wrong codes were sent, so the right one is no longer good either. Ask for a new code.".into(),
            ),
            Self::Stale => (
                "stale",
                "Changed meanwhile",
                "Somebody changed this since you read it. Read it again.".into(),
            ),
            Self::TooLarge => (
                "too_large",
                "Too large",
                "The body is larger than this address takes.".into(),
            ),
            Self::UriTooLong => (
                "uri_too_long",
                "Address too long",
                "Path and query take 8 KiB.".into(),
            ),
            Self::HeadersTooLarge => (
                "headers_too_large",
                "Headers too large",
                "A request takes 100 headers, of 16 KiB together.".into(),
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                "Unsupported media type",
                "Send a JSON body, `{}` at least, uncompressed and with Content-Type: application/json.".into(),
            ),
            Self::Invalid(errors) => (
                "invalid",
                "Some fields cannot be accepted",
                about_fields(errors),
            ),
            Self::KeyReused => (
                "idempotency_key_reused",
                "Key used before",
                "This Idempotency-Key came with another body before. Use a new key for a new request.".into(),
            ),
            Self::InProgress => (
                "request_in_progress",
                "Try again",
                "A request with this Idempotency-Key is still being worked on.".into(),
            ),
            Self::TooManyRequests { detail, .. } => {
                ("too_many_requests", "Too often", detail.clone())
            }
            Self::Unavailable => (
                "unavailable",
                "Try again",
                "The server is too busy at this moment.".into(),
            ),
            Self::NotModified(_) | Self::Replay(_) | Self::Internal(_) => (
                "internal",
                "Something broke on our side",
                "It is not your fault, and it has been recorded.".into(),
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

/// Why a request was not answered as asked (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem, examples(json!({
    "type": "/problems/invalid",
    "title": "Some fields cannot be accepted",
    "status": 422,
    "detail": "title: At most 120 characters.",
    "code": "invalid",
    "request_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "errors": [{"pointer": "/title", "code": "too_long", "detail": "At most 120 characters."}]
})))]
pub struct ProblemBody {
    /// Names the kind of problem, like `/problems/invalid`. It is a name, and no page is
    /// behind it; on a server under a path it begins with that path.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// A sentence for a person.
    pub detail: String,
    /// The stable name of the problem, for programs.
    pub code: String,
    /// What to tell the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The fields that cannot be accepted, with 422, or the parameters, with 400.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The state of the subject, with 409.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The verbs the caller may use now, with 409.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<&'static str>,
    /// What stands in the way, with 409.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictWith>,
    /// With 409 `limit_reached`, which one. The document lists them: `api.rs` writes it in
    /// from the table of limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
}

/// `?from: Send …`: a log that keeps only this sentence still tells which.
fn about_query(errors: &[FieldError]) -> String {
    let all = errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer, error.detail));
    all.collect::<Vec<_>>().join(" ")
}

/// `due_on: Send a date like 2027-01-02. (and 2 more)`: the first field by its name.
fn about_fields(errors: &[FieldError]) -> String {
    let Some(first) = errors.first() else {
        return "See errors.".into();
    };
    // A client may name a member as it likes.
    let name: String = first.pointer.chars().skip(1).take(60).collect();
    let colon = if name.is_empty() { "" } else { ": " };
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    format!("{name}{colon}{}{more}", first.detail)
}

impl ProblemBody {
    /// Takes out what it tells of things, for a caller who may not read them.
    pub fn hide_state(&mut self) {
        self.state = None;
        self.actions.clear();
        self.conflicts.clear();
    }

    /// The response with this body; called again by the layer that knows the request's id.
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
