//! `create_thread`: starts a thread about a topic, or a direct thread between members.

use garde::Validate;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rules;
use super::store::{self, in_thread};
use super::types::Thread;
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, WriteMessages, active_members, limits, unknown_member,
};
use crate::app::App;
use crate::entity::ids::{MemberId, ThreadId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::{self, Column, ThreadKind, ThreadState};
use crate::entity::thread_member;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::platform::text::Title;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// A new thread. Send either `topic` or `member_ids`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "Visits at the hospital", "topic": "daily" })))]
pub struct CreateThreadRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<ThreadId>,
    /// What the thread is called. Required with `topic`.
    #[serde(default)]
    #[garde(dive, custom(compared("title", "topic", self.faults())))]
    pub title: Option<Title>,
    /// Makes it a thread for every member who sees this topic.
    #[serde(default)]
    #[garde(custom(compared("topic", "member_ids", self.faults())))]
    pub topic: Option<Topic>,
    /// Makes it a direct thread, which only you and these members see; not together with `topic`.
    #[serde(default)]
    #[garde(length(max = 50), custom(compared("member_ids", "topic", self.faults())))]
    #[schema(max_items = 50)]
    pub member_ids: Option<Vec<MemberId>>,
}

impl CreateThreadRequest {
    /// What is wrong with the fields together.
    fn faults(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        match (self.topic, &self.member_ids) {
            (Some(_), Some(_)) => {
                let detail = "Send topic or member_ids, not both.";
                errors.push(FieldError::new(
                    "/member_ids",
                    FieldErrorCode::TopicAndMembers,
                    detail,
                ));
            }
            (None, None) => {
                let detail = "Send topic or member_ids.";
                errors.push(FieldError::new("/topic", FieldErrorCode::Required, detail));
            }
            _ => {}
        }
        if self.topic.is_some() && self.title.is_none() {
            errors.push(rules::title_missing());
        }
        errors
    }
}

/// Start a thread.
///
/// With `topic` it is a thread for every member who sees the topic. With `member_ids` it is a
/// direct thread between you and these members: nobody else sees it, and nobody can be added
/// later. Nobody is told.
///
/// - 403 `forbidden`: viewers who are not the patient cannot write messages.
/// - 409 `limit_reached`: the circle has too many threads.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
/// - 422 `required`: send `topic` or `member_ids`; with `topic` send `title` too.
/// - 422 `topic_and_members`: send `topic` or `member_ids`, not both.
/// - 422 `topic_not_visible`: your level for `topic` is not `write`.
/// - 422 `unknown_member`: no active member of this circle has this id.
/// - 422 `no_other_member`: `member_ids` names nobody but you.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads", tag = "threads", params(CirclePath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = CREATED, description = "The thread", body = Thread), Problem),
)]
pub async fn create_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Json(new): Json<CreateThreadRequest>,
) -> Result<Created<Thread>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<thread::Entity>(new.id).await? {
        let answer = store::describe_thread(write.tx(), write.scope(), before.id).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let (kind, named) = match (new.topic, &new.member_ids) {
        (Some(topic), None) => {
            check_topic(&write, topic)?;
            (ThreadKind::Topic, Vec::new())
        }
        (None, Some(members)) => (ThreadKind::Direct, name_members(&write, members).await?),
        _ => return Err(Problem::Invalid(new.faults())),
    };
    let not_of_items = Column::Kind.ne(ThreadKind::Item).into_condition();
    write
        .check_limit::<thread::Entity>(limits::THREADS, not_of_items)
        .await?;
    let row = thread::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        topic: Set(new.topic),
        titled_by: Set(new.title.as_ref().and(write.actor())),
        title: Set(new.title.map(Into::into)),
        state: Set(ThreadState::Open),
        last_number: Set(0),
        last_activity_at: Set(write.now()),
        ..Default::default()
    };
    let thread = write.create::<thread::Entity>(row).await?;
    let name = |member_id| thread_member::ActiveModel {
        id: Set(write.new_id()),
        thread_id: Set(thread.id),
        member_id: Set(member_id),
        ..Default::default()
    };
    let named = named.into_iter().map(name).collect();
    write.insert_all::<thread_member::Entity>(named).await?;
    let created = Change::to::<thread::Entity>("created", &thread);
    write.log(in_thread(created, &thread)).await?;
    let answer = store::describe_thread(write.tx(), write.scope(), thread.id).await?;
    write.commit(Created::new(answer)).await
}

fn check_topic(write: &CircleWrite, topic: Topic) -> Result<(), Problem> {
    if write.scope().topics().level(topic) < TopicLevel::Write {
        let detail = "Send a topic for which your level is write.";
        return Err(Problem::field(
            "/topic",
            FieldErrorCode::TopicNotVisible,
            detail,
        ));
    }
    Ok(())
}

/// The members of a direct thread: the author and at least one other member.
async fn name_members(write: &CircleWrite, wanted: &[MemberId]) -> Result<Vec<MemberId>, Problem> {
    let active = active_members(write, wanted).await?;
    let is_active = |id: &MemberId| active.iter().any(|member| member.id == *id);
    let errors: Vec<FieldError> = wanted
        .iter()
        .enumerate()
        .filter(|(_, id)| !is_active(id))
        .map(|(index, _)| unknown_member(format!("/member_ids/{index}")))
        .collect();
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let mut named: Vec<MemberId> = write.actor().into_iter().collect();
    for id in wanted {
        if !named.contains(id) {
            named.push(*id);
        }
    }
    if named.len() < 2 {
        let detail = "Send the id of at least one other member.";
        return Err(Problem::field(
            "/member_ids",
            FieldErrorCode::NoOtherMember,
            detail,
        ));
    }
    Ok(named)
}
