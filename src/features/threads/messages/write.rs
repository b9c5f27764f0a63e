//! `write_message`: writes a message in an open thread.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

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
use crate::entity::personal_token::TokenScope;
use crate::entity::{message, thread};
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::platform::text::MessageBody;
use crate::problem::Problem;

/// A message to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "body": "She slept well. The nurse comes at ten." })))]
pub struct NewMessage {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<MessageId>,
    #[garde(dive)]
    pub body: MessageBody,
    /// A message of the same thread.
    #[serde(default)]
    #[garde(skip)]
    pub reply_to: Option<MessageId>,
    /// Members who see the thread; a mention lets nobody in.
    #[serde(default)]
    #[garde(length(max = 20))]
    #[schema(max_items = 20)]
    pub mentions: Vec<MemberId>,
}

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
