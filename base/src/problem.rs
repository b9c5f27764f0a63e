//! The one error. Whatever goes wrong leaves as RFC 9457 problem+json with a
//! stable code, and never with a word from inside.

mod body;
mod conflict;
mod internal;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::body::ProblemBody;
pub use self::conflict::{Conflict, ConflictWith};
pub use self::internal::InternalError;
use crate::entity::personal_token::TokenScopes;

/// Everything a request can end in but success.
#[derive(Debug)]
pub enum Problem {
    /// 400: not understood before any field was looked at; says what.
    Malformed(String),
    /// 400: parameters of the query that do not fit; one entry for each.
    BadQuery(Vec<FieldError>),
    /// 401: no token, or one that is not good any more.
    Unauthenticated,
    /// 401: what was sent to sign in with is wrong; says what, but never whether there is
    /// an account.
    WrongCredentials(&'static str),
    /// 403: known, but not allowed to; says which right it needs, in words that follow
    /// "the right to".
    Forbidden(&'static str),
    /// 403: it is too long ago that the caller proved who they are.
    ReauthenticationNeeded,
    /// 403: the personal access token has not all of these scopes; none means
    /// that no token will do.
    InsufficientScope(TokenScopes),
    /// 403: this server takes no registrations without an invitation.
    SignupsClosed,
    /// 404: not there, or not for the caller.
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 409: not in the state it is in.
    Conflict(Conflict),
    /// 410: a mailed link or code that was used, replaced, or is too old.
    Gone,
    /// 410: a mailed code that was tried too often.
    TriedTooOften,
    /// 412: changed since the version in `If-Match`.
    Stale,
    /// 413
    TooLarge,
    /// 414
    UriTooLong,
    /// 431
    HeadersTooLarge,
    /// 415
    UnsupportedMediaType,
    /// 422: understood, but not acceptable; one entry for each field.
    Invalid(Vec<FieldError>),
    /// 422: the Idempotency-Key was used with another body.
    KeyReused,
    /// 409: an equal request is being worked on and does not end.
    InProgress,
    /// 429: done too often; says what, and how many seconds to wait.
    TooManyRequests { retry_after: u64, detail: String },
    /// 503: too busy or shutting down; nothing was done unless it is a write that timed out.
    Unavailable,
    /// 304: the caller has this answer already.
    NotModified(HeaderValue),
    /// The answer that was given to an equal request before.
    Replay(Box<axum::http::Response<String>>),
    /// 500: our bug; made by [`Problem::internal`].
    Internal(InternalError),
}

/// One field that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"pointer": "/title", "code": "too_long", "detail": "At most 120 characters."})))]
pub struct FieldError {
    /// A JSON pointer into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// A sentence for a person.
    pub detail: String,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

impl Problem {
    /// One parameter of the query that does not fit.
    pub fn query(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::BadQuery(vec![FieldError::new(format!("?{name}"), code, detail)])
    }

    /// One field that cannot be accepted.
    pub fn field(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code, detail)])
    }
}

const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer");

/// The same answer for every operation: whatever the status, a problem.
impl utoipa::IntoResponses for Problem {
    fn responses()
    -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description("A problem: why it could not be answered as asked")
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
            Self::InsufficientScope(scopes) => {
                let names = scopes.write();
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{names}\"");
                let challenge = HeaderValue::try_from(challenge).unwrap_or(CHALLENGE);
                Some((header::WWW_AUTHENTICATE, challenge))
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
