//! Extractors that refuse with a `Problem`. They check only the shape of a request. Everything that
//! depends on the time or on other rows is checked inside the transaction.

mod bounds;
mod faults;
mod query_faults;
mod strict;
mod unset;
mod upload;

use std::sync::Arc;

use axum::body::{Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use garde::Validate;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use self::bounds::compared;
pub(crate) use self::faults::MOST_FAULTS;
use self::faults::judge;
use self::query_faults::judge_query;
use self::strict::parse_strictly;
use self::unset::drop_unset;
pub use self::upload::Upload;
use crate::http::openapi::Shape;
use crate::http::request::RequestInfo;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// The largest body in bytes. Operations with long texts accept more, because JSON escapes make
/// texts longer: their limit is in the document (`x-max-bytes`).
pub const BODY_LIMIT: usize = 64 * 1024;
const MAX_DEPTH: usize = 32;
/// The longest list that a body can contain.
pub const MAX_ITEMS: usize = 200;

/// A JSON body. Unknown and duplicate fields are refused, and every bound is checked. A request
/// without a body counts as `{}`; with a content type only where a body may be left out.
///
/// For PATCH it is a merge patch: an empty string clears a nullable text, and `?clear=a,b` clears
/// fields for clients that cannot send null. In every other body, null, `[]` and an empty text for
/// a field that may be left out mean that it was not sent, and where the body may be left out, so
/// does `null` instead of it.
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
        let clear = if is_patch {
            cleared_members(request.uri().query())
        } else {
            Vec::new()
        };

        let info = request.extensions().get::<Arc<RequestInfo>>().cloned();
        let shape = shape_of(request.extensions());
        let mut value = if is_left_out(&request, &shape, media_types)? {
            Value::Object(Map::new())
        } else {
            check_media_type(request.headers(), media_types)?;
            parse_strictly(&read_body(request, shape.body_limit()).await?)?
        };
        if value.is_null() && shape.body_may_be_left_out() {
            value = Value::Object(Map::new());
        }
        if !is_patch {
            drop_unset(&mut value, shape.body());
        }
        if let Some(info) = info {
            info.note_meaning(&value);
        }
        if is_patch && let Value::Object(members) = &mut value {
            for member in members.values_mut() {
                if member.as_str().is_some_and(str::is_empty) {
                    *member = Value::Null;
                }
            }
            clear_members(members, clear)?;
        }
        judge(&value, &shape).map(Self)
    }
}

/// `None` for a request without a body.
impl<S: Send + Sync, T> OptionalFromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let shape = shape_of(request.extensions());
        if is_left_out(&request, &shape, &["application/json"])? {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state)
            .await
            .map(Some)
    }
}

/// Whether there is no body. Generated clients (Kotlin, Swift) name the content type even of a body
/// that they leave out.
fn is_left_out(request: &Request, shape: &Shape, media_types: &[&str]) -> Result<bool, Problem> {
    let is_empty = request.body().is_end_stream();
    if !is_empty || !request.headers().contains_key(header::CONTENT_TYPE) {
        return Ok(is_empty);
    }
    check_media_type(request.headers(), media_types)?;
    Ok(shape.body_may_be_left_out())
}

/// The fields of an HTML form.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_media_type(request.headers(), &["application/x-www-form-urlencoded"])?;
        let bytes = read_body(request, BODY_LIMIT).await?;
        serde_html_form::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| Problem::Malformed("The form is not complete. Send it again.".into()))
    }
}

/// The parameters of the query. Unknown parameters are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        judge_query(query, &shape_of(&parts.extensions)).map(Self)
    }
}

/// The ids in the path. Anything that is not an id is answered with 404.
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

/// The facts of the request, for handlers whose callers are not signed in.
#[derive(Clone, Debug)]
pub struct AnonymousRequest(pub Arc<RequestInfo>);

impl<S: Send + Sync> FromRequestParts<S> for AnonymousRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        request_info(parts).map(Self)
    }
}

/// The facts of the request that the outermost layer has read.
pub fn request_info(parts: &Parts) -> Result<Arc<RequestInfo>, Problem> {
    parts
        .extensions
        .get::<Arc<RequestInfo>>()
        .cloned()
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("the request layer is missing")))
}

/// What the operation does and accepts. Web pages are not operations: their shape is empty.
pub fn shape_of(extensions: &Extensions) -> Arc<Shape> {
    extensions.get::<Arc<Shape>>().cloned().unwrap_or_default()
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

async fn read_body(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let info = request.extensions().get::<Arc<RequestInfo>>().cloned();
    let body = Limited::new(request.into_body(), limit);
    let bytes = body.collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            Problem::TooLarge(limit)
        } else {
            Problem::Malformed("The body ended too early. Send it again.".into())
        }
    })?;
    let bytes = bytes.to_bytes();
    if let Some(info) = info {
        info.note_body(&bytes);
    }
    Ok(bytes)
}

/// Clears what the query names. A value that the body sends for it would be lost silently, so both
/// together are refused.
fn clear_members(members: &mut Map<String, Value>, names: Vec<String>) -> Result<(), Problem> {
    let sent = |name: &&String| members.get(*name).is_some_and(|value| !value.is_null());
    let errors: Vec<_> = names
        .iter()
        .filter(sent)
        .map(|name| {
            let detail = "The query clears this field. Send a value, or clear it, not both.";
            FieldError::new(format!("/{name}"), FieldErrorCode::ClearedAndSent, detail)
        })
        .collect();
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    members.extend(names.into_iter().map(|name| (name, Value::Null)));
    Ok(())
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

/// For a field of a merge patch that cannot be null.
pub fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
