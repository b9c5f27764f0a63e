//! `update_message`: the author edits a message for some minutes. The text from before stays as a
//! revision.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::locked::LockedMessage;
use super::super::rules::{self, MessageVerb};
use super::types::{Message, MessagePath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, message_edit};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::MessageBody;
use crate::problem::{Conflict, Problem, ProblemCode};

merge_patch! {
    /// What to change about a message.
    #[schema(examples(json!({ "body": "She slept well. The nurse comes at eleven." })))]
    #[schema(as = UpdateMessageRequest)]
    pub struct MessagePatch for message {
        /// The new text of the message.
        #[garde(dive)]
        body: MessageBody,
    }
}

/// Edit a message.
///
/// Changes the text of a message that you wrote, in the first 15 minutes. The text from before
/// stays as a revision. Nobody is told.
///
/// - 403 `forbidden`: only the member who wrote a message can change it.
/// - 409 `too_late`: the message is more than 15 minutes old.
/// - 409 `invalid_transition`: the message was deleted, or its thread is archived.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The message", body = Message), Problem),
)]
pub async fn update_message(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<MessagePath>,
    Json(changes): Json<MessagePatch>,
) -> Result<Resource<Message>, Problem> {
    let mut message = LockedMessage::open(&app, &circle, path.message_id).await?;
    message.check(MessageVerb::Update)?;
    let before = message.row.clone();
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    let Some(earlier) = before.body.clone().filter(|_| !fields.is_empty()) else {
        return message.respond().await;
    };
    let now = message.write.now();
    if !rules::may_still_edit(&before, now) {
        let detail = "A message can be edited only in the first 15 minutes.";
        return Err(Conflict::of(ProblemCode::TooLate, detail).into());
    }
    let edit = message_edit::ActiveModel {
        id: Set(message.write.new_id()),
        message_id: Set(before.id),
        message_version: Set(before.version),
        body: Set(earlier),
        written_at: Set(before.edited_at.unwrap_or(before.created_at)),
        ..Default::default()
    };
    message
        .write
        .insert_all_later::<message_edit::Entity>(vec![edit]);
    row.edited_at = Set(Some(now));
    message
        .save_later(MessageVerb::Update, row, fields.names())
        .await?;
    message.respond().await
}
