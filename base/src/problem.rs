//! The only error type of the API. Every failure is answered as RFC 9457 problem+json with a
//! stable code. The answer never shows an internal message: it could quote what people wrote.

mod body;
mod code;
mod conflict;
mod field_codes;
mod internal;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::body::ProblemBody;
pub use self::code::{ProblemCode, ProblemText};
pub use self::conflict::{Conflict, ConflictingItem};
pub use self::field_codes::FieldErrorCode;
pub use self::internal::InternalError;
use crate::entity::personal_access_token::TokenScopes;

/// All the ways in which a request can end without success.
#[derive(Debug)]
pub enum Problem {
    /// 400: the request could not be read. Says what to send.
    Malformed(String),
    /// 400: parameters of the query that cannot be accepted; one entry for each.
    BadQuery(Vec<FieldError>),
    /// 401: the request has no token.
    Unauthenticated,
    /// 401: the token is genuine, and too old.
    TokenExpired(TokenKind),
    /// 401: the token is wrong or was revoked, or its session has ended.
    InvalidToken(TokenKind),
    /// 401: the password, code or token is wrong. Says which, but never whether there is an
    /// account.
    WrongCredentials(&'static str),
    /// 403: the caller is known, but is not allowed to do this. Says in whole sentences who is.
    Forbidden(String),
    /// 403: the caller last confirmed their identity more than ten minutes ago.
    ReauthenticationNeeded,
    /// 403: the personal access token lacks some of these scopes. An empty list means that no
    /// personal access token can do this.
    InsufficientScope(TokenScopes),
    /// 403: on this server, a registration needs an invitation.
    SignupsClosed,
    /// 404: it does not exist, or the caller cannot see it.
    NotFound,
    /// 405: the address does not have this method.
    MethodNotAllowed,
    /// 409: the current state does not allow this.
    Conflict(Conflict),
    /// 410: the mailed link or code was used, was replaced, or is too old.
    Gone,
    /// 410: too many wrong codes were sent.
    TriedTooOften,
    /// 412: it has another version than `If-Match` says.
    Stale,
    /// 413: the body has more than this number of bytes.
    TooLarge(usize),
    /// 414: path and query are too long.
    UriTooLong,
    /// 431: there are too many headers, or they are too large.
    HeadersTooLarge,
    /// 415: the body has a wrong type, or is compressed.
    UnsupportedMediaType,
    /// 415: the picture is in a format that is not accepted. Says what to send.
    UnsupportedPicture(&'static str),
    /// 422: the picture cannot be read, or is too large. Says what to send.
    PictureRefused(String),
    /// 422: fields that cannot be accepted; one entry for each.
    Invalid(Vec<FieldError>),
    /// 422: the Idempotency-Key was sent before, with another body or query.
    KeyReused,
    /// 409: a request with the same Idempotency-Key is still running.
    InProgress,
    /// 429: too many requests. Says of which kind, and how many seconds to wait.
    TooManyRequests { retry_after: u64, detail: String },
    /// 503: the server is too busy or is stopping. Nothing was done, except by a write that timed
    /// out: that goes on.
    Unavailable,
    /// 304: the caller has this answer already; not an error.
    NotModified(HeaderValue),
    /// The stored answer to an earlier request with the same Idempotency-Key; not an error.
    Replay(Box<axum::http::Response<String>>),
    /// 500: a bug in Kith; made by [`Problem::internal`].
    Internal(InternalError),
}

/// Which token cannot be accepted: what to do differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The access token of a session.
    Access,
    /// A personal access token.
    Personal,
    /// The refresh token of a session.
    Refresh,
}

impl TokenKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access token",
            Self::Personal => "personal access token",
            Self::Refresh => "refresh token",
        }
    }
}

/// A field or parameter that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"pointer": "/title", "code": "too_long", "detail": "At most 120 characters."})))]
pub struct FieldError {
    /// A JSON pointer into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// The stable name of the fault, for programs.
    pub code: FieldErrorCode,
    /// A sentence for people that says what to send.
    pub detail: String,
}

impl FieldError {
    pub fn new(
        pointer: impl Into<String>,
        code: FieldErrorCode,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }
    }
}

impl Problem {
    /// One parameter of the query that cannot be accepted.
    pub fn query(name: &str, code: FieldErrorCode, detail: impl Into<String>) -> Self {
        Self::BadQuery(vec![FieldError::new(format!("?{name}"), code, detail)])
    }

    /// Two checks of one request: if both find faults of fields, they are told together.
    pub fn both<A, B>(a: Result<A, Self>, b: Result<B, Self>) -> Result<(A, B), Self> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(Self::Invalid(mut errors)), Err(Self::Invalid(more))) => {
                errors.extend(more);
                Err(Self::Invalid(errors))
            }
            (Err(problem), _) | (_, Err(problem)) => Err(problem),
        }
    }

    /// What several checks of one request found: the faults of all fields together, or the first
    /// problem of another kind.
    pub fn together(checks: impl IntoIterator<Item = Result<(), Self>>) -> Result<(), Self> {
        let mut errors = Vec::new();
        for check in checks {
            match check {
                Ok(()) => {}
                Err(Self::Invalid(more)) => errors.extend(more),
                Err(problem) => return Err(problem),
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Self::Invalid(errors))
        }
    }

    /// One field that cannot be accepted.
    pub fn field(pointer: &str, code: FieldErrorCode, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code, detail)])
    }
}

const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer");

/// `WWW-Authenticate` with the reason (RFC 6750).
fn challenge(reason: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(format!("Bearer {reason}"));
    (header::WWW_AUTHENTICATE, value.unwrap_or(CHALLENGE))
}

/// RFC 6750 has one error for both, so the description tells an expired token from a wrong one.
fn invalid_token(kind: TokenKind, fault: &str) -> (HeaderName, HeaderValue) {
    let description = format!("The {} {fault}", kind.as_str());
    challenge(&format!(
        "error=\"invalid_token\", error_description=\"{description}\""
    ))
}

/// Every operation can answer with a problem, whatever the status.
impl utoipa::IntoResponses for Problem {
    fn responses()
    -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description("A problem: why the request failed")
            .content("application/problem+json", content)
            .build();
        [("default".to_owned(), response.into())].into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Replay(answer) => return answer.map(Body::from),
            Self::NotModified(etag) => {
                return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
            }
            _ => {}
        }
        if let Self::Internal(error) = &self {
            error.log();
        }
        let body = self.body();
        let mut response = body.render();
        let header: Option<(HeaderName, HeaderValue)> = match &self {
            Self::Unauthenticated => Some((header::WWW_AUTHENTICATE, CHALLENGE)),
            Self::TokenExpired(kind) => Some(invalid_token(*kind, "has expired")),
            Self::InvalidToken(kind) => Some(invalid_token(*kind, "is not valid")),
            Self::InsufficientScope(scopes) => {
                let names = scopes.write();
                let scope = if names.is_empty() {
                    String::new()
                } else {
                    format!(", scope=\"{names}\"")
                };
                Some(challenge(&format!("error=\"insufficient_scope\"{scope}")))
            }
            Self::TooManyRequests { retry_after, .. } => {
                Some((header::RETRY_AFTER, HeaderValue::from(*retry_after)))
            }
            Self::Unavailable | Self::InProgress => Some((header::RETRY_AFTER, RETRY_SOON)),
            _ => None,
        };
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(body);
        response
    }
}
