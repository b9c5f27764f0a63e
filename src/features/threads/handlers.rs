//! Threads: begun, listed, renamed, archived, and read.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::locked::LockedThread;
use super::rules::ThreadVerb;
use super::store::{self, in_thread};
use super::types::{
    NewThread, ReadMark, Thread, ThreadChanges, ThreadPage, ThreadPath, ThreadQuery,
};
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ViewCircle, WriteMessages};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::personal_token::TokenScope;
use crate::entity::thread::{self, Column, ThreadKind, ThreadState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{message, read_cursor, thread_member};
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::problem::{FieldError, Problem};

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
        errors.push(title_missing());
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    }
}

fn title_missing() -> FieldError {
    let detail = "A thread about a topic has a title.";
    FieldError::new("/title", "missing", detail)
}

/// The members of a direct thread: the author and at least one other.
async fn name_members(write: &CircleWrite, wanted: &[MemberId]) -> Result<Vec<MemberId>, Problem> {
    let active = store::active_members(write, wanted).await?;
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

/// List threads.
///
/// Those in which something happened last come first. Each embeds its newest
/// message and how many the reader has not read.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads", tag = "threads", params(CirclePath, ThreadQuery),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of threads", body = ThreadPage), Problem),
)]
pub async fn list_threads(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<ThreadQuery>,
) -> Result<Listed<ThreadPage>, Problem> {
    let listing = circle.listing("threads", &query)?;
    let etag = circle.collection_tag()?;

    let mut rows = circle.find::<thread::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    let order = OrderBy::descending(Column::LastActivityAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_threads(circle.db(), circle.scope(), rows).await?;
    Listed::known(&ThreadPage { data, next_cursor }, etag)
}

/// Read a thread.
///
/// With its last message, and how much of it the reader has not read.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads/{thread_id}", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn read_thread(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
) -> Result<Found<Thread>, Problem> {
    let row = circle.require::<thread::Entity>(path.thread_id).await?;
    let thread = store::describe_thread(circle.db(), circle.scope(), row).await?;
    circle.found(thread)
}

impl LockedThread {
    async fn save_state(&mut self, verb: ThreadVerb, state: ThreadState) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.save(verb, row, vec!["state"]).await
    }

    async fn move_cursor(
        &mut self,
        cursor: Option<read_cursor::Model>,
        number: i32,
    ) -> Result<(), Problem> {
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        if let Some(before) = cursor {
            let mut row = before.clone().into_active_model();
            row.number = Set(number);
            self.write
                .update::<read_cursor::Entity>(&before, row)
                .await?;
        } else {
            let row = read_cursor::ActiveModel {
                id: Set(self.write.new_id()),
                thread_id: Set(self.row.id),
                member_id: Set(me),
                number: Set(number),
                ..Default::default()
            };
            self.write.insert::<read_cursor::Entity>(row).await?;
        }
        self.write.count_read().await
    }
}

/// Rename a thread.
///
/// By its author, or a coordinator who sees it.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/threads/{thread_id}", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn update_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
    Json(changes): Json<ThreadChanges>,
) -> Result<Found<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    thread.check(ThreadVerb::Change)?;
    if matches!(changes.title, Some(None)) && thread.row.kind == ThreadKind::Topic {
        return Err(Problem::Invalid(vec![title_missing()]));
    }
    let mut row = thread.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        row.titled_by = Set(thread.write.actor());
        thread.save(ThreadVerb::Change, row, fields.names()).await?;
    }
    thread.respond().await
}

/// Archive a thread.
///
/// It can be read, but nobody writes in it until it is reopened.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/archive", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn archive_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
) -> Result<Found<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if thread.begins(ThreadVerb::Archive)? {
        let state = ThreadState::Archived;
        thread.save_state(ThreadVerb::Archive, state).await?;
    }
    thread.respond().await
}

/// Reopen an archived thread.
///
/// From then on people write in it again.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/reopen", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn reopen_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
) -> Result<Found<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if thread.begins(ThreadVerb::Reopen)? {
        let state = ThreadState::Open;
        thread.save_state(ThreadVerb::Reopen, state).await?;
    }
    thread.respond().await
}

/// Say how far one has read a thread.
///
/// Nobody else learns of it. It only goes forwards: an older message than one
/// has said before changes nothing.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/read", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn mark_thread_read(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
    Json(ReadMark { up_to }): Json<ReadMark>,
) -> Result<Found<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    let message = thread
        .write
        .find_one::<message::Entity>(up_to)
        .await?
        .filter(|message| message.thread_id == thread.row.id)
        .ok_or_else(|| {
            let detail = "No such message in this thread.";
            Problem::field("/up_to", "unknown_message", detail)
        })?;
    let cursor = thread
        .write
        .find::<read_cursor::Entity>()
        .filter(read_cursor::Column::ThreadId.eq(thread.row.id))
        .one(thread.write.tx())
        .await?;
    if cursor
        .as_ref()
        .is_some_and(|cursor| cursor.number >= message.number)
    {
        return thread.respond().await;
    }
    thread.check(ThreadVerb::Read)?;
    thread.move_cursor(cursor, message.number).await?;
    thread.respond().await
}
