//! The body of a problem, and the code and detail of each kind.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConflictingItem, FieldError, Problem, ProblemCode, TokenKind};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Problem {
    /// The code, which says the status and the title too. An answer that is no problem has none.
    pub(super) fn code(&self) -> ProblemCode {
        match self {
            Self::Malformed(_) => ProblemCode::MalformedRequest,
            Self::BadQuery(_) => ProblemCode::InvalidParameters,
            Self::Unauthenticated => ProblemCode::Unauthenticated,
            Self::TokenExpired(_) => ProblemCode::TokenExpired,
            Self::InvalidToken(_) => ProblemCode::InvalidToken,
            Self::WrongCredentials(_) => ProblemCode::WrongCredentials,
            Self::Forbidden(_) => ProblemCode::Forbidden,
            Self::ReauthenticationNeeded => ProblemCode::ReauthenticationRequired,
            Self::InsufficientScope(_) => ProblemCode::InsufficientScope,
            Self::SignupsClosed => ProblemCode::SignupsClosed,
            Self::NotFound => ProblemCode::NotFound,
            Self::MethodNotAllowed => ProblemCode::MethodNotAllowed,
            Self::Conflict(conflict) => conflict.code,
            Self::Gone => ProblemCode::NoLongerValid,
            Self::TriedTooOften => ProblemCode::TooManyAttempts,
            Self::Stale => ProblemCode::VersionMismatch,
            Self::TooLarge(_) => ProblemCode::BodyTooLarge,
            Self::UriTooLong => ProblemCode::UriTooLong,
            Self::HeadersTooLarge => ProblemCode::HeadersTooLarge,
            Self::UnsupportedMediaType => ProblemCode::UnsupportedMediaType,
            Self::UnsupportedPicture(_) => ProblemCode::UnsupportedPicture,
            Self::PictureRefused(_) => ProblemCode::PictureRefused,
            Self::Invalid(_) => ProblemCode::ValidationFailed,
            Self::KeyReused => ProblemCode::IdempotencyKeyReused,
            Self::InProgress => ProblemCode::RequestInProgress,
            Self::TooManyRequests { .. } => ProblemCode::TooManyRequests,
            Self::Unavailable => ProblemCode::Unavailable,
            Self::NotModified(_) | Self::Replay(_) | Self::Internal(_) => {
                ProblemCode::InternalError
            }
        }
    }

    fn detail(&self) -> String {
        let fixed = match self {
            Self::Malformed(what) => return what.clone(),
            Self::BadQuery(errors) => return about_query(errors),
            Self::Invalid(errors) => return about_fields(errors),
            Self::TooManyRequests { detail, .. }
            | Self::Forbidden(detail)
            | Self::PictureRefused(detail) => {
                return detail.clone();
            }
            Self::InsufficientScope(scopes) if !scopes.is_empty() => {
                return format!(
                    "This needs a personal access token with {}.",
                    scopes.write()
                );
            }
            Self::TooLarge(limit) => {
                return format!(
                    "The body is larger than this operation accepts. Send at most {}.",
                    shown_size(*limit)
                );
            }
            Self::WrongCredentials(detail) | Self::UnsupportedPicture(detail) => *detail,
            Self::Conflict(conflict) => conflict.detail,
            Self::Unauthenticated => {
                "The request has no token. Sign in, and send one header: `Authorization: Bearer …` with the access token."
            }
            Self::TokenExpired(TokenKind::Personal) => {
                "The personal access token has expired. Create a new one."
            }
            Self::TokenExpired(_) => {
                "The access token has expired. Refresh it with a POST to /v1/sessions/refresh, then repeat the request."
            }
            Self::InvalidToken(TokenKind::Personal) => {
                "The personal access token is wrong or was revoked. Create a new one."
            }
            Self::InvalidToken(TokenKind::Access) => {
                "The access token is wrong, or its session has ended. Refreshing does not help: sign in again."
            }
            Self::InvalidToken(TokenKind::Refresh) => {
                "The refresh token is wrong or was used before, or the session has ended. Sign in again."
            }
            Self::ReauthenticationNeeded => {
                "Confirm your identity with a POST to /v1/me/reauthenticate or sign in again, then repeat the request within ten minutes."
            }
            Self::InsufficientScope(_) => {
                "Personal access tokens cannot do this. Sign in and use the access token of your session."
            }
            Self::SignupsClosed => {
                "On this server, a new account needs an invitation. Ask a coordinator of a circle to invite you."
            }
            Self::NotFound => "This does not exist, or you cannot see it.",
            Self::MethodNotAllowed => {
                "This address does not have this method. The header Allow lists the methods that it has."
            }
            Self::Gone => {
                "The link or code was used, was replaced by a newer one, or is too old. Ask for a new one."
            }
            Self::TriedTooOften => {
                "Too many wrong codes were sent. The right code is no longer valid either. Ask for a new code."
            }
            Self::Stale => {
                "This has changed since you read it. Read it again, and send its new version in If-Match."
            }
            Self::UriTooLong => {
                "Path and query together can have at most 8 KiB. Send a shorter query."
            }
            Self::HeadersTooLarge => "Send at most 100 headers, with at most 16 KiB together.",
            Self::UnsupportedMediaType => {
                "Send a JSON body, at least `{}`, uncompressed and with Content-Type: application/json."
            }
            Self::KeyReused => {
                "This Idempotency-Key was sent before with another body or other parameters. Send a new key with a new request."
            }
            Self::InProgress => {
                "A request with this Idempotency-Key is still running. Send it again in a moment."
            }
            Self::Unavailable => {
                "The server is too busy at the moment. Wait for the seconds in Retry-After, then send the request again."
            }
            Self::NotModified(_) | Self::Replay(_) | Self::Internal(_) => {
                "This is not your fault. If it happens again, tell the operator the request_id: it is in the log."
            }
        };
        fixed.into()
    }

    pub(super) fn body(&self) -> ProblemBody {
        let code = self.code();
        let text = code.text();
        let (state, actions, conflicts) = match self {
            Self::Conflict(conflict) => (
                conflict.state,
                conflict.actions.clone(),
                conflict.conflicts.clone(),
            ),
            _ => (None, Vec::new(), Vec::new()),
        };
        ProblemBody {
            kind: code.path(),
            title: text.title.into(),
            status: text.status.as_u16(),
            detail: self.detail(),
            code,
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
    /// it begins with that path. The address is a page about this kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title for people.
    pub title: String,
    /// The HTTP status of this answer.
    pub status: u16,
    /// A sentence for people that says what is wrong and what to do.
    pub detail: String,
    /// The stable name of the problem, for programs.
    pub code: ProblemCode,
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
    /// With 409 `limit_reached`: the limit that is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
}

/// A number of bytes, for people.
fn shown_size(bytes: usize) -> String {
    const MIB: usize = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{} KiB", bytes / 1024)
    }
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
