//! Messages: written, read, edited for a while, and deleted without a trace of
//! their text.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::locked::{LockedMessage, LockedThread};
use super::message_types::{
    EarlierBody, EarlierBodyPage, Message, MessageChanges, MessagePage, MessagePath, MessageQuery,
    NewMessage,
};
use super::rules::{self, MessageVerb, ThreadVerb};
use super::store::{self, in_thread};
use super::types::ThreadPath;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ViewCircle, WriteMessages, forget_bodies,
};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::{message, message_edit, thread};
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::problem::{Conflict, Problem};

/// Write a message.
///
/// In an open thread that one sees. A mention lets nobody into it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/messages", tag = "messages",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = CREATED, description = "The message", body = Message), Problem),
)]
pub async fn write_message(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
    Json(new): Json<NewMessage>,
) -> Result<Created<Message>, Problem> {
    let thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if let Some(before) = thread.write.made_before::<message::Entity>(new.id).await? {
        let (write, thread) = (thread.write, thread.row);
        let answer = store::describe_message(write.tx(), write.scope(), &thread, before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| thread.write.new_id());
    thread.check(ThreadVerb::Write)?;
    let written = thread.row.last_number.unsigned_abs();
    limits::MESSAGES_OF_A_THREAD.check(written.into())?;
    if let Some(reply_to) = new.reply_to {
        let found = thread.write.find_one::<message::Entity>(reply_to).await?;
        found
            .filter(|message| message.thread_id == thread.row.id)
            .ok_or_else(|| {
                let detail = "No such message in this thread.";
                Problem::field("/reply_to", "unknown_message", detail)
            })?;
    }
    store::check_mentions(&thread.write, &thread.row, &new.mentions).await?;

    let (mut write, thread) = (thread.write, thread.row);
    let mut mentions = new.mentions;
    mentions.sort_unstable();
    mentions.dedup();
    let mut counted = thread.clone().into_active_model();
    counted.last_number = Set(thread.last_number + 1);
    counted.last_activity_at = Set(write.now());
    let thread = write.update::<thread::Entity>(&thread, counted).await?;
    let row = message::ActiveModel {
        id: Set(id),
        thread_id: Set(thread.id),
        number: Set(thread.last_number),
        body: Set(Some(new.body.into())),
        reply_to: Set(new.reply_to),
        mentions: Set(serde_json::json!(mentions).to_string()),
        edited_at: Set(None),
        deleted_at: Set(None),
        ..Default::default()
    };
    let message = write.create::<message::Entity>(row).await?;
    let created = Change::to::<message::Entity>("created", &message);
    write.log(in_thread(created, &thread)).await?;
    let answer = store::describe_message(write.tx(), write.scope(), &thread, message).await?;
    write.commit(Created::new(answer)).await
}

/// List the messages of a thread.
///
/// The newest first. Deleted ones keep their place. Who may not read what was
/// written before they joined begins there.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads/{thread_id}/messages", tag = "messages",
    params(CirclePath, ThreadPath, MessageQuery),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of messages", body = MessagePage), Problem),
)]
pub async fn list_messages(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
    Query(query): Query<MessageQuery>,
) -> Result<Listed<MessagePage>, Problem> {
    use message::Column;
    let listing = circle.listing(format_args!("messages {}", path.thread_id), &query)?;
    let thread = circle.require::<thread::Entity>(path.thread_id).await?;
    let etag = circle.collection_tag()?;

    let rows = circle
        .find::<message::Entity>()
        .filter(Column::ThreadId.eq(thread.id));
    let order = OrderBy::number_descending(Column::Number);
    let size = |row: &message::Model| row.body.as_ref().map_or(0, String::len);
    let (rows, next_cursor) = listing.page_by_size(circle.db(), rows, order, size).await?;
    let data = store::describe_messages(circle.db(), circle.scope(), &thread, rows).await?;
    Listed::known(&MessagePage { data, next_cursor }, etag)
}

