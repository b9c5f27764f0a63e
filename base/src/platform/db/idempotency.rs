//! Makes repeated requests harmless: the key of a request, and the answer that is stored under it.

use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{EntityTrait, Insert};
use serde::Serialize;
use serde_json::json;

use crate::entity::idempotency_record::{self, Column};
use crate::entity::ids::UserId;

/// The header that says that an answer was given before.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The parts of a request by which an equal request is recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The key that the client chose.
    pub key: String,
    pub method: String,
    /// The path, with ids in their usual spelling.
    pub path: String,
    /// A keyed hash of the body and the query, which is different for another body or query.
    pub body_hash: Vec<u8>,
}

impl KeyedRequest {
    /// The insert that claims this key of a user. It inserts nothing if the key is used already.
    #[expect(
        clippy::disallowed_methods,
        reason = "the stored answers belong to no circle"
    )]
    pub(super) fn claim(
        &self,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Insert<idempotency_record::ActiveModel> {
        let row = idempotency_record::ActiveModel {
            user_id: Set(user_id),
            method: Set(self.method.clone()),
            path: Set(self.path.clone()),
            key: Set(self.key.clone()),
            body_hash: Set(self.body_hash.clone()),
            status: Set(idempotency_record::NO_ANSWER),
            headers: Set("{}".into()),
            body: Set(String::new()),
            topics: Set(None),
            created_at: Set(now),
        };
        idempotency_record::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
    }

    /// Finds the record of this key of a user.
    pub(super) fn record_of(&self, user_id: UserId) -> sea_orm::Condition {
        use sea_orm::ColumnTrait;
        sea_orm::Condition::all()
            .add(Column::UserId.eq(user_id))
            .add(Column::Method.eq(&self.method))
            .add(Column::Path.eq(&self.path))
            .add(Column::Key.eq(&self.key))
    }

    /// Whether a request of this user has used the key before: an expression for a query that reads
    /// something else, too.
    pub fn is_used(&self, user_id: UserId) -> Expr {
        let record = Query::select()
            .expr(Expr::value(1))
            .from(idempotency_record::Entity)
            .cond_where(self.record_of(user_id))
            .take();
        Expr::exists(record)
    }
}

/// An answer that a transaction can store, so that an equal request gets it again.
pub trait Replayable {
    /// The parts of the answer that are stored.
    fn to_keep(&self) -> serde_json::Result<StoredAnswer>;
}

/// A stored answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub etag: Option<String>,
    pub location: Option<String>,
    /// JSON, or empty.
    pub body: String,
}

impl StoredAnswer {
    /// The stored form of a body that has no entity tag.
    pub fn of<T: Serialize>(status: StatusCode, body: &T) -> serde_json::Result<Self> {
        Ok(Self {
            status: status.as_u16(),
            etag: None,
            location: None,
            body: serde_json::to_string(body)?,
        })
    }

    /// Reads the answer from its record.
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

    /// The headers, as the record stores them.
    pub(super) fn headers_json(&self) -> String {
        json!({ "etag": self.etag, "location": self.location }).to_string()
    }

    /// The response, for the first request and for repeated ones.
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

    /// The response to a repeated request. Its header says that it was given before.
    pub(super) fn replay(self) -> Response<String> {
        let mut response = self.render();
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, yes);
        response
    }
}
