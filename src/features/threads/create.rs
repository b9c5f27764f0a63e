//! `create_thread`: starts a thread about a topic, or between members who are named.

use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rules;
use super::store::{self, in_thread};
use super::types::Thread;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, WriteMessages, active_members, limits};
use crate::app::App;
use crate::entity::ids::{MemberId, ThreadId};
use crate::entity::personal_token::TokenScope;
use crate::entity::thread::{self, ThreadKind, ThreadState};
use crate::entity::thread_member;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::platform::text::Title;
use crate::problem::{FieldError, Problem};

/// A thread to be: about a topic, or between people.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "Visits at the hospital", "topic": "daily" })))]
pub struct NewThread {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<ThreadId>,
    /// Required with `topic`.
    #[serde(default)]
    #[garde(dive)]
    pub title: Option<Title>,
    /// For everybody who sees this topic.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    /// For these members and oneself only, whoever else sees what; not together
    /// with `topic`.
    #[serde(default)]
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub member_ids: Option<Vec<MemberId>>,
}

/// Begin a thread.
///
/// About a topic, for everybody who sees it, by whoever writes it; or between
/// oneself and the members who are named, whom nobody else joins or overhears.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads", tag = "threads", params(CirclePath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = CREATED, description = "The thread", body = Thread), Problem),
)]
pub async fn create_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Json(new): Json<NewThread>,
) -> Result<Created<Thread>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<thread::Entity>(new.id).await? {
        let answer = store::describe_thread(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let (kind, named) = match (new.topic, &new.member_ids) {
        (Some(topic), None) => {
            check_topic(&write, topic, &new)?;
            (ThreadKind::Topic, Vec::new())
        }
        (None, Some(members)) => (ThreadKind::Direct, name_members(&write, members).await?),
        (Some(_), Some(_)) => {
            let detail = "Give a topic or members, not both.";
            return Err(Problem::field("/member_ids", "topic_and_members", detail));
        }
        (None, None) => {
            let detail = "Give a topic or members.";
            return Err(Problem::field("/topic", "missing", detail));
        }
    };
    write
        .check_limit::<thread::Entity>(limits::THREADS, Condition::all())
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
    let answer = store::describe_thread(write.tx(), write.scope(), thread).await?;
    write.commit(Created::new(answer)).await
}

fn check_topic(write: &CircleWrite, topic: Topic, new: &NewThread) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if write.scope().topics().level(topic) < TopicLevel::Write {
        let detail = "You do not write this topic.";
        errors.push(FieldError::new("/topic", "topic_not_granted", detail));
    }
    if new.title.is_none() {
        errors.push(rules::title_missing());
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    }
}

/// The members of a direct thread: the author and at least one other.
async fn name_members(write: &CircleWrite, wanted: &[MemberId]) -> Result<Vec<MemberId>, Problem> {
    let active = active_members(write, wanted).await?;
    let is_active = |id: &MemberId| active.iter().any(|member| member.id == *id);
    let errors: Vec<FieldError> = wanted
        .iter()
        .enumerate()
        .filter(|(_, id)| !is_active(id))
        .map(|(index, _)| {
            let pointer = format!("/member_ids/{index}");
            FieldError::new(pointer, "unknown_member", "No such active member.")
        })
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
        let detail = "Name somebody besides yourself.";
        return Err(Problem::field("/member_ids", "nobody_else", detail));
    }
    Ok(named)
}
