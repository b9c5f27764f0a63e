//! Extractors whose refusals are Problems. They judge the shape of a request;
//! what depends on the time or on other rows is judged inside the unit of work.

mod strict;

use std::sync::Arc;

use axum::body::HttpBody;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use garde::Validate;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::strict::parse_strictly;
use crate::problem::{FieldError, Problem};
use crate::request::RequestInfo;
use crate::text::split_fault;

/// The largest body an operation takes, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
const MAX_DEPTH: usize = 32;
/// The longest list in a body.
pub const MAX_ITEMS: usize = 200;

/// A JSON body: strict members, no duplicates, every bound checked.
///
/// For PATCH it is a merge patch; an empty string clears a nullable text, and
/// `?clear=a,b` clears what a client cannot send as null.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T> FromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_patch = request.method() == Method::PATCH;
        let media_types: &[&str] = if is_patch {
            &["application/json", "application/merge-patch+json"]
        } else {
            &["application/json"]
        };
        check_media_type(request.headers(), media_types)?;
        let clear = if is_patch {
            cleared_members(request.uri().query())
        } else {
            Vec::new()
        };

        let bytes = read_body(request).await?;
        let mut value = parse_strictly(&bytes)?;
        if is_patch && let Value::Object(members) = &mut value {
            for member in members.values_mut() {
                if member.as_str().is_some_and(str::is_empty) {
                    *member = Value::Null;
                }
            }
            members.extend(clear.into_iter().map(|name| (name, Value::Null)));
        }
        judge(value).map(Self)
    }
}

/// Without a body and a content type: nothing was said.
impl<S: Send + Sync, T> OptionalFromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let empty = request.body().is_end_stream();
        if empty && !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state)
            .await
            .map(Some)
    }
}

/// The fields of an HTML form.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_media_type(request.headers(), &["application/x-www-form-urlencoded"])?;
        let bytes = read_body(request).await?;
        serde_html_form::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| Problem::Malformed("The form is not complete.".into()))
    }
}

/// The parameters of the query; unknown ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        serde_html_form::from_str(query)
            .map(Self)
            .map_err(|error| Problem::Malformed(format!("Query: {}.", shorten(&error.to_string()))))
    }
}

/// The ids in the path; what is not an id names nothing.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(ids)| Self(ids))
            .map_err(|_| Problem::NotFound)
    }
}

/// The request's own facts, for handlers that need no caller.
#[derive(Clone, Debug)]
pub struct Asked(pub Arc<RequestInfo>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        request_info(parts).map(Self)
    }
}

/// What the outermost layer noted about the request.
pub fn request_info(parts: &Parts) -> Result<Arc<RequestInfo>, Problem> {
    parts
        .extensions
        .get::<Arc<RequestInfo>>()
        .cloned()
        .ok_or_else(|| Problem::Internal(anyhow::anyhow!("the request layer is missing")))
}

fn check_media_type(headers: &HeaderMap, accepted: &[&str]) -> Result<(), Problem> {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase());
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| value != "identity");
    if encoded || !essence.is_some_and(|essence| accepted.contains(&essence.as_str())) {
        return Err(Problem::UnsupportedMediaType);
    }
    Ok(())
}

async fn read_body(request: Request) -> Result<Vec<u8>, Problem> {
    let info = request.extensions().get::<Arc<RequestInfo>>().cloned();
    let body = Limited::new(request.into_body(), BODY_LIMIT);
    let bytes = body.collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            Problem::TooLarge
        } else {
            Problem::Malformed("The body broke off.".into())
        }
    })?;
    let bytes = bytes.to_bytes().to_vec();
    if let Some(info) = info {
        info.note_body(&bytes);
    }
    Ok(bytes)
}

