//! The activity of a circle, as its members read it: who did what, and the names of the fields that
//! changed, never their values.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleScope, ViewCircle, people_of, visible_changes,
};
use crate::entity::change::{self, ActorKind, Column};
use crate::entity::ids::{MemberId, ThreadId};
use crate::entity::membership;
use crate::entity::topic_grant::Topic;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

list_query! {
    /// Which page of the activity to list.
    pub struct ActivityQuery {
        /// With `true` only what others did and you have not marked as seen.
        pub unseen: Option<bool>,
    }
}

/// One thing that happened in a circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "seq": 42,
    "occurred_at": "2027-01-02T12:00:00.000Z",
    "actor_kind": "session",
    "actor_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actor_name": "Ben",
    "on_behalf_of_member_id": null,
    "on_behalf_of_name": null,
    "verb": "updated",
    "subject_type": "task",
    "subject_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "topic": "daily",
    "thread_id": null,
    "changed_fields": ["title", "due_local"]
})))]
pub struct ActivityEntry {
    /// Its number. A later entry has a higher number. Entries that you do not see leave gaps.
    pub seq: i64,
    /// When it happened.
    #[serde(serialize_with = "in_milliseconds")]
    pub occurred_at: DateTime<Utc>,
    /// What acted: a session, a personal access token, a link in an email, or Kith itself.
    pub actor_kind: ActorKind,
    /// The member who did it; null if Kith itself did.
    pub actor_member_id: Option<MemberId>,
    /// The name of that member today.
    pub actor_name: Option<String>,
    /// The member for whom the actor did it; null if nobody else is concerned.
    pub on_behalf_of_member_id: Option<MemberId>,
    /// The name of that member today.
    pub on_behalf_of_name: Option<String>,
    /// What happened, such as `created` or `claimed`.
    pub verb: String,
    /// What it happened to, such as `task` or `member`.
    pub subject_type: String,
    /// The id of the thing that it happened to.
    pub subject_id: Uuid,
    /// The topic of that thing; only members who see the topic see the entry.
    pub topic: Option<Topic>,
    /// The thread of that thing; only members who see the thread see the entry.
    pub thread_id: Option<ThreadId>,
    /// The names of the fields that changed.
    pub changed_fields: Vec<String>,
}

page_of!(ActivityEntryPage, ActivityEntry);

/// List the activity of a circle.
///
/// Lists who did what in the last 400 days, the newest first. You see an entry about a topic or a
/// thread if you see that topic or thread now. Only coordinators see entries about invitations.
/// Only coordinators and the patient see what was changed about the topics of other members. What
/// happens to a series is one entry: its single tasks have none of their own when the series makes
/// or changes them.
///
/// With `unseen` you get what changed since your last visit. An app shows it, and sends the number
/// of the newest entry to `POST …/activity/mark-seen`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/activity", tag = "circles", params(CirclePath, ActivityQuery),
    responses((status = OK, description = "A page of the activity", body = ActivityEntryPage), Problem),
)]
#[expect(
    clippy::disallowed_methods,
    reason = "the change log is not a CircleOwned table; its condition is added here"
)]
pub async fn list_activity(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<ActivityQuery>,
) -> Result<Page<ActivityEntryPage>, Problem> {
    let listing = circle.listing("log", &query)?;

    let mut rows = change::Entity::find()
        .filter(visible_changes(circle.scope()))
        .filter(Column::Verb.ne(Change::REPEATED));
    if query.unseen == Some(true) {
        rows = rows.filter(is_unseen(circle.scope()));
    }
    let order = OrderBy::number_descending(Column::Seq);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let people = rows
        .iter()
        .flat_map(|row| [row.actor_member_id, row.on_behalf_of_member_id]);
    let people = people_of(circle.db(), circle.scope(), people.flatten().collect()).await?;
    let name = |id: Option<MemberId>| id.and_then(|id| people.get(&id)).map(|it| it.name.clone());
    let describe = |row: change::Model| ActivityEntry {
        actor_name: name(row.actor_member_id),
        on_behalf_of_name: name(row.on_behalf_of_member_id),
        seq: row.seq,
        occurred_at: row.occurred_at,
        actor_kind: row.actor_kind,
        actor_member_id: row.actor_member_id,
        on_behalf_of_member_id: row.on_behalf_of_member_id,
        verb: row.verb,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        topic: row.topic,
        thread_id: row.thread_id,
        changed_fields: serde_json::from_str(&row.changed_fields).unwrap_or_default(),
    };
    let data = rows.into_iter().map(describe).collect();
    circle.listed(&ActivityEntryPage { data, next_cursor })
}

/// What others did after the line that the caller has marked as seen. `MyCircles` counts the same.
fn is_unseen(scope: &CircleScope) -> Condition {
    let me = scope.member_id();
    let seen = scope
        .find::<membership::Entity>()
        .filter(membership::Column::Id.eq(me))
        .select_only()
        .column(membership::Column::SeenSeq)
        .into_query();
    let seen = Expr::SubQuery(None, Box::new(seen.into()));
    let by_others = Condition::any()
        .add(Column::ActorMemberId.is_null())
        .add(Column::ActorMemberId.ne(me));
    Condition::all()
        .add(Expr::col((change::Entity, Column::Seq)).gt(seen))
        .add(by_others)
}
