//! `create_message`: sends a message to an open thread.

use garde::Validate;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::comments::touch_item;
use super::super::locked::LockedThread;
use super::super::rules::ThreadVerb;
use super::super::store::in_thread;
use super::super::types::ThreadPath;
use super::store;
use super::types::Message;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, WriteMessages, limits};
use crate::app::App;
use crate::entity::ids::{MemberId, MessageId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, thread};
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::platform::text::MessageBody;
use crate::problem::{FieldErrorCode, Problem};

/// A new message.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "body": "She slept well. The nurse comes at ten." })))]
pub struct CreateMessageRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<MessageId>,
    /// The text of the message.
    #[garde(dive)]
    pub body: MessageBody,
    /// The message that it replies to, in the same thread.
    #[serde(default)]
    #[garde(skip)]
    pub reply_to_message_id: Option<MessageId>,
    /// The members whom it mentions. They must see the thread.
    #[serde(default)]
    #[garde(length(max = 20))]
    #[schema(max_items = 20)]
    pub mentioned_member_ids: Vec<MemberId>,
}

/// Send a message to a thread.
///
/// Adds it at the end of an open thread that you see. A mention lets nobody into a thread: you can
/// mention only members who see it. Nobody is told by email.
///
/// - 403 `forbidden`: viewers who are not the patient cannot write messages.
/// - 409 `invalid_transition`: the thread is archived. Unarchive it first.
/// - 409 `limit_reached`: the thread has too many messages. Start another one.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
/// - 422 `unknown_message`: `reply_to_message_id` is no message of this thread that you can read.
/// - 422 `unknown_member`: a member in `mentioned_member_ids` is not active or does not see the thread.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/messages", tag = "messages",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = CREATED, description = "The message", body = Message), Problem),
)]
pub async fn create_message(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
    Json(new): Json<CreateMessageRequest>,
) -> Result<Created<Message>, Problem> {
    let thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    let check = |thread: &LockedThread| thread.check(ThreadVerb::CreateMessage);
    send(thread, false, new, check).await
}

/// Sends a message to a thread that exists, or is created with this message. `check` says whether it
/// is possible.
pub(in crate::features::threads) async fn send(
    thread: LockedThread,
    is_new: bool,
    new: CreateMessageRequest,
    check: impl FnOnce(&LockedThread) -> Result<(), Problem> + Send,
) -> Result<Created<Message>, Problem> {
    if let Some(before) = thread.write.made_before::<message::Entity>(new.id).await? {
        let (write, thread) = (thread.write, thread.row);
        let answer = store::describe_message(write.tx(), write.scope(), &thread, before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| thread.write.new_id());
    check(&thread)?;
    let written = thread.row.last_number.unsigned_abs();
    limits::MESSAGES_PER_THREAD.check(written.into())?;
    Problem::together([
        check_reply(&thread, new.reply_to_message_id).await,
        store::check_mentions(&thread.write, &thread.row, &new.mentioned_member_ids).await,
    ])?;

    let (mut write, thread) = (thread.write, thread.row);
    let mut mentioned_member_ids = new.mentioned_member_ids;
    mentioned_member_ids.sort_unstable();
    mentioned_member_ids.dedup();
    let mut counted = thread.clone().into_active_model();
    counted.last_number = Set(thread.last_number + 1);
    counted.last_activity_at = Set(write.now());
    let mut changes = Vec::new();
    let thread = if is_new {
        let thread = write.insert::<thread::Entity>(counted.reset_all()).await?;
        changes.push(in_thread(
            Change::to::<thread::Entity>("created", &thread),
            &thread,
        ));
        thread
    } else {
        write.update::<thread::Entity>(&thread, counted).await?
    };
    touch_item(&write, &thread);
    let row = message::ActiveModel {
        id: Set(id),
        thread_id: Set(thread.id),
        number: Set(thread.last_number),
        body: Set(Some(new.body.into())),
        reply_to_message_id: Set(new.reply_to_message_id),
        mentioned_member_ids: Set(serde_json::json!(mentioned_member_ids).to_string()),
        edited_at: Set(None),
        deleted_at: Set(None),
        ..Default::default()
    };
    let message = write.create::<message::Entity>(row).await?;
    let created = Change::to::<message::Entity>("created", &message);
    changes.push(in_thread(created, &thread));
    write.log_all(changes).await?;
    let answer = store::describe_message(write.tx(), write.scope(), &thread, message).await?;
    write.commit(Created::new(answer)).await
}

/// Refuses an answer to a message that is not in this thread.
async fn check_reply(thread: &LockedThread, to: Option<MessageId>) -> Result<(), Problem> {
    let Some(to) = to else {
        return Ok(());
    };
    let found = thread.write.find_one::<message::Entity>(to).await?;
    if found.is_some_and(|message| message.thread_id == thread.row.id) {
        return Ok(());
    }
    let detail = "Send the id of a message in this thread.";
    Err(Problem::field(
        "/reply_to_message_id",
        FieldErrorCode::UnknownMessage,
        detail,
    ))
}
