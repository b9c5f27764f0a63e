//! The one error. Whatever goes wrong leaves as RFC 9457 problem+json with a
//! stable code, and never with a word from inside.

mod internal;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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

/// What stands in the way of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub code: &'static str,
    pub detail: &'static str,
    /// The state the subject is in.
    pub state: Option<&'static str>,
    /// The verbs the caller may use on it now.
    pub actions: Vec<&'static str>,
    /// What stands in the way.
    pub conflicts: Vec<ConflictWith>,
    /// The limit that is reached.
    pub limit: Option<&'static str>,
}

impl Conflict {
    /// A conflict that needs no more than its name.
    pub fn of(code: &'static str, detail: &'static str) -> Self {
        Self {
            code,
            detail,
            state: None,
            actions: Vec::new(),
            conflicts: Vec::new(),
            limit: None,
        }
    }

    /// A verb that does not fit the state.
    pub fn invalid_transition(state: &'static str, actions: Vec<&'static str>) -> Self {
        Self {
            state: Some(state),
            actions,
            ..Self::of(
                "invalid_transition",
                "That is not possible in the state this is in.",
            )
        }
    }

    /// The client has made something else under the id that it chose.
    pub fn id_reused() -> Self {
        let detail = "You created something else with this id before, and nothing of this \
            request was kept. Change that one, or choose a new id.";
        Self::of("id_reused", detail)
    }

    /// The client chose an id that is taken.
    pub fn id_taken() -> Self {
        Self::of("id_taken", "Something else has this id. Choose a new one.")
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

/// A thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d"})))]
pub struct ConflictWith {
    /// What it is: `task`, `need`, `appointment`, …; `busy` for something of yours
    /// that is not shown here: it lies in another circle, or you do not see its topic.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Not with `busy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Only with `busy`: when it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// Only with `busy`: when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
}

impl ConflictWith {
    /// Something that the caller sees.
    pub fn of(kind: &'static str, id: Uuid) -> Self {
        Self {
            kind,
            id: Some(id),
            starts_at: None,
            ends_at: None,
        }
    }

    /// Something of which the caller is told no more than the time, in RFC 3339.
    pub fn busy(from: String, to: String) -> Self {
        Self {
            kind: "busy",
            id: None,
            starts_at: Some(from),
            ends_at: Some(to),
        }
    }
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

    fn status(&self) -> StatusCode {
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
    fn body(&self) -> ProblemBody {
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
    /// With 409 `limit_reached`, which one: `circles_founded` (100),
    /// `circles_of_a_person` (200), `members` (200), `open_invitations` (2,000), `roles`
    /// (2,000), `task_lists` (2,000), `open_tasks` (5,000), `appointments_to_come`
    /// (2,000), `needs_of_an_appointment` (50), `threads` (2,000),
    /// `messages_of_a_thread` (50,000); of a circle, if nothing else is said.
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

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer");

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
