//! What makes a repeated request harmless: its key, and the answer that is kept under it.

use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use crate::entity::idempotency_record::{self, Column};
use crate::entity::ids::UserId;

/// Says that an answer was given before.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The parts of a request by which an equal one is recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// What the client chose.
    pub key: String,
    pub method: String,
    /// With ids in their usual spelling.
    pub path: String,
    /// What tells its body from another one.
    pub body_hash: Vec<u8>,
}

impl KeyedRequest {
    /// The record of this key, of a user.
    pub(super) fn record_of(&self, user_id: UserId) -> sea_orm::Condition {
        use sea_orm::ColumnTrait;
        sea_orm::Condition::all()
            .add(Column::UserId.eq(user_id))
            .add(Column::Method.eq(&self.method))
            .add(Column::Path.eq(&self.path))
            .add(Column::Key.eq(&self.key))
    }
}

/// An answer that a transaction can keep: an equal request gets it again.
pub trait Replayable {
    /// What to keep of it.
    fn to_keep(&self) -> serde_json::Result<StoredAnswer>;
}

/// The whole of an answer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub etag: Option<String>,
    pub location: Option<String>,
    /// JSON, or empty.
    pub body: String,
}

impl StoredAnswer {
    /// What is kept of a body that has no tag.
    pub fn of<T: Serialize>(status: StatusCode, body: &T) -> serde_json::Result<Self> {
        Ok(Self {
            status: status.as_u16(),
            etag: None,
            location: None,
            body: serde_json::to_string(body)?,
        })
    }

    /// Reads it from its record.
    pub(super) fn from_record(record: &idempotency_record::Model) -> Self {
        let headers: serde_json::Value = serde_json::from_str(&record.headers).unwrap_or_default();
        let header = |name: &str| headers[name].as_str().map(str::to_owned);
        Self {
            status: u16::try_from(record.status).unwrap_or(200),
            etag: header("etag"),
            location: header("location"),
            body: record.body.clone(),
        }
    }

    /// Its headers, as its record keeps them.
    pub(super) fn headers_json(&self) -> String {
        json!({ "etag": self.etag, "location": self.location }).to_string()
    }

    /// The response it becomes, the first time and again.
    pub fn render(self) -> Response<String> {
        let mut response = Response::new(self.body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        if !response.body().is_empty() {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        for (name, value) in [(header::ETAG, self.etag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// The response to an equal request; it says that it was given before.
    pub(super) fn replay(self) -> Response<String> {
        let mut response = self.render();
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, yes);
        response
    }
}
