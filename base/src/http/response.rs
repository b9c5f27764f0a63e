//! Answers that a transaction can store, so that a repeated request gets exactly the same answer
//! as the first.

use std::marker::PhantomData;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::entity_tag::TagStem;
use crate::http::request::RequestInfo;
use crate::platform::db::{Replayable, StoredAnswer};
use crate::problem::Problem;

/// A thing with its own version and address.
pub trait Versioned: Serialize {
    /// The version that is compared with `If-Match`.
    fn version(&self) -> i32;
    /// The path on this server.
    fn location(&self) -> String;
}

/// A body. Its JSON is written only once, when the entity tag is computed.
#[derive(Debug)]
struct Tagged {
    etag: String,
    json: String,
}

impl Tagged {
    fn of<T: Serialize>(body: &T, stem: &TagStem) -> serde_json::Result<Self> {
        let json = serde_json::to_string(body)?;
        let etag = stem.of_answer(&json);
        Ok(Self { etag, json })
    }
}

/// 200 with a resource and its ETag.
#[derive(Debug)]
pub struct Resource<T> {
    pub body: T,
    tagged: Option<Tagged>,
}

impl<T> Resource<T> {
    pub fn new(body: T) -> Self {
        Self { body, tagged: None }
    }
}

impl<T: Versioned> Resource<T> {
    /// The answer with its entity tag, or 304 if the reader has it already.
    pub fn unless_seen(body: T, stem: &TagStem, request: &RequestInfo) -> Result<Self, Problem> {
        let tagged = Tagged::of(&body, stem).map_err(anyhow::Error::from)?;
        request.unless_seen(&tagged.etag)?;
        Ok(Self {
            body,
            tagged: Some(tagged),
        })
    }
}

/// 201 with a resource, its ETag and its Location, or 200 if it existed already.
#[derive(Debug)]
pub struct Created<T> {
    pub body: T,
    tagged: Option<Tagged>,
    again: bool,
}

impl<T> Created<T> {
    pub fn new(body: T) -> Self {
        Self {
            body,
            tagged: None,
            again: false,
        }
    }

    /// For a repeated create, in which the client chose the id: answers with 200.
    pub fn again(body: T) -> Self {
        Self {
            again: true,
            ..Self::new(body)
        }
    }
}

/// 204, no content.
#[derive(Clone, Copy, Debug)]
pub struct NoContent;

/// 200 with a body without a version.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// 201 with a body without a version.
#[derive(Debug)]
pub struct CreatedBody<T>(pub T);

/// 202 with a body without a version.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

/// 200 or 201 with secrets in the body. No cache may store it, and no idempotency record.
#[derive(Debug)]
pub struct Secret<T>(pub StatusCode, pub T);

/// An answer that a transaction returns and can store.
pub trait Answer: IntoResponse {
    /// The version of the resource, if it has one.
    fn version(&self) -> Option<i32> {
        None
    }
    /// Sets the entity tag, which starts with `stem`, if the answer has a tag.
    fn tag(&mut self, _: &TagStem) -> serde_json::Result<()> {
        Ok(())
    }
    /// What is stored for a repeated request.
    fn store(&self) -> serde_json::Result<StoredAnswer>;
}

impl<T: Versioned> Answer for Resource<T> {
    fn version(&self) -> Option<i32> {
        Some(self.body.version())
    }

    fn tag(&mut self, stem: &TagStem) -> serde_json::Result<()> {
        self.tagged = Some(Tagged::of(&self.body, stem)?);
        Ok(())
    }

    fn store(&self) -> serde_json::Result<StoredAnswer> {
        keep_resource(StatusCode::OK, &self.body, self.tagged.as_ref(), None)
    }
}

impl<T: Versioned> Answer for Created<T> {
    fn version(&self) -> Option<i32> {
        Some(self.body.version())
    }

    fn tag(&mut self, stem: &TagStem) -> serde_json::Result<()> {
        self.tagged = Some(Tagged::of(&self.body, stem)?);
        Ok(())
    }

    fn store(&self) -> serde_json::Result<StoredAnswer> {
        let (status, location) = if self.again {
            (StatusCode::OK, None)
        } else {
            (StatusCode::CREATED, Some(self.body.location()))
        };
        keep_resource(status, &self.body, self.tagged.as_ref(), location)
    }
}

impl<T: Serialize> Answer for Body<T> {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        StoredAnswer::of(StatusCode::OK, &self.0)
    }
}

impl<T: Serialize> Answer for CreatedBody<T> {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        StoredAnswer::of(StatusCode::CREATED, &self.0)
    }
}

impl<T: Serialize> Answer for Accepted<T> {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        StoredAnswer::of(StatusCode::ACCEPTED, &self.0)
    }
}

impl Answer for NoContent {
    fn store(&self) -> serde_json::Result<StoredAnswer> {
        Ok(StoredAnswer {
            status: StatusCode::NO_CONTENT.as_u16(),
            etag: None,
            location: None,
            body: String::new(),
        })
    }
}

/// Implements the answer that a transaction can store.
impl<A: Answer> Replayable for A {
    fn to_keep(&self) -> serde_json::Result<StoredAnswer> {
        self.store()
    }
}

/// What is stored of a resource. Its tag must have been set before.
fn keep_resource<T: Serialize>(
    status: StatusCode,
    body: &T,
    tagged: Option<&Tagged>,
    location: Option<String>,
) -> serde_json::Result<StoredAnswer> {
    let answer = match tagged {
        Some(tagged) => StoredAnswer {
            status: status.as_u16(),
            etag: Some(tagged.etag.clone()),
            location: None,
            body: tagged.json.clone(),
        },
        None => StoredAnswer::of(status, body)?,
    };
    Ok(StoredAnswer { location, ..answer })
}

fn respond<A: Answer>(answer: &A) -> Response {
    match answer.store() {
        Ok(stored) => stored.render().map(axum::body::Body::from),
        Err(error) => Problem::internal(error).into_response(),
    }
}

impl<T: Versioned> IntoResponse for Resource<T> {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: Versioned> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: Serialize> IntoResponse for Body<T> {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: Serialize> IntoResponse for CreatedBody<T> {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: Serialize> IntoResponse for Secret<T> {
    fn into_response(self) -> Response {
        let no_store = HeaderValue::from_static("no-store");
        let body = axum::Json(self.1);
        (self.0, [(header::CACHE_CONTROL, no_store)], body).into_response()
    }
}

/// 200 with a page or a view and its weak entity tag.
#[derive(Debug)]
pub struct Page<T> {
    tagged: Tagged,
    body: PhantomData<T>,
}

impl<T: Serialize> Page<T> {
    /// A page or a view whose tag is a hash of it, or 304 if the reader has it already.
    pub fn unless_seen(body: &T, stem: &TagStem, request: &RequestInfo) -> Result<Self, Problem> {
        let tagged = Tagged::of(body, stem).map_err(anyhow::Error::from)?;
        request.unless_seen(&tagged.etag)?;
        Ok(Self {
            tagged,
            body: PhantomData,
        })
    }

    /// A page whose tag was known before its rows were read: see [`crate::http::entity_tag`].
    pub fn known(body: &T, etag: String) -> Result<Self, Problem> {
        let json = serde_json::to_string(body).map_err(anyhow::Error::from)?;
        Ok(Self {
            tagged: Tagged { etag, json },
            body: PhantomData,
        })
    }
}

impl<T> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Tagged { etag, json } = self.tagged;
        let answer = StoredAnswer {
            status: StatusCode::OK.as_u16(),
            etag: Some(etag),
            location: None,
            body: json,
        };
        answer.render().map(axum::body::Body::from)
    }
}