fn cleared_members(query: Option<&str>) -> Vec<String> {
    #[derive(Deserialize)]
    struct Clear {
        #[serde(default)]
        clear: Vec<String>,
    }
    let Ok(Clear { clear }) = serde_html_form::from_str(query.unwrap_or_default()) else {
        return Vec::new();
    };
    clear
        .iter()
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn judge<T>(value: Value) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    // A list would fill the members of a struct by their order.
    if !value.is_object() {
        return Err(Problem::field("", "wrong_type", "Expected an object."));
    }
    let body: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(&error.path().to_string());
        Problem::Invalid(vec![shape_error(&pointer, &error.inner().to_string())])
    })?;
    body.validate().map_err(|report| {
        let errors = report.iter().map(|(path, error)| {
            let (code, detail) = split_fault(error.message());
            FieldError::new(pointer(&path.to_string()), code, detail)
        });
        Problem::Invalid(errors.collect())
    })?;
    Ok(body)
}

/// `a.b[0]` as `/a/b/0`.
fn pointer(path: &str) -> String {
    path.split(['.', '['])
        .map(|part| part.trim_end_matches(']'))
        .filter(|part| !part.is_empty() && *part != "?")
        .flat_map(|part| ["/".into(), part.replace('~', "~0").replace('/', "~1")])
        .collect()
}

/// serde's sentence about a body, as a field error that repeats no value.
fn shape_error(pointer: &str, message: &str) -> FieldError {
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    let child = || {
        let name = quoted();
        if pointer.ends_with(&format!("/{name}")) {
            pointer.to_owned()
        } else {
            format!("{pointer}/{name}")
        }
    };
    let expected = message
        .rsplit_once(", expected ")
        .map(|(_, expected)| shorten(expected));
    if message.starts_with("unknown field") {
        FieldError::new(child(), "unknown_member", "There is no such member.")
    } else if message.starts_with("missing field") {
        FieldError::new(child(), "missing", "This is required.")
    } else if message.starts_with("unknown variant") {
        let detail = format!("Expected {}.", expected.unwrap_or_default());
        FieldError::new(pointer, "unknown_value", detail)
    } else if let Some(expected) = expected {
        FieldError::new(pointer, "wrong_type", format!("Expected {expected}."))
    } else {
        let mut detail = shorten(message);
        if let Some(first) = detail.get(..1) {
            detail = format!("{}{}.", first.to_uppercase(), &detail[1..]);
        }
        FieldError::new(pointer, "invalid_value", detail)
    }
}

/// The first 200 characters, without serde's line and column.
fn shorten(text: &str) -> String {
    let text = text.split(" at line ").next().unwrap_or_default();
    text.chars().take(200).collect()
}

/// For a member of a merge patch that cannot be null.
pub fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Notes, Title};

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[garde(dive)]
        title: Title,
        #[serde(default)]
        #[garde(dive)]
        notes: Option<Notes>,
        #[serde(default)]
        #[garde(skip)]
        _numbers: Vec<i32>,
    }

    fn errors(json: &str) -> Vec<String> {
        match parse_strictly(json.as_bytes()).and_then(judge::<Body>) {
            Ok(_) => Vec::new(),
            Err(Problem::Invalid(errors)) => errors
                .into_iter()
                .map(|error| format!("{} {}", error.pointer, error.code))
                .collect(),
            Err(problem) => vec![format!("{problem:?}")],
        }
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let long = format!(r#"{{"title": "", "notes": "{}"}}"#, "n".repeat(4001));
        assert_eq!(errors(&long), ["/notes too_long", "/title too_short"]);
    }

    #[test]
    fn a_shape_error_points_at_the_member() {
        assert_eq!(errors("{}"), ["/title missing"]);
        assert_eq!(errors(r#"{"title": 3}"#), ["/title wrong_type"]);
        assert_eq!(errors(r#"{"title": "a", "x": 1}"#), ["/x unknown_member"]);
        assert_eq!(
            errors(r#"{"title": "a", "_numbers": [1, "b"]}"#),
            ["/_numbers/1 wrong_type"]
        );
        assert_eq!(
            errors(r#"{"title": "a\u0000"}"#),
            ["/title forbidden_character"]
        );
    }

    #[test]
    fn what_parsers_disagree_about_is_malformed() {
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        for json in [
            r#"{"title": "a", "title": "b"}"#,
            r#"{"title": "a"} {}"#,
            r#"{"title": "\ud800"}"#,
            &deep,
            "",
            "{",
            "nul",
        ] {
            assert!(
                errors(json)[0].starts_with("Malformed"),
                "{json}: {:?}",
                errors(json)
            );
        }
    }
}
