//! The circle's log as its members read it: who did what, and which fields it
//! was about, never what stands in them.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CircleAccess, CirclePath, ViewCircle, people_of, visible_changes};
use crate::entity::change::{self, ActorKind, Column};
use crate::entity::ids::{MemberId, ThreadId};
use crate::entity::topic_grant::Topic;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

list_query! {
    /// Which part of the log.
    pub struct LogQuery {}
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "seq": 42,
    "at": "2027-01-02T12:00:00.000Z",
    "way": "session",
    "actor_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actor_name": "Ben",
    "on_behalf_of": null,
    "on_behalf_of_name": null,
    "verb": "changed",
    "subject_type": "task",
    "subject_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "topic": "daily",
    "thread_id": null,
    "fields": ["title", "due_local"]
})))]
pub struct LogLine {
    /// Its number: later lines have higher ones. What one does not see leaves a gap.
    pub seq: i64,
    #[serde(serialize_with = "in_milliseconds")]
    pub at: DateTime<Utc>,
    pub way: ActorKind,
    /// Null is Kith itself.
    pub actor_id: Option<MemberId>,
    /// As they are called now.
    pub actor_name: Option<String>,
    /// Whose thing it was, where it was not the actor's own.
    pub on_behalf_of: Option<MemberId>,
    pub on_behalf_of_name: Option<String>,
    /// What happened: `created`, `claimed`, …
    pub verb: String,
    /// What it happened to: `task`, `membership`, …
    pub subject_type: String,
    pub subject_id: Uuid,
    pub topic: Option<Topic>,
    pub thread_id: Option<ThreadId>,
    /// The names of the fields that changed.
    pub fields: Vec<String>,
}

page_of!(LogPage, LogLine);

/// Read the circle's log.
///
/// Who did what, the newest first, for 400 days. What is about a topic or a
/// thread is there for those who see that now.
#[utoipa::path(
    get, path = "/circles/{circle_id}/log", tag = "circles", params(CirclePath, LogQuery),
    responses((status = OK, description = "A page of the log", body = LogPage), Problem),
)]
#[expect(
    clippy::disallowed_methods,
    reason = "the log is no table of its own kind; its condition is added here"
)]
pub async fn read_log(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<LogQuery>,
) -> Result<Page<LogPage>, Problem> {
    let listing = circle.listing("log", &query)?;

    let rows = change::Entity::find().filter(visible_changes(circle.scope()));
    let order = OrderBy::number_descending(Column::Seq);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let people = rows.iter().flat_map(|row| [row.actor_id, row.on_behalf_of]);
    let people = people_of(circle.db(), circle.scope(), people.flatten().collect()).await?;
    let name = |id: Option<MemberId>| id.and_then(|id| people.get(&id)).map(|it| it.name.clone());
    let describe = |row: change::Model| LogLine {
        actor_name: name(row.actor_id),
        on_behalf_of_name: name(row.on_behalf_of),
        seq: row.seq,
        at: row.at,
        way: row.way,
        actor_id: row.actor_id,
        on_behalf_of: row.on_behalf_of,
        verb: row.verb,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        topic: row.topic,
        thread_id: row.thread_id,
        fields: serde_json::from_str(&row.fields).unwrap_or_default(),
    };
    let data = rows.into_iter().map(describe).collect();
    circle.listed(&LogPage { data, next_cursor })
}