/// Read a message.
///
/// A deleted one keeps its place and shows no text.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "The message", body = Message), Problem),
)]
pub async fn read_message(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<Found<Message>, Problem> {
    let row = circle.require::<message::Entity>(path.message_id).await?;
    let thread = circle.require::<thread::Entity>(row.thread_id).await?;
    let message = store::describe_message(circle.db(), circle.scope(), &thread, row).await?;
    circle.found(message)
}

/// See what a message said before it was edited.
///
/// The newest of the earlier bodies first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}/history", tag = "messages",
    params(CirclePath, MessagePath, MessageQuery),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of bodies", body = EarlierBodyPage), Problem),
)]
pub async fn list_message_history(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
    Query(query): Query<MessageQuery>,
) -> Result<Listed<EarlierBodyPage>, Problem> {
    use message_edit::Column;
    let listing = circle.listing(format_args!("history {}", path.message_id), &query)?;
    let message = circle.require::<message::Entity>(path.message_id).await?;
    let etag = circle.collection_tag()?;

    let rows = circle
        .find::<message_edit::Entity>()
        .filter(Column::MessageId.eq(message.id));
    let order = OrderBy::number_descending(Column::MessageVersion);
    let size = |row: &message_edit::Model| row.body.len();
    let (rows, next_cursor) = listing.page_by_size(circle.db(), rows, order, size).await?;
    let describe = |row: message_edit::Model| EarlierBody {
        message_version: row.message_version,
        body: row.body,
        written_at: row.written_at,
    };
    let data = rows.into_iter().map(describe).collect();
    Listed::known(&EarlierBodyPage { data, next_cursor }, etag)
}

/// Edit a message.
///
/// By its author, for 15 minutes; what it said before stays in its history.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The message", body = Message), Problem),
)]
pub async fn update_message(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<MessagePath>,
    Json(changes): Json<MessageChanges>,
) -> Result<Found<Message>, Problem> {
    let mut message = LockedMessage::open(&app, &circle, path.message_id).await?;
    message.check(MessageVerb::Change)?;
    let before = message.row.clone();
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    let Some(earlier) = before.body.clone().filter(|_| !fields.is_empty()) else {
        return message.respond().await;
    };
    let now = message.write.now();
    if !rules::may_still_edit(&before, now) {
        let detail = "A message can be edited for 15 minutes.";
        return Err(Conflict::of("too_late", detail).into());
    }
    let edit = message_edit::ActiveModel {
        id: Set(message.write.new_id()),
        message_id: Set(before.id),
        message_version: Set(before.version),
        body: Set(earlier),
        written_at: Set(before.edited_at.unwrap_or(before.created_at)),
        ..Default::default()
    };
    message.write.insert::<message_edit::Entity>(edit).await?;
    row.edited_at = Set(Some(now));
    message
        .save(MessageVerb::Change, row, fields.names())
        .await?;
    message.respond().await
}

/// Delete a message.
///
/// By its author; in a thread about a topic by coordinators too. Its place and
/// the replies to it stay; its text is gone for good, earlier bodies included.
#[utoipa::path(
    post, path = "/circles/{circle_id}/messages/{message_id}/delete", tag = "messages",
    params(CirclePath, MessagePath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "What is left of it", body = Message), Problem),
)]
pub async fn delete_message(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<Found<Message>, Problem> {
    let mut message = LockedMessage::open(&app, &circle, path.message_id).await?;
    if !message.begins(MessageVerb::Delete)? {
        return message.respond().await;
    }
    forget(&message.write, &message.row).await?;
    let mut row = message.row.clone().into_active_model();
    row.body = Set(None);
    row.mentions = Set("[]".into());
    row.deleted_at = Set(Some(message.write.now()));
    message.save(MessageVerb::Delete, row, Vec::new()).await?;
    message.respond().await
}

/// Takes what a message has ever said out of its history and of kept answers.
async fn forget(write: &CircleWrite, message: &message::Model) -> Result<(), Problem> {
    let its_own = message_edit::Column::MessageId.eq(message.id);
    let earlier = write
        .find::<message_edit::Entity>()
        .filter(its_own.clone())
        .all(write.tx())
        .await?;
    let mut bodies: Vec<String> = earlier.into_iter().map(|edit| edit.body).collect();
    bodies.extend(message.body.clone());
    let its_own = Condition::all().add(its_own);
    write.delete_all::<message_edit::Entity>(its_own).await?;
    forget_bodies(write, message.id.0, &bodies).await
}
